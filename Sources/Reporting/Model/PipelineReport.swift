/// The account of a work queue.
///
/// Identities: `tasks = done + missing`, `results = done + duplicate`, and the workers' `done` add up to `done`.
public struct PipelineReport: Codable, Sendable, Equatable {
    /// Tasks that the source made.
    public var tasks: UInt64
    /// Tasks whose result reached the sink, each counted once.
    public var done: UInt64
    /// Results that reached the sink.
    public var results: UInt64
    /// Results of tasks that were done already.
    public var duplicate: UInt64
    /// Tasks whose result did not reach the sink.
    public var missing: UInt64
    /// How often the source sent a task again.
    public var resent: UInt64
    /// The node that makes tasks.
    public var source: Int
    /// The node that takes results.
    public var sink: Int
    /// What each worker did.
    public var workers: [WorkerReport]
    /// The standard deviation of the workers' shares, in percentage points.
    public var sigmaPercent: Double
    /// Its grade in words; absent where a worker died.
    public var grade: String?

    /// Makes an account.
    public init(
        tasks: UInt64, done: UInt64, results: UInt64, duplicate: UInt64, missing: UInt64, resent: UInt64, source: Int,
        sink: Int, workers: [WorkerReport], sigmaPercent: Double, grade: String?
    ) {
        self.tasks = tasks
        self.done = done
        self.results = results
        self.duplicate = duplicate
        self.missing = missing
        self.resent = resent
        self.source = source
        self.sink = sink
        self.workers = workers
        self.sigmaPercent = sigmaPercent
        self.grade = grade
    }
}

/// One worker of a work queue.
public struct WorkerReport: Codable, Sendable, Equatable {
    /// Its id.
    public var node: Int
    /// Tasks that it was the first to do.
    public var done: UInt64
    /// Results that came from it.
    public var results: UInt64
    /// Tasks that were taken back from it, to be sent again.
    public var takenBack: UInt64
    /// Its share of what was done, in percent.
    public var share: Double

    /// Makes a worker's account.
    public init(node: Int, done: UInt64, results: UInt64, takenBack: UInt64, share: Double) {
        self.node = node
        self.done = done
        self.results = results
        self.takenBack = takenBack
        self.share = share
    }
}

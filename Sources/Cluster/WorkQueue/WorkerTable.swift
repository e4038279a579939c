/// What the source knows of its workers, by place, and whose turn it is.
struct WorkerTable: Sendable {
    /// One worker.
    struct Worker: Sendable {
        /// Whether its connection stands.
        var isConnected = false
        /// Whether neither it nor anything of it was heard for too long.
        var isSilent = false
        /// Whether its queue took nothing the last time.
        var isFull = false
        /// Tasks that it has.
        var held = 0
        /// When it was last known to get on with them.
        var progressNanoseconds: UInt64 = 0
        /// When the sink last heard of it.
        var heardNanoseconds: UInt64 = 0
        /// By stream: warm-up, measured.
        var counts: InlineArray<2, Counts> = [Counts(), Counts()]

        /// Whether it may be given work at all.
        var isAvailable: Bool { isConnected && !isSilent }
    }

    /// What one worker was given of one stream.
    struct Counts: Sendable {
        /// Tasks handed to it, those that were handed out again included.
        var handed: UInt64 = 0
        /// Those of them that became done while it had them.
        var acknowledged: UInt64 = 0
        /// Those that were taken back from it.
        var takenBack: UInt64 = 0
    }

    private(set) var workers: [Worker]
    /// Whose turn is next.
    private var turn = 0
    /// Tasks that all workers together may hold.
    private let heldMax: Int
    /// Tasks that one worker may hold: the equal part of those that can be given work now.
    private var share: Int

    init(count: Int, heldMax: Int) {
        workers = [Worker](repeating: Worker(), count: count)
        self.heldMax = heldMax
        share = heldMax
    }

    /// Reads or changes a worker; whoever changes whether it is available calls `settle`.
    subscript(place: Int) -> Worker {
        get { workers[place] }
        _modify { yield &workers[place] }
    }

    var indices: Range<Int> { workers.indices }

    /// Divides what may be held among those that can be given work.
    mutating func settle() {
        let available = max(1, workers.count(where: \.isAvailable))
        share = max(1, (heldMax + available - 1) / available)
    }

    /// The next worker in turn that has room; nil when none has.
    func next() -> Int? {
        var place = turn
        for _ in workers.indices {
            if workers[place].isAvailable && !workers[place].isFull && workers[place].held < share { return place }
            place = place + 1 < workers.count ? place + 1 : 0
        }
        return nil
    }

    /// A worker was given a task.
    mutating func gave(_ place: Int, stream: Int, at now: UInt64) {
        // It has got on as far as it could, as long as it had nothing to do.
        if workers[place].held == 0 { workers[place].progressNanoseconds = now }
        workers[place].held += 1
        workers[place].counts[stream].handed += 1
        turn = place + 1 < workers.count ? place + 1 : 0
    }

    /// A task that a worker had is done.
    mutating func finished(_ place: Int, stream: Int, at now: UInt64) {
        workers[place].held -= 1
        workers[place].progressNanoseconds = now
        workers[place].counts[stream].acknowledged += 1
    }
}

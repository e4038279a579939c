import Runtime

/// What a node's process had used at one moment.
struct UsageReading {
    /// Processor time since it started.
    var cpuNanoseconds: UInt64
    /// Memory that is resident.
    var residentBytes: UInt64
    /// When it was read, by CLOCK_MONOTONIC.
    var nanoseconds: UInt64

    /// Reads them; nil for a process that has ended.
    static func read(pid: Int32) -> UsageReading? {
        guard let statistics = try? ProcessStatistics.read(pid: pid) else { return nil }
        return UsageReading(
            cpuNanoseconds: statistics.cpuNanoseconds, residentBytes: statistics.residentBytes,
            nanoseconds: MonotonicClock.now())
    }
}

/// What a node's process used while the load was measured.
struct NodeUsage {
    /// Nil for a process that ended: nobody knows what it had used.
    var cpuNanoseconds: UInt64?
    var residentBytes: UInt64?
    /// How long it was watched.
    var nanoseconds: UInt64

    /// What was used between two readings; nothing is known without both.
    init(from first: UsageReading?, to last: UsageReading?) {
        nanoseconds = 1
        guard let first, let last, last.nanoseconds > first.nanoseconds else { return }
        nanoseconds = last.nanoseconds - first.nanoseconds
        cpuNanoseconds = last.cpuNanoseconds - min(last.cpuNanoseconds, first.cpuNanoseconds)
        residentBytes = last.residentBytes
    }
}

/// Reads what the nodes have used at the begin and at the end of the measured time, warm-up and drain left out.
///
/// The conductor may be busy at either moment and come late: what was used is divided by the time between the two
/// readings, node by node, and not by the time that was planned.
struct UsageMeter {
    private var span: Range<UInt64>?
    private var first: [UsageReading?]
    private var last: [UsageReading?]
    private var hasBegun = false
    private(set) var hasEnded = false

    init(nodeCount: Int) {
        first = [UsageReading?](repeating: nil, count: nodeCount)
        last = first
    }

    /// Sets the measured time, once it is known.
    mutating func measure(_ span: Range<UInt64>) {
        if self.span == nil { self.span = span }
    }

    /// A node is started only now: what it uses counts from here on.
    mutating func started(_ node: Int, at now: UInt64) {
        guard hasBegun, !hasEnded else { return }
        first[node] = UsageReading(cpuNanoseconds: 0, residentBytes: 0, nanoseconds: now)
    }

    /// When there is something to read next; nil when there is not.
    var nextNanoseconds: UInt64? {
        guard let span, !hasEnded else { return nil }
        return hasBegun ? span.upperBound : span.lowerBound
    }

    /// Time passed: reads what is to be read at `now`.
    mutating func tick(at now: UInt64, read: () -> [UsageReading?]) {
        guard let span else { return }
        if !hasBegun, now >= span.lowerBound {
            hasBegun = true
            first = read()
        }
        if hasBegun, !hasEnded, now >= span.upperBound { end(read) }
    }

    /// The load is over, perhaps before its time.
    mutating func finish(read: () -> [UsageReading?]) {
        if hasBegun, !hasEnded { end(read) }
    }

    private mutating func end(_ read: () -> [UsageReading?]) {
        hasEnded = true
        last = read()
    }

    /// What each node used.
    var usage: [NodeUsage] { zip(first, last).map { NodeUsage(from: $0, to: $1) } }
}

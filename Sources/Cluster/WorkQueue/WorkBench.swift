import Measurement
public import Wire

/// A worker of a work queue: how long each task takes, and what was done.
///
/// Work is time that passes, not processor time: tasks are done one after the other, each takes as long as it is told,
/// and the node sleeps meanwhile. A task that was there when the one before it ended began then, so a late wake-up
/// makes no task longer.
public struct WorkBench: Sendable {
    private var streams = WorkStreams(senders: 1)
    private let workNanoseconds: UInt64
    private var freeNanoseconds: UInt64 = 0

    /// A worker whose every task takes so long.
    public init(workNanoseconds: UInt64) {
        self.workNanoseconds = workNanoseconds
    }

    /// Tasks taken, each counted once, over all streams.
    public var unique: UInt64 { streams.unique }

    /// Messages of streams that found no room in the account.
    public var unaccounted: UInt64 { streams.unaccounted }

    /// Begins the task that has been there since `arrival`; answers when it is done.
    public mutating func begin(arrivedAt arrival: UInt64) -> UInt64 {
        freeNanoseconds = max(arrival, freeNanoseconds) + workNanoseconds
        return freeNanoseconds
    }

    /// Takes a task into the account.
    public mutating func took(_ header: Header) {
        guard let slot = streams.slot(of: header.incarnation) else { return }
        _ = streams.record(slot, index: header.index, from: 0)
    }

    /// The result of a task was handed to the sink.
    public mutating func handed(incarnation: UInt32) {
        guard let slot = streams.slot(of: incarnation) else { return }
        streams.count(slot, from: 0)
    }

    /// The account of the streams, as it travels.
    public func streamReports() -> [StreamReport] { streams.reports(hops: 1) { _ in 0 } }
}

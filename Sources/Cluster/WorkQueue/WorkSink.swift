import Measurement
public import Wire

/// The sink of a work queue: which tasks are done, how long they took, and what the source is to be told.
///
/// Every result is acknowledged, copies too: the source may have missed the acknowledgement of the first.
public struct WorkSink: Sendable {
    private var streams: WorkStreams
    private let workerCount: Int
    /// By stream, indices that are not acknowledged yet.
    private var pending: [[UInt64]] = []
    private var pendingCount = 0
    /// By worker, whether it was heard since the source was last told.
    private var heard: [Bool]
    private var hasHeard = false
    private var latency = LatencyAccount(group: LatencyAccount.nodesGroup)

    /// Results that may wait to be acknowledged; beyond that none should be taken.
    static let pendingMax = DonePayload.rangesMax

    /// A sink that has nothing yet.
    public init(workerCount: Int) {
        self.workerCount = workerCount
        streams = WorkStreams(senders: workerCount)
        heard = [Bool](repeating: false, count: workerCount)
    }

    /// Whether so much waits to be acknowledged that nothing more should be taken.
    public var isFull: Bool { pendingCount >= Self.pendingMax }

    /// Results that wait to be acknowledged.
    public var waiting: Int { pendingCount }

    /// Tasks that are done, each counted once, over all streams.
    public var unique: UInt64 { streams.unique }

    /// Messages of streams that found no room in the account.
    public var unaccounted: UInt64 { streams.unaccounted }

    /// Takes a result that came from the worker at a place.
    public mutating func take(_ header: Header, from worker: Int, at now: UInt64) {
        // The last index of all could not be acknowledged; no source gets there.
        guard header.index < Header.indexMax, let slot = streams.slot(of: header.incarnation) else { return }
        hear(worker)
        // Far behind means done before: the source makes no task so far ahead of one that is not done.
        if streams.record(slot, index: header.index, from: worker).isNew {
            streams.count(slot, from: worker)
            if !header.isWarmup {
                latency.record(
                    dueNanoseconds: header.dueNanoseconds, sentNanoseconds: header.sentNanoseconds, at: now)
            }
        }
        while pending.count <= slot { pending.append([]) }
        pending[slot].append(header.index)
        pendingCount += 1
    }

    /// Something else came from the worker at a place.
    public mutating func hear(_ worker: Int) {
        heard[worker] = true
        hasHeard = true
    }

    /// The source says how many tasks a stream had.
    public mutating func end(_ header: Header) {
        guard let slot = streams.slot(of: header.incarnation) else { return }
        streams.close(slot, sent: header.index)
    }

    /// What the source is to be told next, and of which stream; nil when there is nothing.
    ///
    /// The answer stands until `told` is called, or another result is taken.
    public mutating func news() -> (incarnation: UInt32, payload: DonePayload)? {
        guard pendingCount > 0 || hasHeard else { return nil }
        let slot = pending.firstIndex { !$0.isEmpty }
        let workers = heard.indices.filter { heard[$0] }.map { UInt16($0 + 1) }
        guard let slot else { return (0, DonePayload(ranges: [], workers: workers)) }
        pending[slot].sort()
        let payload = DonePayload(ranges: Self.ranges(of: pending[slot]), workers: workers)
        return (streams.streams[slot].incarnation, payload)
    }

    /// The source was told what `news` said.
    public mutating func told() {
        for worker in heard.indices { heard[worker] = false }
        hasHeard = false
        guard let slot = pending.firstIndex(where: { !$0.isEmpty }) else { return }
        pendingCount -= pending[slot].count
        pending[slot].removeAll(keepingCapacity: true)
    }

    /// The account of the streams, as it travels.
    public func streamReports() -> [StreamReport] { streams.reports(hops: 2) { $0 + 1 } }

    /// The latency of what was measured, as it travels.
    public func latencyReports() -> [LatencyReport] { latency.firstNanoseconds > 0 ? [latency.report()] : [] }

    /// Runs of consecutive indices; copies are in one run.
    static func ranges(of sorted: [UInt64]) -> [DonePayload.Range] {
        var ranges: [DonePayload.Range] = []
        var next: UInt64 = 0
        for index in sorted {
            if let last = ranges.last, index < next, index >= last.first { continue }
            if !ranges.isEmpty && index == next {
                ranges[ranges.count - 1].count += 1
            } else {
                ranges.append(DonePayload.Range(first: index, count: 1))
            }
            next = index + 1
        }
        return ranges
    }
}

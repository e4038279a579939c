import Measurement
import Reporting
import Runtime
import Topology
import Wire

/// Everything that is known after a run, before anything is concluded from it.
struct RunEvidence {
    /// Which links there were.
    var graph: LinkGraph
    /// The last report of each node; nil for a node that died or did not answer.
    var reports: [Wire.NodeReport?]
    /// Nodes whose process ended before the run did.
    var died: Set<Int>
    /// What the load client counted, when there was one.
    var client: ClientResult?
    /// Whether the counts stood still before they were taken.
    var isQuiet: Bool
    /// When measured messages began to be due, nanoseconds of CLOCK_MONOTONIC.
    var measuredNanoseconds: UInt64
    /// How long they were due, in nanoseconds.
    var durationNanoseconds: UInt64
    /// When nodes were found dead, nanoseconds of CLOCK_MONOTONIC; without an entry, a node was silent at the end.
    var diedNanoseconds: [Int: UInt64] = [:]
    /// Nodes whose process lived and that did not answer at the end, each since when, nanoseconds of CLOCK_MONOTONIC.
    private(set) var silentNanoseconds: [Int: UInt64] = [:]
    /// What each node says of the log it holds with the others; empty where there is none, nil for a dead node.
    var consensus: [ConsensusReport?] = []
    /// What each node says of its own order book; empty where they have none, nil for a dead node.
    var books: [BookReport?] = []
    /// What each worker did, where several processes made the load.
    var crew: [CrewPart] = []
    /// Whether only the client's streams are accounted for.
    ///
    /// A cluster that it merely visits may broadcast before, during and after, so what is counted of that never agrees.
    var isClientsOnly = false

    /// Nodes whose process lived and that did not answer at the end.
    var silent: Set<Int> { Set(silentNanoseconds.keys) }

    /// Nodes of which nothing is known: nothing is owed to them by those who agree, and nobody can ask them.
    var lost: Set<Int> { died.union(silent) }

    /// Leaves out a node that does not answer: what it said before, or to some questions only, is not used.
    mutating func leaveOut(silent node: Int, since nanoseconds: UInt64) {
        silentNanoseconds[node] = nanoseconds
        reports[node] = nil
        if consensus.indices.contains(node) { consensus[node] = nil }
        if books.indices.contains(node) { books[node] = nil }
    }

    /// The share of the measured time that a lost node was there: of the schedule's messages, those due before its end.
    func livedShare(of node: Int) -> Double {
        guard let died = diedNanoseconds[node] ?? silentNanoseconds[node], durationNanoseconds > 0 else { return 1 }
        guard died > measuredNanoseconds else { return 0 }
        return min(1, Double(died - measuredNanoseconds) / Double(durationNanoseconds))
    }

    /// When the measured time began by this host's wall clock, in seconds since 1970.
    var startedAtSeconds: Double {
        let ago = Double(MonotonicClock.now()) - Double(measuredNanoseconds)
        return ((Double(WallClock.now()) - ago) / 1e6).rounded() / 1e3
    }

    /// Whether a node's account is there.
    func isAccounted(_ node: Int) -> Bool { !died.contains(node) && reports[node] != nil }

    /// Whether a node that holds the log had not applied what was decided when the load was over, as far as it said.
    func isBehind(_ node: Int) -> Bool {
        guard consensus.indices.contains(node) else { return false }
        return consensus[node].map { $0.applied < client?.decidedIndex ?? 0 } ?? true
    }

    /// What one node says of one stream.
    struct Entry {
        let node: Int
        let report: StreamReport
    }

    /// The measured streams with what each living node says of them.
    func measuredStreams() -> [StreamKey: [Entry]] {
        var streams: [StreamKey: [Entry]] = [:]
        let own = client.map { client in
            Set(client.streams.map { StreamKey(origin: $0.origin, incarnation: $0.incarnation) })
        }
        // What a node said before it died is not used: the walk knows it as dead, and the counts must agree.
        for (node, report) in reports.enumerated() where !died.contains(node) {
            for stream in report?.streams ?? [] where stream.incarnation & Header.warmupBit == 0 {
                let key = StreamKey(origin: stream.origin, incarnation: stream.incarnation)
                guard isOfThisRun(key, own) else { continue }
                streams[key, default: []].append(Entry(node: node, report: stream))
            }
        }
        // A stream that no node has heard of is all the more to be accounted for.
        for stream in client?.streams ?? [] where stream.incarnation & Header.warmupBit == 0 && stream.counts.sent > 0 {
            let key = StreamKey(origin: stream.origin, incarnation: stream.incarnation)
            if streams[key] == nil { streams[key] = [] }
        }
        return streams
    }

    /// Whether a stream was made in this run: by a node, or by this run's client, whose streams are its `own`.
    ///
    /// A cluster that serves several clients, at once or one after the other, knows the streams of all.
    private func isOfThisRun(_ key: StreamKey, _ own: Set<StreamKey>?) -> Bool {
        guard Origin.clientNumber(of: key.origin) != nil else { return !isClientsOnly }
        return own.map { $0.contains(key) || client?.unreportedIncarnations.contains(key.incarnation) == true } ?? true
    }

    /// The groups of latencies that belong to this run.
    func isOfThisRun(group: UInt32) -> Bool {
        group == 0 ? !isClientsOnly : client.map { $0.isOwn(group) } ?? true
    }
}

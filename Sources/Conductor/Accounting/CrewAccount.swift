import Cluster
import Measurement
import Reporting
import Runtime
import Topology
import Wire

/// What each worker did for a run.
enum CrewAccount {
    /// How the part of a worker ended that did not do all of it, and when; nil for one that did.
    ///
    /// - Parameter isInterrupted: Whether all of the load was ended before its time.
    static func ending(of part: CrewPart, isInterrupted: Bool) -> (text: String, nanoseconds: UInt64)? {
        switch part.worker.state {
        case .registered, .ready, .working: nil
        case .delivered(let at):
            if let result = part.result, isAlone(result, isInterrupted: isInterrupted) {
                // What it handed over came after its last answers: it ended when it stopped to send.
                ("was interrupted", result.lastSentNanoseconds > 0 ? result.lastSentNanoseconds : at)
            } else {
                nil
            }
        case .failed(let reason, let at): ("failed: \(reason)", at)
        case .died(let how, let at): ("died: \(how)", at)
        case .silent(let since): ("was not heard of any more", since)
        }
    }

    /// Whether a worker was told to end while the others went on: part of its share was made by nobody.
    private static func isAlone(_ result: ClientResult, isInterrupted: Bool) -> Bool {
        result.isInterrupted && !isInterrupted
    }

    /// The workers' records; nil where no workers made the load.
    ///
    /// - Parameter isInterrupted: Whether all of the load was ended before its time.
    static func report(
        _ evidence: RunEvidence, _ scenario: Scenario, isInterrupted: Bool
    ) -> [LoadWorkerReport]? {
        guard !evidence.crew.isEmpty else { return nil }
        let all = scenario.outstanding == nil ? scenario.rate : nil
        return evidence.crew.map { part in
            let worker = part.worker
            let clients = part.share.clients
            var report = LoadWorkerReport(
                worker: worker.number + 1,
                name: worker.machineName + "_Client_1"
                    + (clients > 1 ? " to \(worker.machineName)_Client_\(clients)" : ""),
                host: worker.registration.host, pid: Int(worker.registration.pid), clients: clients,
                sharePercent: Double(clients) / Double(part.share.clientsTotal) * 100, end: end(worker.state),
                lateNanoseconds: worker.lateNanoseconds,
                clockAheadNanoseconds: worker.clock.aheadNanoseconds(of: part.bootDigest),
                clockErrorNanoseconds: worker.clock.errorNanoseconds(of: part.bootDigest))
            report.rate = all.map(part.share.rate(of:))
            if let result = part.result {
                let total = result.total
                (report.due, report.sent, report.acknowledged) = (total.due, total.sent, total.acknowledged)
                report.sendLag = LatencyAccount.report(result.sendLag)
                report.cpuSeconds = Double(result.cpuNanoseconds) / 1e9
                if isAlone(result, isInterrupted: isInterrupted) {
                    report.end = .interrupted
                    report.planned = planned(part.share, scenario, isInterrupted: false)
                }
            } else {
                report.taken = takenByNode(part, evidence).values.reduce(0, +)
                report.planned = planned(part.share, scenario, isInterrupted: isInterrupted)
            }
            if let ending = ending(of: part, isInterrupted: isInterrupted) {
                report.ending = text(of: worker.state)
                report.endedAt = evidence.seconds(ending.nanoseconds)
            }
            return report
        }
    }

    private static func end(_ state: CrewWorker.State) -> LoadWorkerReport.End {
        switch state {
        case .delivered: .delivered
        case .died: .died
        case .silent: .silent
        case .registered, .ready, .working, .failed: .failed
        }
    }

    private static func text(of state: CrewWorker.State) -> String? {
        switch state {
        case .failed(let reason, _): reason
        case .died(let how, _): how
        case .registered, .ready, .working, .delivered, .silent: nil
        }
    }

    /// What is known of the orders that workers did not make or cannot account for; nil where there are none.
    static func lostOrders(_ evidence: RunEvidence, _ workers: [LoadWorkerReport]?) -> LostOrders? {
        let lost = evidence.crew.filter { $0.result == nil }
        let untaken = (workers ?? []).compactMap(\.undelivered).reduce(0, +)
        guard !lost.isEmpty || untaken > 0 else { return nil }
        var orders = LostOrders(takenByNode: [UInt64](repeating: 0, count: evidence.graph.nodeCount))
        for part in lost {
            for (node, count) in takenByNode(part, evidence) where orders.takenByNode.indices.contains(node) {
                orders.takenByNode[node] += count
            }
        }
        orders.taken = lost.isEmpty ? nil : workers?.compactMap(\.taken).reduce(0, +) ?? 0
        orders.untaken = untaken
        return orders
    }

    /// Measured orders of a worker that the cluster took, by the node where they came in (`Origin.whoeverLeads` where
    /// a leader orders them).
    private static func takenByNode(_ part: CrewPart, _ evidence: RunEvidence) -> [Int: UInt64] {
        var most: [UInt32: UInt64] = [:]
        for (node, report) in evidence.reports.enumerated() {
            for stream in report?.streams ?? [] where stream.incarnation == part.incarnation {
                let entry = Origin.entryNode(of: stream.origin)
                // Where a leader orders, all nodes have what was taken; else the node where it came in counts.
                guard entry == node || entry == Origin.whoeverLeads else { continue }
                most[stream.origin] = max(most[stream.origin] ?? 0, stream.unique)
            }
        }
        return most.reduce(into: [:]) { $0[Origin.entryNode(of: $1.key), default: 0] += $1.value }
    }

    /// Measured orders that were a worker's to send; nil in a closed loop, where answers decide, and where the load was
    /// ended before its time.
    private static func planned(
        _ share: LoadShare, _ scenario: Scenario, isInterrupted: Bool
    ) -> UInt64? {
        guard !isInterrupted, scenario.outstanding == nil, let rate = scenario.rate,
            rate.isFinite,
            var schedule = scenario.shape.measured(
                from: 0, to: scenario.durationNanoseconds, steady: rate, seed: scenario.seed)
        else { return nil }
        // Where arrivals are even this takes no time; of many that are drawn, not all are drawn again for it.
        let expected = rate * Double(scenario.durationNanoseconds) / 1e9
        guard scenario.shape.isEven else {
            guard expected < 1e7 else { return nil }
            schedule.advance(to: .max)
            return share.count(of: schedule.count)
        }
        let pacer = Pacer(startNanoseconds: 0, ratePerSecond: rate)
        return share.count(of: pacer.dueCount(at: scenario.durationNanoseconds - 1))
    }
}

/// The orders of load workers that were lost, or ended before the others.
struct LostOrders: Equatable {
    /// Those that a node took, by node; none of those that a leader put into a log.
    var takenByNode: [UInt64]
    /// All that the cluster took of workers that cannot say what became of them; nil where all can.
    var taken: UInt64?
    /// Those that were due, as the schedule says, and that no worker counted and no node took.
    var untaken: UInt64 = 0
}

extension ClientOrders {
    /// Adds the orders that are in no worker's counts: none of them vanishes from the total.
    mutating func add(_ lost: LostOrders) {
        unsent = (unsent ?? 0) + lost.untaken
        unknown = lost.taken
    }
}

import Cluster
import Measurement
import Reporting
import Runtime
import Topology
import Wire

/// What each worker did for a run.
enum CrewAccount {
    /// How the part of a worker ended that did not deliver, and when; nil for one that did.
    static func ending(of worker: CrewWorker) -> (text: String, nanoseconds: UInt64)? {
        switch worker.state {
        case .registered, .ready, .working, .delivered: nil
        case .failed(let reason, let at): ("failed: \(reason)", at)
        case .died(let how, let at): ("died: \(how)", at)
        case .silent(let since): ("was not heard of any more", since)
        }
    }

    /// The workers' records; nil where no workers made the load.
    static func report(_ evidence: RunEvidence, _ scenario: Scenario) -> [LoadWorkerReport]? {
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
            } else {
                report.taken = takenByNode(part, evidence).values.reduce(0, +)
                report.planned = planned(part.share, scenario, evidence)
            }
            if let ending = ending(of: worker) {
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

    /// What is known of the orders of workers that did not hand over what they counted; nil where all did.
    static func lostOrders(_ evidence: RunEvidence, _ workers: [LoadWorkerReport]?) -> LostOrders? {
        let lost = evidence.crew.filter { $0.result == nil }
        guard !lost.isEmpty else { return nil }
        var orders = LostOrders(takenByNode: [UInt64](repeating: 0, count: evidence.graph.nodeCount))
        for part in lost {
            for (node, count) in takenByNode(part, evidence) where orders.takenByNode.indices.contains(node) {
                orders.takenByNode[node] += count
            }
        }
        orders.taken = workers?.compactMap(\.taken).reduce(0, +) ?? 0
        orders.untaken = workers?.compactMap(\.undelivered).reduce(0, +) ?? 0
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
        _ share: LoadShare, _ scenario: Scenario, _ evidence: RunEvidence
    ) -> UInt64? {
        guard evidence.client?.isInterrupted != true, scenario.outstanding == nil, let rate = scenario.rate,
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

/// The orders of load workers that were lost.
struct LostOrders: Equatable {
    /// Those that a node took, by node; none of those that a leader put into a log.
    var takenByNode: [UInt64]
    /// All that the cluster took.
    var taken: UInt64 = 0
    /// Those that fell due, as the schedule says, and came to no node.
    var untaken: UInt64 = 0
}

extension ClientOrders {
    /// Adds what became of the orders of workers that cannot say it: none of them vanishes from the total.
    mutating func add(_ lost: LostOrders) {
        unsent = (unsent ?? 0) + lost.untaken
        unknown = lost.taken
    }
}

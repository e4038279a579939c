import Reporting
import Runtime
import Wire

/// What the living nodes agreed on, and how they got over deaths.
enum AgreementAccount {
    /// The report; nil for a cluster without leaders.
    static func report(_ evidence: RunEvidence) -> AgreementReport? {
        let known = evidence.consensus.compactMap { $0 }.filter(\.hasLeaders)
        guard let last = known.max(by: { $0.term < $1.term }) else { return nil }
        let leader = known.first { $0.role == .leader && $0.term == last.term }
        let first = known[0]
        return AgreementReport(
            term: last.term, leader: leader.map { Int($0.node) }, elections: known.reduce(0) { $0 + $1.elections },
            executed: known.map(\.executed).min() ?? 0, repeated: known.map(\.repeated).max() ?? 0,
            resent: evidence.client?.total.resent ?? 0,
            statesAgree: known.allSatisfy { $0.applied == first.applied && $0.stateHash == first.stateHash },
            divergences: known.reduce(0) { $0 + $1.divergences },
            falseSuspicions: known.reduce(0) { $0 + $1.falseSuspicions },
            longestGapMicroseconds: Double(evidence.client?.longestGapNanoseconds ?? 0) / 1e3,
            nodes: known.map { node in
                AgreementNode(
                    id: Int(node.node), role: node.role.description, applied: node.applied, executed: node.executed,
                    stateHash: hexadecimal(node.stateHash), resting: node.resting, trades: node.trades)
            },
            failovers: evidence.diedNanoseconds.sorted { $0.value < $1.value }
                .compactMap { failover((node: $0.key, nanoseconds: $0.value), known, leader, evidence) })
    }

    /// What followed a death, if the leader that is there now was elected after it.
    private static func failover(
        _ death: (node: Int, nanoseconds: UInt64), _ known: [ConsensusReport], _ leader: ConsensusReport?,
        _ evidence: RunEvidence
    ) -> FailoverReport? {
        guard let leader, leader.electedNanoseconds >= death.nanoseconds else { return nil }
        func after(_ nanoseconds: UInt64?) -> Double? {
            guard let nanoseconds, nanoseconds >= death.nanoseconds else { return nil }
            return Double(nanoseconds - death.nanoseconds) / 1e3
        }
        let suspicions = known.map(\.suspectedNanoseconds).filter { $0 >= death.nanoseconds }
        let followers = known.filter { $0.node != leader.node }.map(\.followsNanoseconds)
        var acknowledged: UInt64?
        if let client = evidence.client {
            let end = client.longestGapStartNanoseconds + client.longestGapNanoseconds
            if end >= leader.electedNanoseconds { acknowledged = end }
        }
        return FailoverReport(
            node: death.node,
            seconds: (Double(death.nanoseconds) - Double(evidence.measuredNanoseconds)) / 1e9,
            detectedMicroseconds: after(suspicions.min()), electedMicroseconds: after(leader.electedNanoseconds),
            knownMicroseconds: after(followers.max()), acknowledgedMicroseconds: after(acknowledged))
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

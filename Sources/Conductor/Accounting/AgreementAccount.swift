import Reporting
import Runtime
import Topology
import Wire

/// What the living nodes agreed on, and how they got over deaths.
enum AgreementAccount {
    /// The report; nil for a cluster without leaders.
    static func report(_ evidence: RunEvidence) -> AgreementReport? {
        let known = evidence.consensus.compactMap { $0 }.filter(\.hasLeaders)
        guard let last = known.max(by: { $0.term < $1.term }) else { return nil }
        let leader = known.first { $0.role == .leader && $0.term == last.term }
        let first = known[0]
        var report = AgreementReport(
            term: last.term, leader: leader.map { Int($0.node) }, voters: Int((leader ?? last).voters),
            elections: known.reduce(0) { $0 + $1.elections }, executed: known.map(\.executed).min() ?? 0,
            statesAgree: known.allSatisfy { $0.applied == first.applied && $0.stateHash == first.stateHash },
            nodes: known.map { node in
                AgreementNode(
                    id: Int(node.node), role: node.role.description, applied: node.applied, executed: node.executed,
                    stateHash: hexadecimal(node.stateHash), resting: node.resting, trades: node.trades)
            })
        report.difference = ChainCheck(known.map { (Int($0.node), $0) }).difference
        report.rejected = known.map(\.refused).max() ?? 0
        report.repeated = known.map(\.repeated).max() ?? 0
        report.resent = evidence.client?.total.resent ?? 0
        report.divergences = known.reduce(0) { $0 + $1.divergences }
        report.falseSuspicions = known.reduce(0) { $0 + $1.falseSuspicions }
        let gaps = evidence.client?.gaps
        report.longestGapMicroseconds = Double(gaps?.longest?.nanoseconds ?? 0) / 1e3
        if let open = gaps?.open, open == gaps?.longest { report.gapIsOpen = true }
        let terms = LeaderTerm.all(known)
        report.terms = terms.map {
            TermReport(term: $0.term, leader: $0.leader, seconds: evidence.seconds($0.nanoseconds))
        }
        // Who was elected and died cannot say so, but the others saw it lead.
        report.elections = max(report.elections, UInt64(terms.count))
        report.failovers = evidence.diedNanoseconds.sorted { $0.value < $1.value }.compactMap {
            failover((node: $0.key, nanoseconds: $0.value), known, terms, evidence)
        }
        report.joins = joins(known, evidence)
        report.meeting = meeting(evidence, voters: report.voters)
        return report
    }

    /// What followed a death, if whoever died led then.
    private static func failover(
        _ death: (node: Int, nanoseconds: UInt64), _ known: [ConsensusReport], _ terms: [LeaderTerm],
        _ evidence: RunEvidence
    ) -> FailoverReport? {
        guard let led = terms.last(where: { $0.nanoseconds <= death.nanoseconds }), led.leader == death.node else {
            return nil
        }
        func after(_ nanoseconds: UInt64?) -> Double? {
            guard let nanoseconds, nanoseconds >= death.nanoseconds else { return nil }
            return Double(nanoseconds - death.nanoseconds) / 1e3
        }
        let next = terms.first { $0.term > led.term }
        var report = FailoverReport(
            node: death.node, seconds: evidence.seconds(death.nanoseconds), successor: next?.leader)
        let end = next?.nanoseconds ?? .max
        let suspicions = known.flatMap(\.leaderEvents).filter { event in
            event.kind == .suspected && event.nanoseconds >= death.nanoseconds && event.nanoseconds <= end
        }
        report.detectedMicroseconds = after(suspicions.map(\.nanoseconds).min())
        guard let next else { return report }
        report.electedMicroseconds = after(next.nanoseconds)
        report.knownMicroseconds = after(lastFollowing(next, known))
        report.acknowledgedMicroseconds = after(evidence.client?.gaps.containing(next.nanoseconds)?.end)
        return report
    }

    /// When the last node that lives followed a leader, of those that were there when it was elected.
    private static func lastFollowing(_ term: LeaderTerm, _ known: [ConsensusReport]) -> UInt64? {
        let followers = known.filter {
            Int($0.node) != term.leader && $0.join.joinedNanoseconds < term.nanoseconds
        }
        let times = followers.map { node in
            node.leaderEvents.first { $0.kind == .follows && $0.term == term.term }?.nanoseconds
        }
        // One that never did is one that does not know.
        return times.contains(nil) ? nil : times.compactMap { $0 }.max()
    }

    private static func joins(_ known: [ConsensusReport], _ evidence: RunEvidence) -> [JoinReport] {
        known.filter { $0.join.joinedNanoseconds > 0 }.map { node in
            JoinReport(
                node: Int(node.node), seconds: evidence.seconds(node.join.joinedNanoseconds),
                entries: node.join.targetIndex,
                convergenceMicroseconds: node.join.convergenceNanoseconds.map { Double($0) / 1e3 })
        }
    }

    private static func meeting(_ evidence: RunEvidence, voters: Int) -> MeetingReport? {
        let dead = evidence.lost
        guard !dead.isEmpty else { return nil }
        let majority = Majority.count(of: voters)
        return MeetingReport(
            largest: evidence.graph.parts(without: dead).first?.count ?? 0, majority: majority,
            bridges: evidence.graph.bridges(among: dead, toJoin: majority))
    }

    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A term in which somebody led, put together from what the nodes saw.
struct LeaderTerm: Equatable {
    let term: UInt64
    let leader: Int
    /// When it was elected, as it says itself; nil when that node does not say it any more.
    var electedNanoseconds: UInt64?
    /// When it was first followed; `UInt64.max` when by nobody.
    var followedNanoseconds = UInt64.max

    /// Since when it is known to have led.
    var nanoseconds: UInt64 { electedNanoseconds ?? followedNanoseconds }

    /// Every term of which a node tells, in their order.
    static func all(_ reports: [ConsensusReport]) -> [LeaderTerm] {
        var terms: [UInt64: LeaderTerm] = [:]
        for event in reports.flatMap(\.leaderEvents) where event.leader != AnswerPayload.nobody {
            guard event.kind == .elected || event.kind == .follows else { continue }
            var term = terms[event.term] ?? LeaderTerm(term: event.term, leader: Int(event.leader))
            if event.kind == .elected {
                term.electedNanoseconds = event.nanoseconds
            } else {
                term.followedNanoseconds = min(term.followedNanoseconds, event.nanoseconds)
            }
            terms[event.term] = term
        }
        return terms.values.sorted { $0.term < $1.term }
    }
}

extension RunEvidence {
    /// Seconds from the begin of the measured time.
    func seconds(_ nanoseconds: UInt64) -> Double {
        (Double(nanoseconds) - Double(measuredNanoseconds)) / 1e9
    }
}

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
        report.failovers = failovers(known, terms, evidence)
        report.joins = joins(known, evidence)
        report.meeting = meeting(evidence, voters: report.voters)
        return report
    }

    /// A node that was lost, and when: it died, or did not answer any more.
    private typealias Loss = (node: Int, nanoseconds: UInt64, isSilent: Bool)

    /// Nodes are asked twice a second whether they are there, so one that owes an answer was well until shortly before.
    private static let silenceSlackNanoseconds: UInt64 = 1_000_000_000

    private static func losses(
        _ known: [ConsensusReport], _ terms: [LeaderTerm], _ evidence: RunEvidence
    ) -> [Loss] {
        let deaths = evidence.diedNanoseconds.map { (node: $0.key, nanoseconds: $0.value, isSilent: false) }
        let silences = evidence.silentNanoseconds.map { node, since in
            (node: node, nanoseconds: lastSign(of: node, before: since, known, terms, evidence), isSilent: true)
        }
        return (deaths + silences).sorted { ($0.nanoseconds, $0.node) < ($1.nanoseconds, $1.node) }
    }

    /// When something was last known to come of a leader that fell silent; for others, since when it owes an answer.
    ///
    /// It stopped somewhere before the first question that it did not answer. The answer after which nothing was
    /// acknowledged any more was given while it still led; without one, a follower's suspicion came after it stopped.
    private static func lastSign(
        of node: Int, before since: UInt64, _ known: [ConsensusReport], _ terms: [LeaderTerm], _ evidence: RunEvidence
    ) -> UInt64 {
        let earliest = since - min(since, silenceSlackNanoseconds)
        guard let led = terms.last(where: { $0.leader == node }) else { return since }
        let next = terms.first { $0.term > led.term }
        // Who had been followed by another long before was no leader any more.
        if let next, next.nanoseconds < earliest { return since }
        let gaps = evidence.client?.gaps
        let gap = next.flatMap { gaps?.containing($0.nanoseconds) } ?? (next == nil ? gaps?.open : nil)
        let suspected = known.flatMap(\.leaderEvents).filter {
            $0.kind == .suspected && Int($0.leader) == node && $0.nanoseconds >= earliest
        }.map(\.nanoseconds).min()
        let sign = gap.map(\.start).flatMap { $0 >= earliest ? $0 : nil } ?? suspected
        return min(since, sign ?? since)
    }

    /// What followed each loss of a leader, in the order of time: of those that died or are silent, and of those that
    /// fell silent, were replaced, and were there again at the end.
    private static func failovers(
        _ known: [ConsensusReport], _ terms: [LeaderTerm], _ evidence: RunEvidence
    ) -> [FailoverReport] {
        var losses = losses(known, terms, evidence).compactMap { loss -> (led: LeaderTerm, loss: Loss)? in
            terms.last { $0.nanoseconds <= loss.nanoseconds }.flatMap { $0.leader == loss.node ? ($0, loss) : nil }
        }
        let told = Set(losses.map(\.led.term))
        losses += terms.filter { !told.contains($0.term) }.compactMap { led in
            silence(of: led, known, terms, evidence).map { (led, $0) }
        }
        return losses.sorted { ($0.loss.nanoseconds, $0.led.term) < ($1.loss.nanoseconds, $1.led.term) }
            .map { failover($0.loss, $0.led, known, terms, evidence) }
    }

    /// How a leader was lost that did not end: it was stopped for a while, or cut off; nil where it was not.
    ///
    /// A follower must have suspected it in its term, so one that handed over is none of them; and another term must
    /// have begun in the measured time: before it a cluster forms, and after it no order waits for a leader.
    private static func silence(
        of led: LeaderTerm, _ known: [ConsensusReport], _ terms: [LeaderTerm], _ evidence: RunEvidence
    ) -> Loss? {
        let begin = evidence.measuredNanoseconds
        guard let next = terms.first(where: { $0.term > led.term }),
            next.nanoseconds >= begin, next.nanoseconds - begin <= evidence.durationNanoseconds,
            let suspected = known.flatMap(\.leaderEvents).filter({
                $0.kind == .suspected && $0.term == led.term && Int($0.leader) == led.leader
                    && $0.nanoseconds <= next.nanoseconds
            }).map(\.nanoseconds).min()
        else { return nil }
        let answer = evidence.client?.gaps.containing(next.nanoseconds)?.start ?? suspected
        return (led.leader, max(led.nanoseconds, min(answer, suspected)), true)
    }

    /// When a leader that had been lost followed another, or led again; nil where it did not.
    private static func back(_ node: Int, in next: LeaderTerm, _ known: [ConsensusReport]) -> UInt64? {
        known.first { Int($0.node) == node }?.leaderEvents.first {
            ($0.kind == .follows || $0.kind == .elected) && $0.term >= next.term
        }?.nanoseconds
    }

    /// What followed the loss of whoever led in a term.
    private static func failover(
        _ death: Loss, _ led: LeaderTerm, _ known: [ConsensusReport], _ terms: [LeaderTerm], _ evidence: RunEvidence
    ) -> FailoverReport {
        func after(_ nanoseconds: UInt64?) -> Double? {
            guard let nanoseconds, nanoseconds >= death.nanoseconds else { return nil }
            return Double(nanoseconds - death.nanoseconds) / 1e3
        }
        let next = terms.first { $0.term > led.term }
        var report = FailoverReport(
            node: death.node, seconds: evidence.seconds(death.nanoseconds), successor: next?.leader)
        if death.isSilent { report.isSilent = true }
        let end = next?.nanoseconds ?? .max
        let suspicions = known.flatMap(\.leaderEvents).filter { event in
            event.kind == .suspected && event.nanoseconds >= death.nanoseconds && event.nanoseconds <= end
        }
        report.detectedMicroseconds = after(suspicions.map(\.nanoseconds).min())
        guard let next else { return report }
        report.electedMicroseconds = after(next.nanoseconds)
        report.knownMicroseconds = after(lastFollowing(next, known.filter { Int($0.node) != death.node }))
        report.returnedMicroseconds = after(back(death.node, in: next, known))
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

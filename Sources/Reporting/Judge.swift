/// Decides what a run is worth.
///
/// Every rule is here; each gives one sentence with its numbers.
///
/// Hop counts above the law are no failure where copies race over several paths (a copy on a longer path may come
/// first); where each node can be reached in one way only, they are.
public enum Judge {
    /// The least share of the asked rate that makes a run a measurement at that rate.
    public static let leastShareOfAskedRate = 0.99

    /// The greatest relative difference between frames counted and frames by law that is rounding.
    public static let lawTolerance = 1e-9

    /// The verdict of one run; the verdict it may carry already is not looked at.
    public static func verdict(of run: RunReport) -> Verdict {
        var findings = Findings()
        findings.failures += missing(run.ledger, losses: run.losses, settings: run.settings, nodes: run.perNode)
        judgeLedger(run.ledger, losses: run.losses, into: &findings)
        if let pipeline = run.pipeline {
            let (failures, notes) = judge(
                pipeline, nodes: run.perNode, events: run.events, endingAt: run.measuredEndSeconds)
            findings.failures += failures
            findings.notes += notes
        } else if let agreement = run.agreement {
            findings.failures += failures(of: agreement, run: run)
            findings.notes += [RunNotes.leftOut(run.perNode), RunNotes.silentLeftOut(run)].compactMap { $0 }
        } else if run.consensus == "leader" {
            // What a load client says of a cluster that agrees.
            let (failures, notes) = unseen(run, gap: nil)
            findings.failures += failures
            findings.notes += notes
        } else {
            findings.failures += fates(run)
        }
        if let books = run.books { findings.failures += judge(books, run: run) }
        judgeLaws(run, into: &findings)
        judgeOrders(run.clients, into: &findings)
        findings.failures += unanswered(run.clients, settings: run.settings, nodes: run.perNode)
        judgeCompletion(run.completion, into: &findings)
        judgeRate(run.rate, into: &findings)
        judgeClocks(run.clocks, latency: run.latency, into: &findings)
        findings.doubts += doubts(of: run.workers)
        findings.notes += notesOnSteadiness(of: run)
        if let profile = run.profile { findings.notes.append(profile.note) }
        return findings.verdict.adding(Self.findings(of: run.assertions))
    }

    /// The verdict of one client's measurement.
    public static func verdict(of client: ClientReport) -> Verdict {
        var findings = Findings()
        let run = RunReport(client: client)
        findings.failures += missing(
            client.ledger, losses: client.losses, settings: client.settings, nodes: run.perNode)
        judgeLedger(client.ledger, losses: nil, into: &findings)
        if client.consensus == "leader" {
            let (failures, notes) = unseen(run, gap: client.longestGap)
            findings.failures += failures
            findings.notes += notes
        } else {
            findings.failures += fates(run)
        }
        judgeOrders(client.orders, into: &findings)
        findings.failures += unanswered(client.orders, settings: client.settings, nodes: run.perNode)
        judgeRate(client.rate, into: &findings)
        judgeClocks(client.clocks, latency: client.latency, into: &findings)
        return findings.verdict.adding(Self.findings(of: client.assertions))
    }

    /// The verdict of a whole report: the worst of its runs, each reason with the run it belongs to.
    public static func verdict(of runs: [RunReport]) -> Verdict {
        guard !runs.isEmpty else {
            return Verdict(outcome: .unknown, reasons: ["There is no run to judge."])
        }
        var outcome = Outcome.pass
        var reasons: [(outcome: Outcome, text: String)] = []
        var notes: [String] = []
        for run in runs {
            outcome = outcome.worse(of: run.verdict.outcome)
            let place = runs.count == 1 ? "" : "\(run.shapeName), \(Numbers.nodes(run.nodes)), run \(run.repeat): "
            reasons += run.verdict.reasons.map { (run.verdict.outcome, place + $0) }
            notes += run.verdict.notes.map { place + $0 }
        }
        let failures = reasons.filter { $0.outcome == .fail }
        let others = reasons.filter { $0.outcome != .fail }
        return Verdict(outcome: outcome, reasons: (failures + others).map(\.text), notes: notes)
    }

    /// The report with every run judged, and the worst of their verdicts as its own.
    public static func judged(_ report: Report) -> Report {
        var report = report
        for index in report.runs.indices {
            report.runs[index].verdict = verdict(of: report.runs[index])
        }
        report.verdict = verdict(of: report.runs)
        return report
    }

    private struct Findings {
        var failures: [String] = []
        var doubts: [String] = []
        /// What is no reason for the outcome, but should not be overlooked.
        var notes: [String] = []

        var verdict: Verdict {
            let outcome: Outcome = failures.isEmpty ? (doubts.isEmpty ? .pass : .unknown) : .fail
            return Verdict(outcome: outcome, reasons: failures + doubts, notes: notes)
        }
    }

    private static func judgeLedger(_ ledger: LedgerReport, losses: [LossReport]?, into findings: inout Findings) {
        if ledger.sent == 0 {
            findings.doubts.append("No message was sent, so nothing was measured.")
        }
        if ledger.unexplained > 0 {
            findings.failures.append(
                "\(count(ledger.unexplained)) of \(count(ledger.missing)) missing deliveries are unexplained.")
        }
        if ledger.expected.subtractingReportingOverflow(ledger.unique) != (ledger.missing, false) {
            findings.failures.append(
                "The ledger does not add up: \(count(ledger.expected)) deliveries expected, \(count(ledger.unique)) "
                    + "made, \(count(ledger.missing)) missing.")
        }
        guard let losses else { return }
        let attributed = losses.filter { $0.cause != LossReport.unexplainedCause }.reduce(0) { $0 + $1.deliveries }
        if attributed + ledger.unexplained != ledger.missing {
            findings.failures.append(
                "The losses do not add up: \(count(attributed)) have a cause and \(count(ledger.unexplained)) have "
                    + "none, but \(count(ledger.missing)) are missing.")
        }
    }

    /// Latencies by clocks of which nobody knows how far they are apart are none.
    private static func judgeClocks(_ clocks: ClocksReport?, latency: LatencyReport?, into findings: inout Findings) {
        guard let clocks else { return }
        let style = TextStyle()
        if clocks.kind == .contradictory {
            findings.doubts.append(
                "Latencies rest on \(clocks.line(style)). Look whether something sets the time there.")
        } else if let latency, latency.count > 0, clocks.errorNanoseconds > latency.p50 {
            findings.doubts.append(
                "The clocks are too uncertain: latencies may be wrong by \(style.duration(Double(clocks.errorNanoseconds)))"
                    + " and their median is \(style.duration(Double(latency.p50))).")
        }
    }

    private static func judgeLaws(_ run: RunReport, into findings: inout Findings) {
        // A lost frame is not forwarded, so with anything missing the laws say nothing.
        guard let laws = run.laws, let measured = run.measured, run.ledger.missing == 0 else { return }
        if measured.links != laws.links {
            findings.failures.append(
                "\(measured.links) links were up, but the topology has \(laws.links).")
        }
        guard measured.broadcasts > 0 else { return }
        let lawFrames = laws.messagesPerBroadcast * Double(measured.broadcasts)
        if (Double(measured.frames) - lawFrames).magnitude > lawTolerance * max(lawFrames, 1) {
            findings.failures.append(
                "The law asks for \(Numbers.plain(laws.messagesPerBroadcast)) messages per broadcast "
                    + "(\(Numbers.plain(lawFrames)) frames for \(count(measured.broadcasts)) broadcasts), but "
                    + "\(count(measured.frames)) frames were counted.")
        }
        let onlyOnePath = laws.messagesPerBroadcast == Double(run.nodes - 1)
        let longest = max(measured.worstHops, measured.longestHops ?? 0)
        if onlyOnePath && longest > laws.worstHops {
            findings.failures.append(
                "A message took \(longest) hops, but the law allows at most \(laws.worstHops).")
        }
    }

    private static func judgeOrders(_ orders: ClientOrders?, into findings: inout Findings) {
        guard let orders else { return }
        findings.failures += judge(orders.rejections)
        if orders.acknowledged + orders.rejected + orders.refused + orders.unacknowledged != orders.sent {
            findings.failures.append(
                "The orders do not add up: \(count(orders.sent)) sent, \(count(orders.acknowledged)) acknowledged, "
                    + (orders.rejected > 0 ? "\(count(orders.rejected)) rejected by the book, " : "")
                    + "\(count(orders.refused)) refused, \(count(orders.unacknowledged)) without an answer.")
        }
    }

    private static func judgeCompletion(_ completion: CompletionReport, into findings: inout Findings) {
        if !completion.barrierReached {
            findings.doubts.append("Not every subscriber was known to be there before the first message.")
        }
        if completion.endsReceived < completion.endsExpected {
            findings.doubts.append(
                "\(completion.endsExpected - completion.endsReceived) of \(completion.endsExpected) stream ends were "
                    + "not received, so loss at the end cannot be excluded.")
        }
    }

    private static func judgeRate(_ rate: RateReport, into findings: inout Findings) {
        guard let asked = rate.asked, asked > 0 else { return }
        // Written so that a rate that is not a number is in doubt too.
        if !(rate.achieved >= asked * leastShareOfAskedRate) {
            findings.doubts.append(
                "The asked rate was not reached: \(Numbers.fixed(rate.achieved, decimals: 0)) of "
                    + "\(Numbers.fixed(asked, decimals: 0)) messages per second "
                    + "(\(Numbers.fixed(rate.achieved / asked * 100, decimals: 1)) %, at least "
                    + "\(Numbers.plain(leastShareOfAskedRate * 100)) % are needed).")
        }
    }

    static func count(_ value: UInt64) -> String {
        Numbers.grouped(value)
    }
}

/// What a report that passed may claim: only what was asked for and what was judged.
enum PassSentence {
    static func text(of report: Report, style: TextStyle = TextStyle()) -> String {
        var text = report.loadCurve?.conclusion ?? claims(of: report, style: style)
        if let deaths = deaths(in: report.runs) { text = "\(text.dropLast()), although \(deaths)." }
        return style.clean(text)
    }

    /// Who died without harm; nil when nobody did.
    static func deaths(in runs: [RunReport]) -> String? {
        let hit = runs.filter { run in run.perNode.contains { $0.isLost || $0.seen != nil } }
        guard let run = hit.first else { return nil }
        guard runs.count == 1 else {
            let isAnySilent = hit.contains { $0.perNode.contains(where: \.isSilent) }
            return "nodes \(isAnySilent ? "were lost" : "died") in \(hit.count) of \(runs.count) runs"
        }
        return RunNotes.list(
            run.perNode.compactMap { node in
                node.fateInMeasuredTime(endingAt: run.measuredEndSeconds).map { "node \(node.id) \($0)" }
            })
    }

    private static func claims(of report: Report, style: TextStyle) -> String {
        let groups = (report.comparison ?? Comparison.report(of: report.runs)).groups
        let missing = groups.reduce(0) { $0 + $1.missing }
        var claims: [String] = []
        if report.runs.contains(where: { $0.rate.asked != nil }) { claims.append("the asked rate was reached") }
        if groups.contains(where: { $0.lawsHold == true }) { claims.append("the laws hold") }
        if !report.runs.isEmpty, report.runs.allSatisfy({ $0.settings.other["verify"] == "true" }) {
            claims.append("every message came with the right checksum")
        }
        let isPipeline = report.runs.contains { $0.pipeline != nil }
        if report.runs.contains(where: { $0.agreement != nil }) {
            let isAnySilent = report.runs.contains { $0.perNode.contains(where: \.isSilent) }
            claims.append("every \(isAnySilent ? "node that answered" : "living node") has the same state")
        }
        let asserted = AssertionSummary.of(report.runs)
        if !asserted.isEmpty {
            claims.append(asserted.count == 1 ? "\(asserted[0].text) holds" : "all \(asserted.count) assertions hold")
        }
        let first = isPipeline ? "every task is done" : "every delivery is accounted for"
        if report.baseline?.outcome == .pass { claims.append("nothing became worse than in the baseline") }
        guard missing > 0 else { return sentence([first] + claims) }
        let expected = groups.reduce(0) { $0 + $1.expected }
        let policies = Set(report.runs.map(\.settings.overflow)).sorted().joined(separator: ", ")
        let losses =
            "\(style.short(Double(missing))) of \(style.short(Double(expected))) deliveries "
            + "\(fate(groups.flatMap(\.losses))), as --overflow \(policies) allows; every one is accounted for."
        return claims.isEmpty ? losses : losses + " " + sentence(claims)
    }

    /// What became of the missing deliveries.
    private static func fate(_ losses: [LossReport]) -> String {
        let causes = losses.reduce(into: [String]()) { if !$0.contains($1.cause) { $0.append($1.cause) } }
        switch causes {
        case ["fullQueue"]: return "were dropped at full queues"
        case ["refusedBySender"]: return "were refused by their senders"
        default: return "are missing (\(causes.map { LossReport.words($0) }.joined(separator: ", ")))"
        }
    }

    private static func sentence(_ claims: [String]) -> String {
        let comma = claims.count > 2 ? "," : ""
        let text =
            claims.count > 1
            ? claims.dropLast().joined(separator: ", ") + "\(comma) and \(claims[claims.count - 1])" : claims.joined()
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}

/// Why a step of a search or an exploration does not count as passed, in a few words.
public enum StepWords {
    /// What speaks against a run: assertions that fail, a rate that was not reached, deliveries that are missing.
    public static func failures(of run: RunReport) -> [String] {
        var words: [String] = []
        if let share = missedShare(of: run) { words.append(rateNotReached(share)) }
        for assertion in run.assertions ?? [] where assertion.outcome == .fail {
            words.append("\(assertion.metric) \(assertion.measuredText(style: TextStyle().tight))")
        }
        let isAsserted = (run.assertions ?? []).contains { $0.metric == "lost" && $0.outcome == .fail }
        if run.ledger.missing > 0, !run.settings.allowsLoss, !isAsserted { words.append(lost(run.ledger.missing)) }
        if words.isEmpty, run.verdict.outcome == .fail { words.append(short(run.verdict.reasons.first ?? "fail")) }
        return words
    }

    /// What leaves a run in doubt.
    public static func doubts(about run: RunReport) -> [String] {
        if run.wasInterrupted { return ["interrupted"] }
        let tooFew = (run.assertions ?? []).filter { $0.outcome == .unknown }
        guard tooFew.isEmpty else { return tooFew.map { "\($0.metric) \($0.measuredText(style: TextStyle().tight))" } }
        return [short(run.verdict.reasons.first ?? "unknown")]
    }

    /// Less than the asked rate.
    public static func rateNotReached(_ share: Double) -> String {
        "\(Numbers.fixed(share * 100, decimals: 1)) % sent"
    }

    /// Deliveries that are missing.
    public static func lost(_ count: UInt64) -> String { "lost \(Numbers.grouped(count))" }

    /// Latency that is many times what it was.
    public static func latency(times: Double) -> String { "p99 \(TextStyle().times)\(Numbers.significant(times))" }

    /// A rate, with its unit.
    public static func rate(_ rate: Double) -> String { "\(Numbers.plain(rate))/s" }

    /// A share in percent.
    public static func percent(_ share: Double) -> String { "\(Numbers.plain(share * 100)) %" }

    /// A number without needless digits.
    public static func number(_ value: Double) -> String { Numbers.plain(value) }

    /// A time in milliseconds.
    public static func milliseconds(_ nanoseconds: Double) -> String { "\(Numbers.plain(nanoseconds / 1e6)) ms" }

    /// The 99th percentile in nanoseconds; nil where there are too few values for it to mean something.
    public static func p99(of latency: LatencyReport) -> Double? { latency.percentile(99, \.p99) }

    /// A size in bytes.
    public static func size(_ bytes: Int) -> String { "\(Numbers.grouped(UInt64(max(0, bytes)))) B" }

    /// A time in seconds.
    public static func seconds(_ seconds: Double) -> String {
        guard seconds >= 60 else { return "\(Numbers.plain(seconds, decimals: 1)) s" }
        let whole = Int(seconds.rounded())
        return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s"
    }

    /// The share of the asked rate that was reached; nil where it was.
    private static func missedShare(of run: RunReport) -> Double? {
        guard let asked = run.rate.asked, asked > 0, !(run.rate.achieved >= asked * Judge.leastShareOfAskedRate) else {
            return nil
        }
        return run.rate.achieved / asked
    }

    private static func short(_ sentence: String) -> String {
        sentence.count <= 60 ? sentence : sentence.prefix(59) + "…"
    }
}

import Reporting
import Runtime

/// `--assert` and `--profile-targets`: what must hold of every run.
enum AssertionOptions {
    static let options = [
        OptionSpec(
            "assert", .list(.string), valueName: "'METRIC OP VALUE'", isRepeatable: true, check: problem,
            help: "Fail unless this holds of every run: 'p99<10ms', 'lost==0'"),
        OptionSpec(
            "profile-targets", .list(.choice(TargetProfile.all.map(\.name))), valueName: "NAME,…",
            help: "Assert ready sets of targets, listed below"),
    ]

    /// What can be asserted, for the help.
    static let note: String = {
        let relations = Assertion.Relation.allCases.map(\.rawValue).joined(separator: " ")
        let plain = AssertedMetric.all.filter { !$0.name.contains(".") }
        func names(_ metrics: [AssertedMetric]) -> String { metrics.map(\.name).joined(separator: " ") }
        let latencies = plain.prefix { $0.kind == .duration }
        let lines = [
            "Assertions (--assert 'METRIC OP VALUE', OP one of \(relations)):",
            "  latency   \(names(Array(latencies))): due time to delivery;",
            "            with ack. before it: to the acknowledgement; send-lag.: to the actual",
            "            send; from-send.: from the actual send to delivery",
        ]
        let kinds: [(String, AssertedMetric.Kind)] = [
            ("counts", .count), ("percent", .percent), ("rates", .rate), ("bytes", .bytes), ("times", .duration),
        ]
        let rest = kinds.flatMap { title, kind in
            wrapped(names(plain.dropFirst(latencies.count).filter { $0.kind == kind }), title: title)
        }
        let profiles = TargetProfile.all.flatMap { profile in
            let texts = profile.targets(nodes: 3).map(\.text).joined(separator: " ")
            return ["  \(profile.name): \(profile.summary)"] + wrapped(texts, title: "")
        }
        let end = "  A percentile with too few samples is unknown (exit code 2), never passed."
        return (lines + rest + [end, "Targets (--profile-targets; rates are those of 3 nodes):"] + profiles)
            .joined(separator: "\n")
    }()

    /// Words in lines of at most 80 columns, under a title.
    private static func wrapped(_ words: String, title: String) -> [String] {
        let indent = 12
        var lines = ["  \(title)" + String(repeating: " ", count: indent - 3 - title.count)]
        for word in words.split(separator: " ") {
            if lines[lines.count - 1].count + word.count + 1 > 80 {
                lines.append(String(repeating: " ", count: indent - 1))
            }
            lines[lines.count - 1] += " \(word)"
        }
        return lines
    }

    /// Everything that the options assert of a run with so many nodes.
    static func assertions(_ options: ParsedOptions, nodes: Int) throws(Failure) -> [Assertion] {
        do throws(ValueError) {
            var assertions: [Assertion] = []
            for name in options.list("profile-targets") {
                guard let profile = TargetProfile.all.first(where: { $0.name == name }) else { continue }
                for target in profile.targets(nodes: nodes) {
                    assertions.append(try assertion(target.text, onlyWhereMeasured: target.onlyWhereMeasured))
                }
            }
            for text in options.list("assert") { assertions.append(try assertion(text)) }
            return assertions
        } catch {
            throw Failure(.usage, "--assert: \(error)")
        }
    }

    /// What is wrong with an assertion as it is written; nil when nothing is.
    static let problem: @Sendable (String) -> ValueError? = { text in
        do throws(ValueError) {
            _ = try assertion(text)
            return nil
        } catch {
            return error
        }
    }

    /// Reads `METRIC OP VALUE`.
    static func assertion(_ written: String, onlyWhereMeasured: Bool = false) throws(ValueError) -> Assertion {
        let text = String(written.filter { !$0.isWhitespace })
        let expected = "METRIC OP VALUE such as 'p99<10ms', 'lost==0' or 'rate>=20k'; --help lists the metrics"
        let signs: Set<Character> = ["<", ">", "=", "!"]
        guard let first = text.firstIndex(where: signs.contains) else {
            throw ValueError("\(written.debugDescription) compares nothing", expected: expected)
        }
        let name = String(text[..<first]).lowercased()
        let sign = String(text[first...].prefix(while: signs.contains))
        let value = String(text[first...].drop(while: signs.contains))
        guard let relation = Assertion.Relation(rawValue: sign == "=" ? "==" : sign) else {
            let all = Assertion.Relation.allCases.map(\.rawValue).joined(separator: " ")
            throw ValueError(
                "\(sign.debugDescription) in \(text.debugDescription) compares nothing", expected: "one of \(all)")
        }
        guard let metric = AssertedMetric.named(name) else {
            let hint = Nearest.hint(for: name, in: AssertedMetric.all.map(\.name))
            let problem =
                "\(text.debugDescription) asserts nothing that is known: there is no metric \(name.debugDescription)"
            throw hint.isEmpty ? ValueError(problem, expected: expected) : ValueError(problem + hint)
        }
        guard !value.isEmpty else {
            throw ValueError("\(text.debugDescription) has no value", expected: expected)
        }
        return Assertion(
            text: text, metric: metric, relation: relation, limit: try limit(value, of: metric),
            onlyWhereMeasured: onlyWhereMeasured)
    }

    private static func limit(_ text: String, of metric: AssertedMetric) throws(ValueError) -> Double {
        switch metric.kind {
        case .duration: return text == "0" ? 0 : Double(try ValueText.duration(text))
        case .count: return Double(try ValueText.integer(text))
        case .rate: return text == "0" ? 0 : try ValueText.rate(text, allowsMax: false)
        case .percent: return try ValueText.number(text.hasSuffix("%") ? text.dropLast() : text[...])
        case .bytes: return Double(try ValueText.size(text))
        }
    }
}

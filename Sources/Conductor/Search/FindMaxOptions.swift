import Measurement
import Reporting
import Runtime

/// The options of `--find-max`, and the search that they describe.
enum FindMaxOptions {
    static let group = OptionGroup(
        "Finding the highest rate",
        [
            OptionSpec(
                "find-max", .list(.string), valueName: "'METRIC OP VALUE,…'", isRepeatable: true,
                check: AssertionOptions.problem,
                help: "Look for the highest rate at which all of this holds, as 'p99<2ms,lost==0'"),
            OptionSpec(
                "find-max-time", .duration(bareUnit: .seconds), default: "3m", help: "The search ends within this time"),
            OptionSpec(
                "find-max-rates", .string, default: "1k..1M", valueName: "A..B",
                check: { text in
                    do throws(ValueError) {
                        _ = try rates(text)
                        return nil
                    } catch {
                        return error
                    }
                }, help: "It begins with rate A and never exceeds B"),
            OptionSpec(
                "find-max-precision", .number(1...100), default: "5", valueName: "PERCENT",
                help: "It ends when the lowest rate that fails is so close to the highest that holds"),
            OptionSpec(
                "find-max-confirmations", .integer(1...100), default: "2",
                help: "So many runs of --duration, each of which must hold, confirm the rate"),
        ])

    /// Looking takes a fifth of the time of a confirming run, and at least a second.
    private static let probeShare: UInt64 = 5
    private static let probeNanosecondsMin: UInt64 = 1_000_000_000
    /// What starting, draining and collecting take at the most, as long as nothing is known about it.
    private static let overheadNanoseconds: UInt64 = 2_000_000_000

    /// Reads `1k..1M`.
    static func rates(_ text: String) throws(ValueError) -> (lowest: Double, highest: Double) {
        let expected = "two rates from 0.001 to 1G messages per second, the lower one first, as 1k..1M"
        guard let dots = text.firstRange(of: "..") else {
            throw ValueError("\(text.debugDescription) is no range of rates", expected: expected)
        }
        let lowest = try ValueText.rate(text[..<dots.lowerBound], allowsMax: false)
        let highest = try ValueText.rate(text[dots.upperBound...], allowsMax: false)
        guard lowest <= highest, Rate.rangePerSecond.contains(lowest), Rate.rangePerSecond.contains(highest) else {
            throw ValueError("\(text.debugDescription) is no range of rates", expected: expected)
        }
        return (lowest, highest)
    }

    /// What must hold: what is looked for, and what is asserted besides.
    static func assertions(_ options: ParsedOptions, nodes: Int) throws -> [Assertion] {
        guard !options.list("find-max").isEmpty else {
            throw options.error("find-max", "says nothing that must hold: expected one such as 'p99<2ms,lost==0'")
        }
        var assertions: [Assertion] = []
        do throws(ValueError) {
            for text in options.list("find-max") { assertions.append(try AssertionOptions.assertion(text)) }
        } catch {
            throw options.error("find-max", "\(error)")
        }
        assertions += try AssertionOptions.assertions(options, nodes: nodes)
        let growing = ["rate", "delivery-rate", "sent", "delivered"]
        if let wrong = assertions.first(where: { growing.contains($0.metric.name) && $0.relation.asksForMore }) {
            throw options.error(
                "find-max",
                "\(wrong.text) asks for a rate, and what rate there can be is what is looked for: leave it out, or give "
                    + "--find-max-rates")
        }
        return assertions
    }

    /// The search; fails when its time is too short for a single rate.
    static func plan(
        _ options: ParsedOptions, _ scenario: Scenario, _ assertions: [Assertion]
    ) throws -> MaximumSearchPlan {
        guard !options.string("arrivals").hasPrefix("replay:") else {
            throw options.error("arrivals", "replay has times of its own, and --find-max looks for a rate")
        }
        let (lowest, highest) = try rates(options.string("find-max-rates"))
        let needed = assertions.compactMap(\.metric.samplesNeeded).max() ?? 0
        let plan = MaximumSearchPlan(
            lowest: lowest, highest: highest, precision: options.number("find-max-precision") / 100,
            confirmations: options.integer("find-max-confirmations"),
            probeNanoseconds: min(
                scenario.durationNanoseconds, max(probeNanosecondsMin, scenario.durationNanoseconds / probeShare)),
            confirmationNanoseconds: scenario.durationNanoseconds, warmupNanoseconds: scenario.warmupNanoseconds,
            // A little more than needed, so that the last ones need not all arrive in time.
            messagesNeeded: Double(needed) * 1.1, overheadNanoseconds: overheadNanoseconds,
            limitNanoseconds: options.duration("find-max-time"))
        guard plan.limitNanoseconds >= plan.leastNanoseconds else {
            let runs = plan.confirmations == 1 ? "a confirming run" : "\(plan.confirmations) confirming runs"
            throw options.error(
                "find-max-time",
                "is \(DurationText.of(plan.limitNanoseconds)), and one step at \(StepWords.rate(lowest)) with \(runs) takes "
                    + "\(seconds(plan.leastNanoseconds)): \(remedy(plan, assertions))")
        }
        return plan
    }

    /// What makes the least search shorter: it takes as long as --duration, or as a percentile's messages.
    private static func remedy(_ plan: MaximumSearchPlan, _ assertions: [Assertion]) -> String {
        let most = assertions.max { ($0.metric.samplesNeeded ?? 0) < ($1.metric.samplesNeeded ?? 0) }
        guard plan.isLengthenedByMessages, let most else {
            return "give more, or a shorter --duration"
        }
        return
            "\(most.metric.name) needs \(Numbers.grouped(UInt64(plan.messagesNeeded.rounded()))) messages, however short "
            + "--duration is; give more, or begin with a higher rate (--find-max-rates)"
    }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        StepWords.seconds((Double(nanoseconds) / 1e9).rounded(.up))
    }
}

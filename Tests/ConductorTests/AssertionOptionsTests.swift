import Reporting
import Runtime
import Testing

@testable import Conductor

/// How assertions are written.
@Suite struct AssertionOptionsTests {
    @Test(
        arguments: [
            ("p99<10ms", "p99", .below, 10_000_000), ("p99.9 <= 1.5us", "p999", .atMost, 1_500),
            ("lost==0", "lost", .equal, 0), ("missing=0", "lost", .equal, 0), ("rate>=20k", "rate", .atLeast, 20_000),
            ("ack.p50 < 2 ms", "ack.p50", .below, 2_000_000), ("completeness>99.9%", "completeness", .above, 99.9),
            ("sigma<5", "sigma", .below, 5), ("memory<15MiB", "memory", .below, 15_728_640),
            ("P50>0", "p50", .above, 0),
            ("duplicates!=1k", "duplicates", .notEqual, 1_000), ("send-lag.max<1s", "send-lag.max", .below, 1e9),
        ] as [(String, String, Assertion.Relation, Double)])
    func readsWhatIsAsserted(text: String, metric: String, relation: Assertion.Relation, limit: Double) throws {
        let assertion = try AssertionOptions.assertion(text)
        #expect(assertion.metric.name == metric && assertion.relation == relation && assertion.limit == limit)
        #expect(assertion.text == text.filter { $0 != " " })
    }

    @Test(arguments: [
        ("", "compares nothing"), ("p99", "METRIC OP VALUE"), ("p99<", "no value"), ("<10ms", "no metric \"\""),
        ("p99<>10ms", "one of <"), ("p99=<10ms", "one of <"), ("p99<10", "no unit"), ("p99<fast", "not a number"),
        ("lost==none", "not a number"), ("rate>99%", "not a rate"), ("latency<1ms", "--help lists the metrics"),
        ("p99999<1ms", "did you mean \"p9999\"?"), ("ack_p99<1ms", "did you mean \"ack.p99\"?"),
        ("lsot==0", "did you mean \"lost\"?"), ("p99<-1ms", "not a number"), ("memory<1 parsec", "unit"),
    ])
    func saysWhatIsWrong(text: String, expected: String) throws {
        let error = try #require(throws: ValueError.self) { try AssertionOptions.assertion(text) }
        #expect(error.description.contains(expected), "\(error)")
    }

    private static func options(_ arguments: [String], environment: [String: String] = [:]) throws -> ParsedOptions {
        guard case .run(let options) = try RunCommand.options.parse(arguments: arguments, environment: environment)
        else { throw Failure(.internalError, "printed") }
        return options
    }

    @Test func severalAreGivenOneByOneOrInAList() throws {
        for arguments in [["--assert", "p99<1s", "--assert", "lost==0"], ["--assert=p99<1s,lost==0"]] {
            let assertions = try AssertionOptions.assertions(try Self.options(arguments), nodes: 3)
            #expect(assertions.map(\.text) == ["p99<1s", "lost==0"])
        }
        let fromEnvironment = try Self.options([], environment: ["ASSERT": "p99<1s; lost==0"])
        #expect(try AssertionOptions.assertions(fromEnvironment, nodes: 3).count == 2)
        #expect(try AssertionOptions.assertions(try Self.options([]), nodes: 3).isEmpty)
    }

    @Test(arguments: TargetProfile.all.map(\.name))
    func everyProfileCanBeAsserted(name: String) throws {
        let options = try Self.options(["--profile-targets", name])
        for nodes in [1, 3, 100] {
            #expect(!(try AssertionOptions.assertions(options, nodes: nodes)).isEmpty)
        }
        #expect(AssertionOptions.note.contains("  \(name): "))
    }

    @Test(arguments: [(1, "50k"), (3, "50k"), (4, "50k"), (5, "100k"), (9, "100k"), (10, "200k"), (50, "200k")])
    func moreNodesHaveToDoMore(nodes: Int, rate: String) throws {
        let matching = try #require(TargetProfile.all.first { $0.name == "matching" })
        #expect(matching.targets(nodes: nodes).last?.text == "rate>=\(rate)")
    }

    @Test func theHelpNamesEveryMetricInItsLines() {
        let words = Set(
            AssertionOptions.note.split { $0 == " " || $0 == "\n" || $0 == ":" || $0 == ";" }.map(String.init))
        for metric in AssertedMetric.all where !metric.name.contains(".") {
            #expect(words.contains(metric.name), "\(metric.name)")
        }
        #expect(AssertionOptions.note.split(separator: "\n").allSatisfy { $0.count <= 90 })
    }
}

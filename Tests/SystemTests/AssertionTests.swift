import Reporting
import Runtime
import Testing

extension SystemTests {
    /// What a user asserts decides the exit code.
    @Suite(.serialized) struct AssertionTests {
        private static let short = "--transport ipc --warmup 100ms --duration 1s --rate 2000"

        @Test func whatHoldsPassesAndWhatDoesNotFailsAndSaysByHowMuch() throws {
            let space = try Workspace()
            let passed = try space.zbedRun("--assert p99<10s --assert lost==0 \(Self.short)")
            #expect(passed.code == 0 && passed.output.contains("lost==0"), "\(passed.error)\(passed.output)")
            #expect(try space.report().runs.first?.assertions?.map(\.outcome) == [.pass, .pass])

            let failed = try space.zbedRun("--assert p99<1us --assert lost==0 \(Self.short)")
            #expect(failed.code == 1 && failed.output.contains("Assertion p99<1us failed: p99 is "), "\(failed.output)")
            #expect(failed.output.contains("above the limit") && !failed.output.contains("lost==0 failed"))
        }

        @Test func tooFewSamplesAreUnknown() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--assert p999<10s --transport ipc --warmup 0s --duration 300ms --rate 1000")
            #expect(ending.code == 2 && ending.output.contains("at least 10,000 samples"), "\(ending.output)")
        }

        @Test func everyRunOfAComparisonIsAsserted() throws {
            let space = try Workspace()
            let arguments =
                "compare --quiet --results results --topologies star,ring --repeat 1 --assert lost==0,max<1ns "
                + Self.short
            let ending = try space.run("zbed", arguments.words)
            let report = try space.report(of: "compare")
            #expect(ending.code == 1 && report.verdict.reasons.count == 2, "\(ending.output)")
            #expect(report.runs.map { $0.assertions?.map(\.outcome) } == [[.pass, .fail], [.pass, .fail]])
        }
    }
}

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
            let words = failed.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(failed.code == 1 && words.contains("Assertion p99<1us failed: p99 is "), "\(failed.output)")
            #expect(words.contains(" above the limit, ") && !words.contains("lost==0 failed"))
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

extension SystemTests {
    /// An earlier run decides the exit code.
    @Suite(.serialized) struct BaselineTests {
        private static let queue =
            "--pattern pipeline --nodes 3 --transport ipc --rate 100 --warmup 100ms --duration 700ms"

        /// Runs until it is known how it went: on a machine that is busy for a while, the asked rate is missed.
        private func run(_ arguments: String, in space: Workspace) throws -> Command.Ending {
            var ending = try space.zbedRun("\(arguments) \(Self.queue)")
            for _ in 0..<4 where ending.code == 2 { ending = try space.zbedRun("\(arguments) \(Self.queue)") }
            return ending
        }

        @Test func workThatTakesLongerIsCaughtAndOtherLoadIsForeign() throws {
            let space = try Workspace()
            let recorded = try run("--name then --repeat 4 --work-micros 5000", in: space)
            #expect(recorded.code == 0, "\(recorded.error)\(recorded.output)")
            // A delay far beyond what this machine's noise can be: how fine the gate is, statistics show elsewhere.
            let slower = try run("--baseline then --work-micros 15000", in: space)
            #expect(slower.code == 1 && slower.output.contains("p50 is worse than in the baseline"), "\(slower.output)")
            let report = try space.report()
            #expect(report.runs.count == 4 && report.baseline?.repeats == 4)
            #expect(report.baseline?.differences == ["work-micros: 15000, was 5000"])

            let foreign = try space.zbedRun(
                "--baseline 1 \(Self.queue)".replacing("--rate 100", with: "--rate 50"))
            #expect(foreign.code == 64 && foreign.error.contains("rate is 50/s, was 100/s"), "\(foreign.error)")
            let few = try space.zbedRun("--baseline results/then/latest/report.json --repeat 2 \(Self.queue)")
            #expect(few.code == 64 && few.error.contains("too few"), "\(few.error)")
        }
    }
}

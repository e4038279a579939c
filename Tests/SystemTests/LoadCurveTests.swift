import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Searches and explorations, as whole processes.
    @Suite(.serialized) struct LoadCurveTests {
        private static let quick = "--transport ipc --warmup 100ms"

        @Test func aRateIsFoundThatHoldsWhenItIsRunAgain() throws {
            let space = try Workspace()
            let search = try space.zbedRun(
                "--find-max p50<5s,lost==0 --find-max-rates 500..1k --find-max-confirmations 1 --find-max-time 60s "
                    + "--duration 1s \(Self.quick)")
            let report = try space.report()
            let curve = try #require(report.loadCurve)
            let maximum = try #require(curve.maximum)
            #expect(maximum.secondsUsed <= 60)
            #expect(curve.points.map(\.phase).contains("doubling"))
            #expect(curve.points.map(\.step) == Array(1...curve.points.count))
            // A machine that stands still for a second finds less, which is no defect.
            guard search.code == 0 else {
                #expect(search.code == report.verdict.outcome.exitCode, "\(search.output)")
                return
            }
            let rate = try #require(maximum.rate)
            #expect(maximum.ending == "found" && (500...1_000).contains(rate))
            #expect(curve.points.last?.phase == "confirmation" && curve.points.last?.outcome == .pass)
            #expect(report.runs.count == 1 && report.runs[0].settings.rate == rate)
            #expect(search.output.contains("The highest rate at which p50<5s and lost==0"), "\(search.output)")
            #expect(try Files.readText(space("results/run/latest/throughput.csv")).contains("confirmation"))
            #expect(try Files.readText(space("results/run/latest/report.html")).contains("Latency over throughput"))
            space.expectNothingLeft()
        }

        @Test func whatHoldsAtNoRateFails() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--find-max p50<1ns --find-max-rates 2k..4k --find-max-time 60s --duration 1s \(Self.quick)")
            #expect(ending.code == 1 && ending.output.contains("Not even at the lowest rate"), "\(ending.output)")
            let report = try space.report()
            #expect(report.loadCurve?.maximum?.ending == "nothingHolds" && report.loadCurve?.points.count == 3)
        }

        @Test func anInterruptedSearchWritesWhatItHas() throws {
            let space = try Workspace()
            let command = try space.startZbedRun(
                "--find-max lost==0 --find-max-rates 100..1k --duration 60s --find-max-time 10m \(Self.quick)")
            _ = try command.nodes(3)
            try command.waitForDeliveries(50, at: 0, nodes: 3)
            try command.interrupt()
            let ending = try command.end()
            #expect(ending.code == 2 && ending.output.contains("was interrupted"), "\(ending.error)\(ending.output)")
            let curve = try #require(try space.report().loadCurve)
            #expect(curve.points.count == 1 && curve.points[0].why == ["interrupted"])
            space.expectNothingLeft()
        }

        @Test func sizesAndRatesAreGoneThrough() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--mode explore --explore-sizes 64,1k --explore-rates 100,200 --explore-run-duration-seconds 300ms "
                    + "--explore-cool-down-duration-seconds 50ms --explore-min-throughput-byte-per-seconds 10k "
                    + "--explore-refinements 0 \(Self.quick)")
            let report = try space.report()
            let curve = try #require(report.loadCurve)
            #expect(ending.code == report.verdict.outcome.exitCode, "\(ending.output)")
            let settings = curve.points.filter { $0.attempt == 1 }.map { "\($0.messageSizeBytes)@\(Int($0.asked))" }
            #expect(settings.starts(with: ["64@200", "1000@100"]), "\(settings)")
            #expect(curve.exploration?.skipped.first?.why == "throughput" && report.runs.count == 2)
            #expect(
                report.runs.map(\.settings.messageSizeBytes) == [64, 1_000] && report.runs[0].settings.mode == "one")
            #expect(curve.points.allSatisfy { $0.lost == 0 })
            #expect(Files.exists(space("results/run/latest/logs/step-1/node-0.log")))
            space.expectNothingLeft()
        }

        @Test func clientsAreSentThroughRatesToo() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--mode explore --clients 2 --consensus leader --explore-sizes 64 --explore-rates 100 "
                    + "--explore-run-duration-seconds 500ms --explore-cool-down-duration-seconds 0 \(Self.quick)")
            let run = try #require(try space.report().runs.first)
            #expect(
                run.pattern == "request" && run.settings.clients == 2 && run.consensus == "leader", "\(ending.error)")
        }

        @Test(arguments: [
            "--find-max p99<2", "--find-max p99<2ms --find-max-time 3s", "--find-max p99<2ms --find-max-rates 0..5",
            "--mode explore --explore-sizes 10", "--mode explore --explore-rates -1",
        ])
        func whatIsWrongLeavesNothing(arguments: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun(arguments)
            #expect(ending.code == 64 && ending.errorLines.count == 1, "\(ending.error)")
            #expect(!Files.exists(space("results")))
        }
    }
}

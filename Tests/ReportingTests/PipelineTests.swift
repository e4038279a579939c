import Testing

@testable import Reporting

extension Sample {
    /// A judged run of a pipeline of two workers in which nothing went wrong.
    static func pipelineRun(_ edit: (inout RunReport) -> Void = { _ in }) -> RunReport {
        let tasks: UInt64 = 60_000
        var run = RunReport(
            topology: "pipeline", nodes: 4, pattern: "pipeline", settings: settings,
            completion: CompletionReport(barrierReached: true, endsExpected: 1, endsReceived: 1),
            ledger: LedgerReport(sent: tasks, expected: tasks, unique: tasks),
            rate: RateReport(asked: nil, achieved: 2_000, deliveriesPerSecond: 2_000),
            perNode: (0..<4).map { id in
                NodeReport(
                    id: id, cpuPercent: 10, cpuSeconds: 3, residentBytes: 1 << 24,
                    uniqueDeliveries: id == 1 || id == 2 ? tasks / 2 : 0, sharePercent: id == 1 || id == 2 ? 50 : 0)
            })
        run.pipeline = PipelineReport(
            tasks: tasks, done: tasks, results: tasks, duplicate: 0, missing: 0, resent: 0, source: 0, sink: 3,
            workers: [1, 2].map {
                WorkerReport(node: $0, done: tasks / 2, results: tasks / 2, takenBack: 0, share: 50)
            }, sigmaPercent: 0, grade: "perfect")
        edit(&run)
        run.verdict = Judge.verdict(of: run)
        return run
    }

    /// The same with a worker that died, whose tasks others did, five of them twice.
    static func pipelineRunWithADeadWorker() -> RunReport {
        pipelineRun {
            $0.perNode[2].diedAt = 12.5
            $0.pipeline?.resent = 17
            $0.pipeline?.workers[1].takenBack = 17
            $0.pipeline?.workers[0].results += 5
            $0.pipeline?.results += 5
            $0.pipeline?.duplicate = 5
            $0.ledger.duplicate = 5
        }
    }
}

/// How the run of a work queue is judged and shown.
@Suite struct PipelineTests {
    @Test func aRunInWhichAllIsDonePasses() {
        let run = Sample.pipelineRun()
        #expect(run.verdict == Verdict(outcome: .pass))
        #expect(TextReport.verdict(of: Sample.report(runs: [run])).contains("Every task is done"))
    }

    @Test func theDeathOfAWorkerThatCostNothingPassesAndIsNamed() {
        let verdict = Sample.pipelineRunWithADeadWorker().verdict
        #expect(verdict.outcome == .pass && verdict.reasons.isEmpty && verdict.notes.count == 2)
        #expect(
            verdict.notes.first
                == "Worker node 2 died at 12.50 s of the measured time; 17 tasks were taken back from it, and none is "
                + "missing.")
        #expect(
            verdict.notes.last
                == "5 results were of tasks that were done already (node 1: 5): they came twice.")
    }

    @Test func oneOfAThingIsWrittenAsOne() {
        let run = Sample.pipelineRun {
            $0.perNode[2].silentSince = 12.5
            $0.pipeline?.grade = nil
            $0.pipeline?.resent = 1
            $0.pipeline?.workers[1].takenBack = 1
            $0.pipeline?.workers[0].results += 1
            $0.pipeline?.results += 1
            $0.pipeline?.duplicate = 1
            $0.ledger.duplicate = 1
        }
        #expect(run.verdict.notes.contains { $0.contains("; 1 task was taken back from it") }, "\(run.verdict)")
        #expect(
            run.verdict.notes.last == "1 result was of a task that was done already (node 1: 1): it came twice.",
            "\(run.verdict)")
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("1 task was sent again.") && page.contains("(not graded: a node did not answer)."))
        #expect(!page.contains("a node died"), "it lived, and did not answer")
    }

    @Test func aWorkerThatHungIsNamedAndIsNoReasonForTheOutcome() {
        let run = Sample.pipelineRun { run in
            run.rate.asked = 4_000
            run.events = [(3.214, 2), (5.0, 1), (8.4, 2)].map { (seconds: Double, worker: Int) in
                EventReport(
                    seconds: seconds, kind: EventReport.overdueKind, node: worker,
                    text: "worker node \(worker) had finished no task for 5 s: its 512 tasks went to others")
            }
        }
        #expect(run.verdict.outcome == .unknown && run.verdict.reasons.count == 1, "the rate")
        #expect(
            run.verdict.notes == [
                "At 3.21 s of the measured time, worker node 2 had finished no task for 5 s: its 512 tasks went to "
                    + "others; so it was 2 times in all.",
                "At 5.00 s of the measured time, worker node 1 had finished no task for 5 s: its 512 tasks went to "
                    + "others.",
            ])
        let text = TextReport.runs(Sample.report(runs: [run]))
        let notes = text.split(separator: "Not to be overlooked:\n")
        #expect(notes.count == 2 && !notes[0].contains("VERDICT: UNKNOWN\n  - At 3.21 s"), "\(text)")
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("<p>Not to be overlooked:</p><ul><li>At 3.21 s"))
    }

    @Test func theSharesOfADeadWorkerAreNotGraded() {
        let run = Sample.pipelineRun { $0.pipeline?.grade = nil }
        #expect(TextReport.runSummary(run).contains("Standard deviation: σ = 0.00%\n"))
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("σ = 0.00 % (not graded)."))
        let dead = Sample.pipelineRun {
            $0.pipeline?.grade = nil
            $0.perNode[2].diedAt = 2
        }
        #expect(HTMLReport.page(Sample.report(runs: [dead])).contains("σ = 0.00 % (not graded: a node died)."))
    }

    @Test(arguments: [(0, "The source, node 0, died"), (3, "The sink, node 3, died")])
    func theDeathOfAnEndFailsAndIsNamed(node: Int, text: String) {
        let verdict = Sample.pipelineRun { $0.perNode[node].diedAt = 1 }.verdict
        #expect(verdict.outcome == .fail && verdict.reasons.first?.hasPrefix(text) == true)
    }

    @Test func aSinkThatDoesNotAnswerIsBlamedAndNotTheWorkersBehindIt() {
        let verdict = Sample.pipelineRun {
            $0.perNode[3].silentSince = 2
            $0.events = [(1.5, 1), (7.2, 1), (7.3, 2)].map { (seconds: Double, worker: Int) in
                EventReport(
                    seconds: seconds, kind: EventReport.overdueKind, node: worker,
                    text: "worker node \(worker) had finished no task for 5 s: its 512 tasks went to others")
            }
        }.verdict
        #expect(
            verdict.reasons.first
                == "The sink, node 3, did not answer from about 2.0 s of the measured time on (stopped or hung; killed at "
                + "the end), and the queue stood still with it.")
        #expect(verdict.notes.map { $0.prefix(10) } == ["At 1.50 s "], "what was before is told: \(verdict.notes)")
    }

    @Test func noWorkerLeftFails() {
        let verdict = Sample.pipelineRun {
            $0.perNode[1].diedAt = 1
            $0.perNode[2].diedAt = 2
        }.verdict
        #expect(verdict.outcome == .fail && verdict.reasons.first == "No worker lived to the end.")
    }

    /// A number that is changed, and what then does not add up.
    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout PipelineReport) -> Void
    }

    @Test(arguments: [
        Change(testDescription: "tasks") { $0.tasks += 1 }, Change(testDescription: "results") { $0.results += 1 },
        Change(testDescription: "workers") { $0.workers[0].done -= 1 },
    ])
    func whatDoesNotAddUpFails(change: Change) throws {
        let verdict = Sample.pipelineRun { run in
            guard var pipeline = run.pipeline else { return }
            change.change(&pipeline)
            run.pipeline = pipeline
        }.verdict
        #expect(verdict.outcome == .fail)
        #expect(verdict.reasons.contains { $0.contains("\(change.testDescription)") && $0.contains("not add up") })
    }

    @Test func theTextShowsTheQueueAndItsWorkers() {
        let text = TextReport.runSummary(Sample.pipelineRunWithADeadWorker())
        for piece in [
            "WORK QUEUE", "Sent again:             17", "  of tasks done twice:  5", "Node 1:  30,000 tasks ( 50.00%)",
            "NOT TO BE OVERLOOKED", "Worker node 2 died at 12.50 s", "- PASS",
        ] {
            #expect(text.contains(piece), "\(piece) is not in\n\(text)")
        }
        #expect(!text.contains("WHY PASS"))
        #expect(!TextReport.runSummary(Sample.run()).contains("WORK QUEUE"))
    }

    @Test func thePageShowsTheQueueAndItsWorkers() {
        let page = HTMLReport.page(Sample.report(runs: [Sample.pipelineRunWithADeadWorker()]))
        for piece in ["Work queue", "60,000 tasks", "Taken back", "Worker node 2 died at 12.50 s", "✓ Pass"] {
            #expect(page.contains(piece), "\(piece) is not there")
        }
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("Work queue"))
    }

    @Test func theReportSurvivesItsFile() throws {
        let report = Sample.report(runs: [Sample.pipelineRunWithADeadWorker()])
        #expect(try ReportJSON.decodeReport(try ReportJSON.encode(report)) == report)
    }
}

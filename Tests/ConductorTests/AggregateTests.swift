import Measurement
import Reporting
import Testing

@testable import Conductor
@testable import Runtime

@Suite struct AggregateTests {
    /// What the machines of a load measured of one stream of latencies: every so-manieth of them.
    static func samples(_ machine: Int, of machines: Int) -> [Int64] {
        var generator = SplitMix64(seed: 5)
        return (0..<6_000).map { _ in Int64(generator.next() % 40_000_000) }.enumerated()
            .filter { $0.offset % machines == machine }.map(\.element)
    }

    static func histogram(_ samples: [Int64]) -> Histogram {
        var histogram = Histogram()
        for sample in samples { histogram.record(sample) }
        return histogram
    }

    static func part(_ machine: Int, of machines: Int = 2, _ change: (inout RunReport) -> Void = { _ in })
        -> Aggregate.Part
    {
        let samples = samples(machine, of: machines)
        let count = UInt64(samples.count)
        var run = RunReport(
            topology: "ring", nodes: 2, pattern: "request",
            settings: RunSettings(
                rate: 100, durationSeconds: 10, warmupSeconds: 1, messageSizeBytes: 64, clients: 2, mode: "none",
                other: ["cluster": "c"]),
            completion: CompletionReport(barrierReached: true, endsExpected: 0, endsReceived: 0),
            ledger: LedgerReport(sent: count / 2, expected: count, unique: count),
            rate: RateReport(asked: 100, achieved: 100, deliveriesPerSecond: 200, seconds: 10),
            perNode: (0..<2).map {
                NodeReport(
                    id: $0, cpuPercent: nil, cpuSeconds: nil, residentBytes: nil, uniqueDeliveries: count / 2,
                    sharePercent: 50, orders: count / 4)
            }, balance: BalanceReport(shares: [50, 50], sigmaPercent: 0, grade: "perfect"),
            clients: ClientOrders(sent: count / 2, acknowledged: count / 2))
        run.latency = LatencyAccount.report(histogram(samples))
        run.startedAtSeconds = 1_000 + Double(machine) * 0.2
        run.workers = [
            LoadWorkerReport(
                worker: machine + 1, name: "Machine_\(machine + 1)_Client_1", host: "client-\(machine + 1)", pid: 1,
                clients: 2, sharePercent: 100, end: .delivered)
        ]
        change(&run)
        run.verdict = Judge.verdict(of: run)
        var report = Report(
            name: "loadclient", kind: .run, createdAt: "now", version: "1", commandLine: "x", seed: 1,
            environment: EnvironmentReport(
                cpu: "x", cores: 1, kernel: "x", memoryBytes: 1, libzmq: "4.3.4", host: "client-\(machine + 1)",
                clock: "x"), runs: [run])
        report.verdict = run.verdict
        return Aggregate.Part(source: "from-\(machine + 1)/report.json", report: report)
    }

    @Test(arguments: 2...5)
    func whatSeveralMachinesMeasuredIsWhatOneWouldHave(machines: Int) throws {
        let aggregate = try Aggregate((0..<machines).map { Self.part($0, of: machines) })
        let run = try #require(aggregate.runs.first)
        let whole = try #require(LatencyAccount.report(Self.histogram(Self.samples(0, of: 1))))
        // To the last value: the histograms are merged, and no percentile is averaged.
        var merged = try #require(run.latency)
        #expect(merged.clock == whole.clock)
        merged.negative = whole.negative
        #expect(merged == whole)
        #expect(run.ledger.unique == whole.count && run.ledger.expected == whole.count)
        #expect(run.rate.asked == 100 * Double(machines) && run.settings.clients == 2 * machines)
        #expect(run.perNode.map(\.orders).reduce(0, +) == run.clients?.sent && run.balance?.grade == "perfect")
        #expect(run.verdict == Verdict(outcome: .pass), "\(run.verdict)")
        #expect(
            run.workers?.map { ($0.sharePercent * Double(machines)).rounded() }
                == [Double](repeating: 100, count: machines))
        #expect(aggregate.contributions.map(\.host) == (1...machines).map { "client-\($0)" })
        #expect(aggregate.contributions.map(\.latencies).reduce(0, +) == whole.count)
    }

    @Test func aLossAnywhereIsALoss() throws {
        let parts = [
            Self.part(0),
            Self.part(1) {
                $0.ledger.expected += 3
                $0.ledger.missing = 3
                $0.losses = [LossReport(cause: "fullQueue", deliveries: 3, detail: "in the queue of node 1")]
            },
        ]
        let run = try #require(try Aggregate(parts).runs.first)
        #expect(run.ledger.missing == 3 && run.losses.map(\.cause) == ["fullQueue"] && run.verdict.outcome == .fail)
        #expect(run.verdict.reasons.contains { $0.hasPrefix("client-2 (from-2/report.json): ") }, "\(run.verdict)")
    }

    @Test func machinesThatMeasuredAtDifferentTimesAreInDoubt() throws {
        let parts = [Self.part(0), Self.part(1) { $0.startedAtSeconds = 1_005 }]
        let verdict = try #require(try Aggregate(parts).runs.first).verdict
        #expect(verdict.outcome == .unknown && verdict.reasons.first?.contains("5.0 of 10.0 s are common") == true)
        let older = [Self.part(0), Self.part(1) { $0.startedAtSeconds = nil }]
        let run = try #require(try Aggregate(older).runs.first)
        #expect(run.verdict.outcome == .pass && run.verdict.notes.count == 1)
    }

    /// Two processes that were told the same number: the sums are right, and the names say nothing.
    @Test func clientsOfOneNameAreNamed() throws {
        func notes(_ parts: [Aggregate.Part]) throws -> [String] {
            let verdict = try #require(try Aggregate(parts).runs.first).verdict
            #expect(verdict.outcome == .pass, "\(verdict)")
            return verdict.notes
        }
        let twin = Self.part(1) { $0.workers?[0].name = "Machine_1_Client_1 to Machine_1_Client_2" }
        #expect(
            try notes([Self.part(0), twin]) == [
                "client-1 (from-1/report.json) and client-2 (from-2/report.json) are of two processes whose clients have the "
                    + "same names (Machine_1_Client_1 and so on), and whose orders have the same ids in a book: start each "
                    + "loadclient with a --machine of its own."
            ])
        var document = Self.part(1)
        document.report.name = "Machine_1_Client_1"
        document.report.runs[0].workers = nil
        #expect(try notes([Self.part(0), document]).count == 1, "a document of loadclient --json")
        document.report.name = "Machine_11_Client_1"
        #expect(try notes([Self.part(0), document]).isEmpty)
        #expect(try notes([Self.part(0), Self.part(1)]).isEmpty)
    }

    static func refusal(_ parts: [Aggregate.Part]) -> Failure? {
        do {
            _ = try Aggregate(parts)
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test func differentScenariosAreNamed() throws {
        let changes: [(String, (inout RunReport) -> Void)] = [
            ("topology is ring in one and star in the other", { $0.topology = "star" }),
            ("nodes is 2 in one and 3 in the other", { $0.nodes = 3 }),
            ("message-size-bytes is 64 in one and 65", { $0.settings.messageSizeBytes = 65 }),
            ("duration is 10.0 s in one and 11.0 s", { $0.settings.durationSeconds = 11 }),
            ("outstanding is open loop in one and 4", { $0.settings.outstanding = 4 }),
            ("cluster is c in one and d in the other", { $0.settings.other["cluster"] = "d" }),
            ("verify is not set in one and true", { $0.settings.other["verify"] = "true" }),
        ]
        for (words, change) in changes {
            let failure = try #require(Self.refusal([Self.part(0), Self.part(1, change)]), "\(words)")
            #expect(failure.code == .usage && failure.description.contains(words), "\(failure)")
        }
        // A part of the load may be larger than another.
        #expect(
            Self.refusal([
                Self.part(0),
                Self.part(1) {
                    $0.settings.rate = 7; $0.settings.clients = 9
                },
            ]) == nil)
    }

    @Test func oneRunCountsOnce() throws {
        var copy = Self.part(0)
        copy.source = "copied/report.json"
        copy.report.name = "another"
        copy.report.runs[0].repeat = 2
        let failure = try #require(Self.refusal([Self.part(0), Self.part(1), copy]))
        #expect(
            failure.description.contains("from-1/report.json and copied/report.json hold the same run"), "\(failure)")
    }

    @Test func whatCannotBePutTogetherIsRefused() throws {
        var comparison = Self.part(1)
        comparison.report.kind = .compare
        var twice = Self.part(1)
        twice.report.runs.append(twice.report.runs[0])
        let cases: [([Aggregate.Part], String)] = [
            ([], "name two folders or more"), ([Self.part(0)], "name two folders or more"),
            ([Self.part(0), comparison], "compares several clusters"), ([Self.part(0), twice], "has 2 runs"),
            ([Self.part(0), Self.part(1) { $0.latency?.histogram = nil }], "has no histogram"),
            ([Self.part(0), Self.part(1) { $0.latency?.histogram = "!" }], "is damaged: it is no base64"),
            ([Self.part(0), Self.part(1) { $0.latency?.histogram = "SElTVEZB" }], "is damaged"),
            ([Self.part(0), Self.part(1) { $0.latency?.count += 1 }], "not that of the numbers beside it"),
        ]
        for (parts, words) in cases {
            let failure = try #require(Self.refusal(parts), "\(words)")
            #expect(failure.description.contains(words), "\(failure)")
        }
    }
}

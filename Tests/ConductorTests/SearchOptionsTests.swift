import Cluster
import Measurement
import Runtime
import Testing

@testable import Conductor

/// What `--find-max` and `--mode explore` can be told.
@Suite struct SearchOptionsTests {
    private static func parsed(_ arguments: String) throws -> (ParsedOptions, Scenario) {
        let words = arguments.split(separator: " ").map(String.init)
        guard case .run(let options) = try RunCommand.options.parse(arguments: words, environment: [:]) else {
            throw Failure(.internalError, "printed")
        }
        return (
            options,
            try ScenarioOptions.scenario(
                options, topology: options.string("topology"), nodes: 3,
                pattern: options.optionalString("pattern"))
        )
    }

    private static func plan(_ arguments: String) throws -> MaximumSearchPlan {
        let (options, scenario) = try parsed(arguments)
        return try FindMaxOptions.plan(options, scenario, try FindMaxOptions.assertions(options, nodes: 3))
    }

    private static func expectUsage(_ arguments: String, _ text: String, _ body: () throws -> Void) throws {
        let error = try #require(throws: (any Error).self) { try body() }
        #expect(Program.failure(of: error).code == .usage, "\(arguments): \(error)")
        #expect("\(error)".contains(text) && !"\(error)".contains("\n"), "\(arguments): \(error)")
    }

    @Test func aSearchLooksBrieflyAndConfirmsAsLongAsARunTakes() throws {
        let plan = try Self.plan("--find-max p99<2ms,lost==0")
        #expect(plan.lowest == 1_000 && plan.highest == 1_000_000 && plan.confirmations == 2)
        #expect(plan.probeNanoseconds == 2_000_000_000 && plan.confirmationNanoseconds == 10_000_000_000)
        #expect(plan.limitNanoseconds == 180_000_000_000 && plan.precision == 0.05)
        let short = try Self.plan("--find-max lost==0 --duration 500ms --find-max-rates 2..2 --find-max-time 20s")
        #expect(short.probeNanoseconds == 500_000_000 && short.lowest == 2 && short.highest == 2)
    }

    @Test func itMeasuresAsManyAsItsPercentileNeeds() throws {
        #expect(try Self.plan("--find-max lost==0").messagesNeeded == 0)
        let needed = try Self.plan("--find-max p99<2ms").messagesNeeded
        #expect(try needed > 0 && Self.plan("--find-max ack.p999<2ms").messagesNeeded == needed * 10)
        let most = try Self.plan("--find-max p99.99<2ms --find-max-time 10m").messagesNeeded
        #expect((most / needed).rounded() == 100)
    }

    @Test(arguments: [
        ("--find-max p99<2", "no unit"), ("--find-max p98<2ms", "no metric"), ("--find-max=", "says nothing"),
        ("--find-max rate>=20k", "asks for a rate"),
        ("--find-max p99<2ms --assert delivery-rate>1k", "asks for a rate"),
        ("--find-max lost==0 --find-max-rates 5k", "no range of rates"),
        ("--find-max lost==0 --find-max-rates 0..5k", "no rate"),
        ("--find-max lost==0 --find-max-rates -1..5", "number"),
        ("--find-max lost==0 --find-max-rates 9k..5k", "lower one first"),
        ("--find-max lost==0 --find-max-rates 1..9G", "0.001 to 1G"),
        ("--find-max lost==0 --find-max-rates 1..max", "number"),
        ("--find-max lost==0 --find-max-time 5s", "give more, or a shorter --duration"),
        ("--find-max lost==0 --find-max-time 0", "give more"),
        // Each of three steps takes 110 s: what ends in "time was up" must not begin.
        ("--find-max p9999<2ms --find-max-time 2m", "p9999 needs 110,000 messages, however short"),
        ("--find-max p99<2ms --find-max-rates 1..5k", "begin with a higher rate (--find-max-rates)"),
        ("--find-max outage<1s", "outage<1s needs --consensus leader"),
        ("--find-max failover<1s --consensus leader", "no node dies in a search"),
        ("--find-max catch-up<1s --consensus leader", "no node comes late in a search"),
        ("--find-max ack.p99<1s --mode all", "ack.p99<1s needs --clients"),
        ("--find-max refused==0 --pattern pipeline", "refused==0 needs --clients"),
        ("--find-max lost==0 --find-max-confirmations 0", "out of range"),
        ("--find-max lost==0 --find-max-precision 0", "out of range"),
        ("--find-max lost==0 --arrivals replay:/nowhere", "/nowhere"),
        ("--find-max lost==0 --rate 5k", "--rate has no effect with --find-max"),
        ("--find-max lost==0 --ramp 1..2@5s", "--ramp has no effect with --find-max"),
        ("--find-max lost==0 --outstanding 4", "--outstanding has no effect with --find-max"),
        ("--find-max lost==0 --repeat 3", "--repeat has no effect with --find-max"),
        ("--find-max lost==0 --mode explore", "--find-max contradicts --mode explore"),
        ("--find-max-time 5m", "--find-max-time needs --find-max"),
    ])
    func whatCannotBeLookedForIsRefused(arguments: String, text: String) throws {
        if arguments.contains("replay") {
            // The file is read before anything is looked for.
            _ = try #require(throws: (any Error).self) { try Self.plan(arguments) }
            return
        }
        try Self.expectUsage(arguments, text) { _ = try Self.plan(arguments) }
    }

    @Test(arguments: [
        "", "--consensus leader --nodes 3", "--mode all", "--pattern pipeline --nodes 3",
        "--clients 3 --arrivals poisson",
        "--topology ring --workload orders",
    ])
    func anyLoadCanBeSearched(arguments: String) throws {
        #expect(try Self.plan("--find-max p99<2ms,lost==0 \(arguments)").lowest == 1_000)
    }

    // MARK: - Exploring

    private static func explore(_ arguments: String) throws {
        let (options, scenario) = try parsed("--mode explore \(arguments)")
        _ = try ExploreCommand.setting(options, scenario, try ExploreOptions.grid(of: options))
    }

    @Test(arguments: [
        ("--explore-sizes 39", "out of range"), ("--explore-sizes 0", "out of range"),
        ("--explore-sizes 17MiB", "out of range"),
        ("--explore-sizes=", "names nothing"), ("--explore-sizes 64,64", "names a value twice"),
        ("--explore-rates 0", "no rate"), ("--explore-rates -5", "number"), ("--explore-rates max", "number"),
        ("--explore-rates 2G", "0.001 to 1G"), ("--explore-rates 0.0001", "0.001 to 1G"),
        ("--explore-rates 1k,1000", "names a value twice"), ("--explore-rates=", "names nothing"),
        ("--explore-run-duration-seconds 0", "measures nothing"),
        ("--explore-run-duration-seconds 25h", "at most a day"),
        ("--explore-cool-down-duration-seconds 25h", "at most a day"),
        ("--explore-min-throughput-byte-per-seconds 1T", "leaves nothing to explore"),
        ("--explore-sizes 64 --verify --explore-sizes 40", "too small"),
        ("--workload orders", "needs --clients"), ("--workload orders --clients 1 --explore-sizes 50", "too small"),
        ("--rate 5", "--rate has no effect with --mode explore"),
        ("--message-size-bytes 99", "--message-size-bytes has no effect with --mode explore"),
        ("--duration 5", "--duration has no effect with --mode explore"),
        ("--clients 1 --broadcaster 1", "--broadcaster has no effect with --clients"),
        ("--clients 1 --outstanding 5", "--outstanding has no effect with --mode explore"),
        ("--arrivals poisson", "--arrivals has no effect with --mode explore"),
        ("--repeat 5", "--repeat has no effect with --mode explore"),
        ("--explore-latency-factor 1", "out of range"), ("--explore-refinements 11", "out of range"),
    ])
    func whatCannotBeExploredIsRefused(arguments: String, text: String) throws {
        try Self.expectUsage(arguments, text) { try Self.explore(arguments) }
    }

    @Test func theBroadcasterSendsOrTheClientsDo() throws {
        for (arguments, mode, clients) in [("", "one", 0), ("--clients 2", "none", 2)] {
            let (options, scenario) = try Self.parsed("--mode explore \(arguments)")
            let setting = try ExploreCommand.setting(options, scenario, try ExploreOptions.grid(of: options))
            #expect(setting.mode.rawValue == mode && setting.clients == clients)
            #expect(setting.durationNanoseconds == 3_000_000_000)
        }
    }

    @Test(arguments: ["compare --mode explore", "compare --find-max lost==0", "run --explore-rates 5"])
    func onlyARunExplores(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let error = try #require(throws: UsageError.self) {
            _ = try ZBedProgram.commands.parse(arguments: words, environment: [:])
        }
        #expect(Program.failure(of: error).code == .usage, "\(error)")
    }

    @Test func variablesOfNodesThatExploreStopNothing() throws {
        guard
            case .run(let options) = try RunCommand.options.parse(
                arguments: [], environment: ["EXPLORE_RATES": "5", "FIND_MAX_TIME": "5s"])
        else { return }
        #expect(options.notes.count == 2)
    }
}

import Cluster
import Measurement
import Reporting
import Runtime
import Testing
import Topology

@testable import Conductor

/// What the options of `zbed run` and `zbed compare` mean together.
@Suite struct ScenarioOptionsTests {
    private struct Printed: Error {}

    private static func scenario(_ arguments: String) throws -> Scenario {
        let words = arguments.split(separator: " ").map(String.init)
        guard case .run(let options) = try RunCommand.options.parse(arguments: words, environment: [:]) else {
            throw Printed()
        }
        return try ScenarioOptions.scenario(
            options, topology: options.string("topology"), nodes: options.integer("nodes"),
            pattern: options.optionalString("pattern"))
    }

    @Test func aLeaderIsLookedAtWhereItWasAskedFor() throws {
        #expect(try !Self.scenario("--nodes 3").isLeaderAsked)
        #expect(try Self.scenario("--nodes 3 --leader 0").isLeaderAsked)
        #expect(try Self.scenario("--nodes 3 --leader-heartbeat-millis 50").isLeaderAsked)
    }

    @Test func aPipelineHasItsOwnLinksAndSendsFromNode0() throws {
        let scenario = try Self.scenario(
            "--pattern pipeline --nodes 4 --rate max --work-micros 50 --outstanding-tasks 9 --task-timeout 2s")
        #expect(scenario.topology == "pipeline" && scenario.pattern == "pipeline" && scenario.clients == 0)
        let graph = try scenario.graph()
        #expect(scenario.ratePerNode == .infinity && graph.links.count == 6)
        #expect(
            scenario.pipeline
                == PipelineOptions.Values(
                    workNanoseconds: 50_000, outstandingMax: 9, taskTimeoutNanoseconds: 2_000_000_000))
    }

    @Test(arguments: [
        ("--nodes 2", "at least 3"), ("--topology ring", "topology"), ("--mode all", "mode"),
        ("--clients 1", "clients"), ("--outstanding 3", "outstanding"), ("--overflow drop", "overflow"),
        ("--task-timeout 1ms", "10ms"), ("--task-timeout 100ms --work-micros 60000", "twice as long"),
    ])
    func whatAPipelineCannotBeIsRefused(arguments: String, text: String) throws {
        let error = try #require(throws: (any Error).self) {
            try Self.scenario(
                "--pattern pipeline --nodes 4 \(arguments)".replacing("--nodes 4 --nodes", with: "--nodes"))
        }
        #expect(Program.failure(of: error).code == .usage && "\(error)".contains(text), "\(error)")
    }

    @Test(arguments: [
        ("--orders broadcast", "has no effect with --workload orders"), ("--mode all --clients 1", "contradicts"),
        ("--clients 0", "sends nothing"), ("--message-size-bytes 63", "too small for an order"),
        ("--pattern pipeline", "tasks are no orders"), ("--bad-orders 1.5", "bad-orders"),
    ])
    func whatOrderBooksCannotBeToldIsRefused(arguments: String, text: String) throws {
        let error = try #require(throws: (any Error).self) { try Self.scenario("--workload orders \(arguments)") }
        #expect(Program.failure(of: error).code == .usage && "\(error)".contains(text), "\(error)")
    }

    @Test func booksNeedNoLeaderAndWithOneThereIsOne() throws {
        #expect(try Self.scenario("--workload orders").keepsBooks)
        #expect(try !Self.scenario("--workload orders --consensus leader").keepsBooks)
        #expect(try !Self.scenario("").keepsBooks)
        #expect(throws: UsageError.self) { try Self.scenario("--bad-orders 0.1") }
    }

    @Test func aPatternThatIsNamedMustBeTheOneThatIsRun() throws {
        #expect(try Self.scenario("--pattern request").pattern == "request")
        #expect(try Self.scenario("--pattern broadcast --mode one").pattern == "broadcast")
        #expect(throws: Failure.self) { try Self.scenario("--pattern broadcast") }
        #expect(throws: Failure.self) { try Self.scenario("--pattern request --mode all") }
    }

    @Test func withoutOptionsOneClientSendsAThousandOrdersASecond() throws {
        let scenario = try Self.scenario("")
        #expect(scenario.topology == "mesh" && scenario.nodes == 3 && scenario.clients == 1 && scenario.mode == .none)
        #expect(scenario.rate == 1_000 && scenario.outstanding == nil && scenario.pattern == "request")
        #expect(scenario.durationNanoseconds == 10_000_000_000 && scenario.warmupNanoseconds == 1_000_000_000)
    }

    @Test(arguments: [
        ("--mode all", 0, "broadcast"), ("--mode all --clients 2", 2, "request"), ("--mode none", 1, "request"),
    ])
    func clientsAreOnByDefaultOnlyWhereNoNodeSends(arguments: String, clients: Int, pattern: String) throws {
        let scenario = try Self.scenario(arguments)
        #expect(scenario.clients == clients && scenario.pattern == pattern)
    }

    @Test(arguments: ["0.001", "0.5", "7", "1000", "123456.789", "1G"])
    func aNodeReadsTheRateThatItIsGiven(rate: String) throws {
        let given = try Self.scenario("--mode all --nodes 300 --port-stride 6 --rate \(rate)").ratePerNode
        let text = LoadShapeOptions.decimal(given)
        #expect(abs(try ValueText.rate(text) - given) <= 1e-9, "\(text)")
    }

    @Test func theRateIsTheWholeClusters() throws {
        #expect(try Self.scenario("--mode all --nodes 4 --rate 1000").ratePerNode == 250)
        #expect(try Self.scenario("--mode one --nodes 4 --rate 1000").ratePerNode == 1_000)
        #expect(try Self.scenario("--mode rr --nodes 4 --rate 1000").ratePerNode == 1_000)
        #expect(try Self.scenario("--mode all --nodes 4 --rate max").ratePerNode == .infinity)
    }

    @Test(arguments: [
        ("--duration 0", "--duration 0 measures nothing"), ("--clients 0", "sends nothing"),
        ("--rate max", "--rate max is for nodes"), ("--mode all --clients 1 --rate max", "--rate max is for nodes"),
        ("--mode one --broadcaster 3", "--broadcaster 3 does not exist"), ("--leader 7", "--leader 7 does not exist"),
        ("--topology random:9", "needs more than 9 nodes"), ("--port 65400 --nodes 5", "base port"),
        ("--nodes 700", "base port"), ("--bootstrap --leader 1", "order of arrival"),
        ("--rate 0.0000001", "--rate is out of range"),
        ("--mode all --rate 2G", "--rate is out of range"),
        ("--port 5000 --port-stride 6 --nodes 1000 --topology random:1000", "random:1000"),
    ])
    func whatCannotBeIsRefusedBeforeAnythingIsMade(arguments: String, text: String) throws {
        let failure = try #require(throws: Failure.self) { try Self.scenario(arguments) }
        #expect(failure.code == .usage)
        #expect(failure.description.contains(text))
    }

    @Test func aPlanDecidesTheRateAndTheDuration() throws {
        let scenario = try Self.scenario("--plan 1k@2s,3k@2s")
        #expect(scenario.rate == 2_000 && scenario.durationNanoseconds == 4_000_000_000)
        let longer = try Self.scenario("--ramp 1k..3k@2s --duration 4s --mode all --nodes 4")
        #expect(longer.rate == 2_500 && longer.ratesPerNode?.pieces.first?.end == 750)
        #expect(try Self.scenario("--message-size-bytes uniform:64..4k").messageSizeBytes == 4_000)
    }

    @Test(arguments: [
        ("--ramp 1..2@1s --rate 5", "contradicts --rate"), ("--ramp 1..2@1s --plan 1@1s", "contradicts --ramp"),
        ("--plan 1@1s --outstanding 3", "contradicts --outstanding"), ("--think-time 1s", "give --outstanding"),
        ("--arrivals poisson --outstanding 3", "contradicts --outstanding"),
        ("--arrivals poisson --rate max --mode all", "max has no shape"), ("--plan 1@1s --mode rr", "--mode rr"),
        ("--workload orders --message-size-bytes uniform:63..99", "too small"),
        ("--pattern pipeline --message-size-bytes uniform:63..99", "one size"),
        ("--pattern pipeline --arrivals poisson", "pipeline"), ("--arrivals replay:/dev/null", "no row"),
    ])
    func shapesThatContradictAreRefused(arguments: String, text: String) throws {
        let error = try #require(throws: (any Error).self) { try Self.scenario(arguments) }
        #expect(Program.failure(of: error).code == .usage && "\(error)".contains(text), "\(error)")
    }

    @Test(arguments: [
        "--outstanding 4", "--mode all --rate max", "--mode one --broadcaster 2",
        "--mode all --clients 2 --outstanding 4 --rate 100", "--bootstrap", "--bootstrap --topology ring --nodes 5",
        "--leader 2 --nodes 3",
        "--transport ipc --nodes 700", "--nodes 1", "--mode one --clients 3",
    ])
    func whatIsPossibleIsTaken(arguments: String) throws {
        _ = try Self.scenario(arguments)
    }

    @Test func aTopologyFileThatIsNotThereIsUnavailable() throws {
        let failure = try #require(throws: Failure.self) { try Self.scenario("--topology file:/nonexistent") }
        #expect(failure.code == .unavailable && failure.description.contains("/nonexistent"))
    }
}

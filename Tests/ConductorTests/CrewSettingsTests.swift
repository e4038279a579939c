import Cluster
import Reporting
import Testing

@testable import Conductor
@testable import Runtime

@Suite struct CrewSettingsTests {
    static func scenario(_ arguments: String) throws -> Scenario {
        let words = arguments.split(separator: " ").map(String.init)
        guard case .run(let options) = try RunCommand.options.parse(arguments: words, environment: [:]) else {
            throw Failure(.usage, "no run")
        }
        return try ScenarioOptions.scenario(
            options, topology: options.string("topology"), nodes: options.integer("nodes"))
    }

    static func failure(_ arguments: String) -> String {
        do {
            _ = try scenario(arguments)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func withoutWorkersThereIsNoCrew() throws {
        #expect(try Self.scenario("").crew == nil)
    }

    @Test func eachWorkerHasAClient() throws {
        let scenario = try Self.scenario("--workers 3 --expect-workers 2")
        #expect(scenario.clients == 5 && scenario.crew?.count == 5 && scenario.crew?.port == 5990)
        #expect(scenario.crew?.isOpen == false)
        #expect(try Self.scenario("--workers 2").crew?.port == 0)
        #expect(Self.failure("--workers 3 --clients 2").contains("--clients 2 are too few for 3 workers"))
    }

    @Test(arguments: [
        ("--workers 17", "16"), ("--workers 9 --expect-workers 9", "at most 16"),
        ("--workers 2 --mode all", "--clients"), ("--worker-port 5000", "--workers"),
        ("--worker-bind 0.0.0.0", "--workers"), ("--cluster x", "--workers"),
        ("--workers 1 --worker-bind eth0", "IPv4"),
        ("--workers 1 --worker-bind 1.2.3.4 --transport ipc", "--transport tcp"),
    ])
    func whatCannotBeIsSaid(arguments: String, words: String) throws {
        #expect(Self.failure(arguments).contains(words), "\(Self.failure(arguments))")
    }

    /// Workers read the load from arguments; it must be the load that the scenario describes.
    @Test(arguments: [
        "", "--rate 333.25 --clients 7", "--outstanding 3 --think-time 1ms..2ms", "--arrivals poisson --rate 50",
        "--ramp 10..90@1s", "--plan 10@1s,20@2s --duration 4s", "--message-size-bytes uniform:64..256 --verify",
        "--balance hash --seed 9", "--workload orders --bad-orders 0.25 --resting 100",
        "--consensus leader --pack 8", "--arrivals burst:5", "--rate 0.001",
    ])
    func theArgumentsAreTheScenario(arguments: String) throws {
        let scenario = try Self.scenario("--workers 2 " + arguments)
        let settings = try LoadClientProgram.load(scenario.loadArguments, nodes: ["tcp://h:1"])
        #expect(settings.clients == scenario.clients && settings.seed == scenario.seed)
        #expect(settings.durationNanoseconds == scenario.durationNanoseconds)
        #expect(settings.warmupNanoseconds == scenario.warmupNanoseconds)
        #expect(settings.drainNanoseconds == scenario.drainNanoseconds)
        #expect(settings.messageSizeBytes == scenario.messageSizeBytes)
        #expect(settings.workload == scenario.workload && settings.badShare == scenario.badShare)
        #expect(settings.restingOrders == scenario.restingOrders)
        var (one, other) = (settings.shape, scenario.shape)
        one.words = [:]
        other.words = [:]
        #expect(one == other)
        if scenario.consensus == .none { #expect(settings.balance == scenario.balance) }
        if scenario.consensus == .leader { #expect(settings.packMax == scenario.packMax) }
        switch settings.mode {
        case .open(let rate): #expect(scenario.outstanding == nil && rate == scenario.rate)
        case .closed(let outstanding): #expect(outstanding == scenario.outstanding)
        }
    }

    @Test func theDigestTellsLoadsApart() throws {
        func digest(_ arguments: String) throws -> UInt64 {
            try LoadClientProgram.load(Self.scenario("--workers 2 " + arguments).loadArguments, nodes: ["tcp://h:1"])
                .loadDigest
        }
        let loads = ["", "--rate 7", "--seed 2", "--clients 3", "--arrivals poisson", "--message-size-bytes 65"]
        let digests = try loads.map(digest)
        #expect(Set(digests).count == loads.count)
        let same = try digest("--rate 7") == digest("--rate 7")
        #expect(same)
    }

    @Test(arguments: [
        ("--worker tcp://h:1 --rate 5", "--rate"), ("--worker tcp://h:1 --nodes tcp://a:1", "--nodes"),
        ("--worker tcp://h:1 --json x", "--json"), ("--cluster x --nodes tcp://a:1", "--cluster"),
        ("--worker h", "tcp://HOST:PORT"), ("--worker tcp://h:0", "nobody"),
        ("--nodes tcp://a:1 --name x", "--results"),
    ])
    func whatAWorkerIsNotToldIsSaid(arguments: String, words: String) throws {
        let error = #expect(throws: UsageError.self) {
            try LoadClientProgram.options.parse(
                arguments: arguments.split(separator: " ").map(String.init), environment: [:])
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
}

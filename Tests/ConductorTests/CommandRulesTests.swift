import Runtime
import Testing

@testable import Conductor

/// What the options of `zbed` and `loadclient` mean together.
@Suite struct CommandRulesTests {
    private static func notes(_ line: String, environment: [String: String] = [:]) throws -> [String] {
        let words = line.split(separator: " ").map(String.init)
        let outcome: ParseOutcome
        if words[0] == "loadclient" {
            outcome = try LoadClientProgram.options.parse(arguments: Array(words.dropFirst()), environment: environment)
        } else {
            let commands = try ZBedProgram.commands.parse(
                arguments: Array(words.dropFirst()), environment: environment)
            guard case .run(_, let options) = commands else { return [] }
            outcome = .run(options)
        }
        guard case .run(let options) = outcome else { return [] }
        return options.notes
    }

    @Test(arguments: [
        ("zbed run --resting 10", "--resting needs --workload orders"),
        ("zbed run --bad-orders 0.1", "--bad-orders needs --workload orders"),
        ("zbed run --pack 10", "--pack needs --consensus leader"),
        ("zbed run --late 2@1s", "--late needs --consensus leader"),
        ("zbed run --election-timeout-millis 1s", "--election-timeout-millis needs --consensus leader"),
        ("zbed run --leader-rotation 1s", "--leader-rotation needs --consensus leader"),
        ("zbed run --consensus leader --election-timeout-millis 150", "less than two heartbeats of 100 ms"),
        ("zbed run --consensus leader --overflow drop", "--overflow has no effect with --consensus leader"),
        ("zbed run --consensus leader --orders broadcast", "--orders has no effect with --consensus leader"),
        ("zbed run --consensus leader --balance random", "--balance has no effect with --consensus leader"),
        ("zbed run --outstanding 4 --rate 10", "--outstanding and --rate exclude each other"),
        ("zbed run --mode all --outstanding 4", "--outstanding needs --clients"),
        ("zbed run --mode all --balance random", "--balance needs --clients"),
        ("zbed run --mode one --orders broadcast", "--orders needs --clients"),
        ("zbed run --work-micros 5", "--work-micros needs --pattern pipeline"),
        ("zbed run --pattern pipeline --bad-orders 0.1", "--bad-orders has no effect with --pattern pipeline"),
        ("zbed run --pattern pipeline --late 1@1s", "--late has no effect with --pattern pipeline"),
        ("zbed run --transport ipc --port 5000", "--port needs --transport tcp"),
        ("zbed run --transport ipc --bootstrap", "--bootstrap needs --transport tcp"),
        ("zbed run --consensus leader --bootstrap --late 2@1s", "--late has no effect with --bootstrap"),
        ("zbed run --topology-seed 2", "--topology-seed needs --topology random:K"),
        ("zbed run --broadcaster 1", "--broadcaster needs --mode one"),
        ("zbed run --mode explore --clients 1 --broadcaster 1", "--broadcaster has no effect with --clients"),
        ("zbed report run --format html --write", "--format has no effect with --write"),
        ("zbed run --find-max outage<1s", "outage<1s needs --consensus leader"),
        ("zbed compare --topology-seed 2", "--topology-seed needs --topology random:K"),
        ("zbed compare --round-duration-seconds 2", "--round-duration-seconds needs --mode rr"),
        ("zbed topology ring --topology-seed 2", "--topology-seed needs the shape random:K"),
        ("zbed topology ring --format svg --port 5000", "--port has no effect with --format svg"),
        ("loadclient --nodes a:1 --outstanding 4 --rate 10", "--outstanding and --rate exclude each other"),
        ("loadclient --nodes a:1 --resting 10", "--resting needs --workload orders"),
        ("loadclient --nodes a:1 --bad-orders 0.1", "--bad-orders needs --workload orders"),
        ("loadclient --nodes a:1 --bootstrap tcp://a:1", "--nodes and --bootstrap exclude each other"),
        ("zbed health --nodes a:1 --bootstrap tcp://a:1", "--nodes and --bootstrap exclude each other"),
    ])
    func anIdleFlagIsNamedWithWhatItNeeds(line: String, text: String) throws {
        let error = try #require(throws: UsageError.self) { try Self.notes(line) }
        #expect(error.description.contains(text), "\(error)")
        #expect(Program.failure(of: error).code == .usage)
    }

    @Test(arguments: [
        "zbed report run --write", "zbed report run --format csv", "zbed run --mode explore --broadcaster 1",
        "zbed run --find-max outage<1s,ack.p99<1s --consensus leader", "zbed run --find-max failure-rate<1,refused==0",
        "zbed run --workload orders --resting 10 --bad-orders 0.1", "zbed run --mode all --clients 2 --outstanding 4",
        "zbed run --mode all --clients 2 --outstanding 4 --rate 100", "zbed run --bootstrap --port 6000",
        "zbed run --consensus leader --pack 1 --late 2@1s --election-timeout-millis 300 --leader 1",
        "zbed run --topology random:2 --topology-seed 3", "zbed compare --topologies ring,random:2 --topology-seed 3",
        "zbed run --pattern pipeline --work-micros 5 --transport ipc", "zbed topology random:2 --topology-seed 3",
        "loadclient --nodes a:1 --workload orders --resting 10 --balance random --pack 3",
        "loadclient --bootstrap tcp://a:1 --outstanding 3", "zbed leader --bootstrap tcp://a:1 --transfer",
    ])
    func whatDoesSomethingIsTaken(line: String) throws {
        #expect(try Self.notes(line).isEmpty)
    }

    @Test func variablesThatDoNothingStopNothing() throws {
        let environment = ["RATE": "5k", "RESTING": "10", "PORT_STRIDE": "10", "TOPOLOGY_SEED": "3"]
        #expect(try Self.notes("zbed run --outstanding 4 --transport ipc", environment: environment).count == 4)
        #expect(try Self.notes("loadclient --nodes a:1 --outstanding 4", environment: environment).count == 2)
    }

    @Test func withoutNodesTheClientSaysBothWays() throws {
        guard case .run(let options) = try LoadClientProgram.options.parse(arguments: [], environment: [:]) else {
            return
        }
        let failure = try #require(throws: Failure.self) { try NodeEndpoints.listed(options) }
        #expect(failure.code == .usage)
        #expect(failure.description.contains("--nodes is missing") && failure.description.contains("--bootstrap"))
    }
}

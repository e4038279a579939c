import Runtime
import Testing

/// What options mean together: the mechanism, and the rules of `znode`.
@Suite struct OptionRulesTests {
    private static func node(
        _ arguments: String, environment: [String: String] = [:], scenario: String? = nil
    ) throws(UsageError) -> ParsedOptions {
        try parsed(
            arguments.split(separator: " ").map(String.init), environment: environment, scenario: scenario,
            table: NodeProgram.options)
    }

    /// An option that does nothing, what else is given, and both names as the message has them.
    @Test(arguments: [
        ("--election-timeout-millis 500", "--election-timeout-millis needs --consensus leader"),
        ("--leader-rotation 5s", "--leader-rotation needs --consensus leader"),
        ("--pack 4", "--pack needs --consensus leader"), ("--absent 2", "--absent needs --consensus leader"),
        ("--consensus leader --overflow drop", "--overflow has no effect with --consensus leader"),
        ("--consensus leader --orders acknowledge", "--orders has no effect with --consensus leader"),
        ("--workload orders --orders acknowledge", "--orders has no effect with --workload orders"),
        ("--workload orders --mode all", "--mode contradicts --workload orders"),
        ("--broadcaster 1", "--broadcaster needs --mode one"),
        ("--mode all --broadcaster 1", "--broadcaster needs --mode one"),
        ("--mode one --round-duration-seconds 2", "--round-duration-seconds needs --mode rr"),
        ("--rate 5", "--rate needs --mode all, one or rr"), ("--duration 5", "--duration needs --mode"),
        ("--warmup 1s", "--warmup needs --mode"),
        ("--arrivals poisson", "--arrivals needs --mode"),
        ("--mode one --rate 5 --send-interval-millis 3", "--rate and --send-interval-millis exclude each other"),
        ("--topology-seed 3", "--topology-seed needs --topology random:K"),
        ("--ipc-dir /tmp", "--ipc-dir needs --transport ipc"),
        ("--transport ipc --ipc-dir /tmp --port 5000", "--port has no effect with --transport ipc"),
        ("--work-micros 5", "--work-micros needs --pattern pipeline"),
        ("--outstanding-tasks 5", "--outstanding-tasks needs --pattern pipeline"),
        ("--task-timeout 5s", "--task-timeout needs --pattern pipeline"),
        ("--pattern pipeline --topology ring", "--topology has no effect with --pattern pipeline"),
        ("--pattern pipeline --consensus leader", "--consensus has no effect with --pattern pipeline"),
        ("--pattern pipeline --metric-port 9000", "--metric-port has no effect with --pattern pipeline"),
        ("--explore-sizes 64", "--explore-sizes needs --mode explore"),
        ("--mode one --explore-rates 5", "--explore-rates needs --mode explore"),
        ("--mode explore --rate 5", "--rate has no effect with --mode explore"),
        ("--mode explore --send-interval-millis 5", "--send-interval-millis has no effect with --mode explore"),
        ("--mode explore --message-size-bytes 99", "--message-size-bytes has no effect with --mode explore"),
        ("--mode explore --duration 9s", "--duration has no effect with --mode explore"),
        ("--settle-millis 5", "--settle-millis needs --bootstrap"), ("--advertise h", "--advertise needs --bootstrap"),
        ("--bootstrap tcp://h:1", "--id has no effect with --bootstrap"),
    ])
    func anIdleFlagIsNamedWithWhatItNeeds(arguments: String, text: String) {
        let message = mistake { () throws(UsageError) in try Self.node("--id 0 \(arguments)") }
        #expect(message.contains(text), "\(message)")
        #expect(message.count < 240 && !message.contains("\n"), "\(message)")
    }

    @Test(arguments: [
        "--consensus leader --election-timeout-millis 300 --pack 1 --leader-rotation 5s --absent 2",
        "--mode one --broadcaster 1 --rate 5 --duration 5 --warmup 1 --await-start --message-size-bytes 64",
        "--mode rr --round-duration-seconds 2 --send-interval-millis 3 --overflow drop --orders acknowledge",
        "--topology random:2 --topology-seed 3 --port 6000 --bind 0.0.0.0 --peers tcp://a:1",
        "--transport ipc --ipc-dir /tmp", "--pattern pipeline --work-micros 5 --rate 100 --message-size-bytes 100",
        "--workload orders --overflow refuse", "--consensus leader --workload orders --leader",
        "--mode explore --broadcaster 1 --explore-sizes 64,1k --explore-rates 5,10 --warmup 1s",
        "--metric-port 9000 --buffer-size 5 --io-threads 2 --verbosity 0 --timeout 5s",
    ])
    func whatDoesSomethingIsTaken(arguments: String) throws {
        let options = try Self.node("--id 0 \(arguments)")
        #expect(options.notes.isEmpty)
    }

    @Test func aVariableThatDoesNothingIsPassedOverAndSaid() throws {
        let environment = ["PACK": "4", "OVERFLOW": "drop", "ID": "2", "MODE": "one", "BROADCASTER": "1"]
        let options = try Self.node("--mode all --bootstrap tcp://h:1", environment: environment)
        #expect(options.optionalInteger("id") == nil && options.integer("pack") == 256)
        #expect(options.string("overflow") == "drop" && options.integer("broadcaster") == 0)
        #expect(!options.isGiven("pack") && options.isGiven("overflow"))
        #expect(
            options.notes == [
                "ID (environment) has no effect with --bootstrap: the cluster gives it; passed over",
                "BROADCASTER (environment) needs --mode one or explore: in no other mode one node is the broadcaster; passed over",
                "PACK (environment) needs --consensus leader: only entries of its log hold several orders; passed over",
            ])
        #expect(options.environmentNote == "from the environment: OVERFLOW=drop")
    }

    @Test func aKeyThatDoesNothingIsPassedOverWithItsLine() throws {
        let options = try Self.node("--id 0", scenario: "node:\n  leader-rotation: 5s\n")
        #expect(options.optionalDuration("leader-rotation") == nil)
        #expect(options.notes.count == 1)
        #expect(options.notes.first?.hasPrefix("scenario.yaml:2: leader-rotation needs --consensus leader") == true)
    }

    @Test func aFlagThatAVariableMakesIdleIsWrongAndTheVariableNamed() {
        let message = mistake { () throws(UsageError) in
            try Self.node("--id 0 --overflow drop", environment: ["CONSENSUS": "leader"])
        }
        #expect(
            message
                == "--overflow has no effect with --consensus leader (CONSENSUS in the environment): "
                + "queues drop what does not fit, and the log brings it again")
    }

    @Test func ofAlternativesTheStrongerSourceStands() throws {
        let flag = try Self.node("--id 0 --mode all --rate 7", environment: ["SEND_INTERVAL_MILLIS": "3"])
        #expect(flag.rate("rate") == 7 && flag.optionalDuration("send-interval-millis") == nil)
        #expect(flag.notes.first?.hasPrefix("SEND_INTERVAL_MILLIS (environment) and --rate exclude each other") == true)
        let second = try Self.node("--id 0 --mode all --send-interval-millis 3", environment: ["RATE": "7"])
        #expect(second.optionalRate("rate") == nil && second.duration("send-interval-millis") == 3_000_000)
        let both = try Self.node("--id 0", environment: ["RATE": "7", "SEND_INTERVAL_MILLIS": "3", "MODE": "all"])
        #expect(both.rate("rate") == 7 && both.optionalDuration("send-interval-millis") == nil)
    }

    @Test func aContradictionIsWrongWhereverItComesFrom() {
        let message = mistake { () throws(UsageError) in
            try Self.node("--id 0", environment: ["MODE": "all", "WORKLOAD": "orders"])
        }
        #expect(message.hasPrefix("MODE (environment) contradicts --workload orders (WORKLOAD in the environment)"))
    }

    @Test(arguments: [("199", false), ("200", true), ("1s", true)])
    func anElectionWaitsForTwoHeartbeatsAtLeast(timeout: String, isTaken: Bool) {
        let message = mistake { () throws(UsageError) in
            try Self.node("--id 0 --consensus leader --election-timeout-millis \(timeout)")
        }
        #expect(message.isEmpty == isTaken)
        guard !isTaken else { return }
        #expect(message.contains("is 199 ms, less than two heartbeats of 100 ms (--leader-heartbeat-millis)"))
        #expect(message.contains("expected at least 200 ms"))
    }

    @Test func anElectionTimeoutIsHeldAgainstTheHeartbeatThatIsGiven() {
        let arguments = "--id 0 --consensus leader --election-timeout-millis 500"
        #expect(mistake { () throws(UsageError) in try Self.node(arguments) }.isEmpty)
        let slow = mistake { () throws(UsageError) in try Self.node("\(arguments) --leader-heartbeat-millis 300") }
        #expect(slow.contains("expected at least 600 ms"), "\(slow)")
        let variable = mistake { () throws(UsageError) in
            try Self.node("--id 0 --consensus leader", environment: ["ELECTION_TIMEOUT_MILLIS": "50"])
        }
        #expect(variable.hasPrefix("ELECTION_TIMEOUT_MILLIS (environment) is 50 ms"), "\(variable)")
    }

    @Test func theHelpSaysWhatAnOptionNeeds() {
        let help = NodeProgram.options.helpText(width: 120)
        #expect(help.contains("(needs --consensus leader)") && help.contains("(needs --bootstrap)"))
        #expect(!help.contains("needs --transport tcp"), "that is so by default")
    }
}

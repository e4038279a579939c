import Runtime
import Synchronization
import Testing

@Suite struct OptionsParserTests {
    @Test func defaultsApplyWhenNothingIsGiven() throws {
        let options = try parsed()
        #expect(options.string("topology") == "mesh")
        #expect(options.integer("nodes") == 3)
        #expect(options.size("message-size-bytes") == 64)
        #expect(options.rate("rate") == .infinity)
        #expect(options.duration("timeout") == 30_000_000_000)
        #expect(options.number("share") == 0.5)
        #expect(!options.flag("verify"))
        #expect(options.flag("handover"))
        #expect(options.list("assert").isEmpty)
        #expect(options.optionalInteger("node-id") == nil)
        #expect(options.source(of: "nodes") == .defaultValue)
        #expect(!options.isGiven("nodes"))
    }

    @Test func everyFormOfAFlagIsRead() throws {
        let options = try parsed([
            "--topology=tree:3", "--nodes", "12", "--message-size-bytes=64KiB", "--verify", "--no-handover",
            "--assert", "p99<5ms", "--assert=lost==0", "--peers", "a:1,b", "--sizes=1,2", "--sizes", "3",
        ])
        #expect(options.string("topology") == "tree:3")
        #expect(options.integer("nodes") == 12)
        #expect(options.size("message-size-bytes") == 65_536)
        #expect(options.flag("verify"))
        #expect(!options.flag("handover"))
        #expect(options.list("assert") == ["p99<5ms", "lost==0"])
        #expect(options.endpoints("peers") == [HostPort(host: "a", port: 1), HostPort(host: "b", port: 5_550)])
        #expect(options.integers("sizes") == [1, 2, 3])
        #expect(options.source(of: "nodes") == .commandLine)
    }

    @Test func aFlagBeatsTheEnvironmentWhichBeatsTheFile() throws {
        let file = "run:\n  nodes: 5\n  topology: ring\n  timeout: 5\n"
        let environment = ["NODES": "6", "TOPOLOGY": "star", "MESSAGE_SIZE_BYTES": "1k"]
        let options = try parsed(["--nodes=7"], environment: environment, scenario: file)
        #expect(options.integer("nodes") == 7)
        #expect(options.string("topology") == "star")
        #expect(options.source(of: "topology") == .environment("TOPOLOGY"))
        #expect(options.size("message-size-bytes") == 1_000)
        #expect(options.duration("timeout") == 5_000_000_000)
        #expect(options.source(of: "timeout") == .file("scenario.yaml", line: 4))
    }

    @Test func whatDiffersFromItsDefaultIsRecordedWithItsSource() throws {
        let options = try parsed(
            ["--nodes=7", "--rate=max"], environment: ["TOPOLOGY": "star", "PEERS": "a:1, b:2", "SHARE": "0.50"],
            scenario: "run:\n  timeout: 5\n  interval: 100ms\n")
        #expect(
            options.changedSettings.map { "\($0.name)=\($0.values.joined(separator: ",")): \($0.source)" } == [
                "topology=star: environment variable TOPOLOGY", "nodes=7: command line",
                "peers=a:1,b:2: environment variable PEERS", "timeout=5: scenario.yaml, line 2",
                "scenario=scenario.yaml: command line",
            ])
    }

    @Test func whatIsTakenFromTheEnvironmentIsNamed() throws {
        #expect(try parsed(environment: ["PATH": "/bin"]).environmentNote == nil)
        let options = try parsed(["--nodes=7"], environment: ["TOPOLOGY": "star", "NODES": "5", "ASSERT": "p99<5ms"])
        #expect(options.environmentNote == "from the environment: TOPOLOGY=star ASSERT=\"p99<5ms\"")
    }

    @Test func emptyAndUndeclaredVariablesAreIgnored() throws {
        let options = try parsed(environment: ["NODES": "", "HELP": "1", "VERSION": "1", "PATH": "/bin", "nodes": "x"])
        #expect(options.integer("nodes") == 3)
    }

    @Test func aRepeatableOptionIsSeparatedBySemicolonsInTheEnvironment() throws {
        let options = try parsed(environment: ["ASSERT": "p99<5ms; lost==0,x;", "PEERS": "a:1, b:2"])
        #expect(options.list("assert") == ["p99<5ms", "lost==0,x"])
        #expect(options.list("peers") == ["a:1", "b:2"])
    }

    @Test(arguments: [
        (["--topolgy", "ring"], #"unknown flag "--topolgy"; did you mean --topology?"#),
        (["--message_size_bytes=1"], #"unknown flag "--message_size_bytes"; did you mean --message-size-bytes?"#),
        (["--message-size=64"], #"unknown flag "--message-size"; did you mean --message-size-bytes?"#),
        (["-nodes", "3"], #"unknown flag "-nodes"; did you mean --nodes?"#),
        (["--zzzzzzzz"], #"unknown flag "--zzzzzzzz"; see znode --help"#),
        (["--nodes"], "--nodes: has no value; expected --nodes N"),
        (
            ["--assert", "--verify"],
            #"--assert: has no value; expected --assert EXPRESSION; if "--verify" is the value, write --assert=--verify"#
        ),
        (["--nodes=3", "--nodes=3"], "--nodes: given more than once; expected it at most once"),
        (["--verify", "--no-verify"], "--verify: given more than once; expected it at most once"),
        (["--nodes=0"], #"--nodes: "0" is out of range; expected a whole number from 1 to 1024"#),
        (["--nodes=three"], #"--nodes: "three" is not a number; expected a whole number"#),
        (
            ["--topology=rng"],
            #"--topology: "rng" is not known (did you mean "ring"?); expected one of star, mesh, ring, tree:K, file:PATH"#
        ),
        (
            ["--topology=tree:"],
            #"--topology: "tree:" is not known (did you mean "tree:K"?); expected one of star, mesh, ring, tree:K, file:PATH"#
        ),
        (["--interval=30"], #"--interval: "30" has no unit; expected a duration such as 250us, 500ms, 30s, 2m or 1h"#),
        (
            ["--message-size-bytes=39"],
            #"--message-size-bytes: "39" is out of range; expected a number of bytes from 40 to 16777216"#
        ),
        (["--verify=perhaps"], #"--verify: "perhaps" is neither true nor false; expected true, false, 1 or 0"#),
        (["--no-verify=1"], "--no-verify: takes no value; write --no-verify or --verify=false"),
        (["--peers=a:1,,b:2"], #"--peers: "a:1,,b:2" has an empty part; expected values separated by single commas"#),
        (["--think-time=5"], "--think-time: no range; expected A..B"),
        (["stray"], #"unexpected argument "stray"; see znode --help"#),
        (["--payload-dir="], "--payload-dir: the path is empty; expected a file or directory"),
        (["--nodes=\u{1B}[31m"], #"--nodes: "\u{1b}[31m" is not a number; expected a whole number"#),
    ])
    func aMistakeOnTheCommandLineIsExplained(arguments: [String], message: String) {
        #expect(mistake { () throws(UsageError) in try parsed(arguments) } == message)
    }

    @Test func aMistakeInTheEnvironmentNamesTheVariable() {
        let message = mistake { () throws(UsageError) in try parsed(environment: ["RATE": "fast"]) }
        #expect(
            message
                == #"RATE (environment): "fast" is not a number; expected a rate per second such as 1000, 50k or 1M, or max"#
        )
    }

    @Test func aFlagShieldsFromAVariableThatIsNoValue() throws {
        #expect(try parsed(["--rate=5"], environment: ["RATE": "fast"]).rate("rate") == 5)
    }

    @Test func helpIsPrintedWhateverElseIsWrong() throws {
        for arguments in [["--bogus", "--help"], ["-h"], ["--nodes", "--help"]] {
            guard case .print(let text) = try sampleTable.parse(arguments: arguments, environment: [:]) else {
                Issue.record("\(arguments) did not print")
                continue
            }
            #expect(text.contains("Usage:"))
        }
    }

    @Test func theVersionIsMadeOnlyWhenItIsAskedFor() throws {
        let made = Atomic(0)
        @Sendable func text() -> String { "zbed 0.1.\(made.add(1, ordering: .relaxed).newValue)" }
        let table = OptionTable(program: "znode", summary: "one node", version: text(), groups: [])
        _ = try table.parse(arguments: ["--help"], environment: [:])
        #expect(made.load(ordering: .relaxed) == 0)
        #expect(table.version == "zbed 0.1.1")
    }

    @Test func versionIsTheCallersText() throws {
        guard case .print(let text) = try sampleTable.parse(arguments: ["--version"], environment: [:]) else {
            Issue.record("--version did not print")
            return
        }
        #expect(text == "zbed 0.1.0 (libzmq 4.3.4)\n")
    }

    @Test func aRequiredOptionSaysAllWaysToGiveIt() {
        let table = OptionTable(
            program: "p", summary: "s",
            groups: [OptionGroup("G", [OptionSpec("key-file", .path, isRequired: true, help: "h")])])
        let message = mistake { () throws(UsageError) in try parsed(table: table) }
        #expect(
            message
                == "--key-file is missing; expected --key-file FILE, KEY_FILE in the environment, or key-file: in the scenario file"
        )
        #expect(mistake { () throws(UsageError) in try parsed(["--key-file=k"], table: table) }.isEmpty)
    }

    @Test func givenOptionsCanBeHandedToAnotherProgram() throws {
        let options = try parsed(
            ["--verify", "--no-handover", "--assert=a b", "--assert=c", "--sizes=1,2"], environment: ["NODES": "4"])
        #expect(
            options.arguments(for: ["nodes", "rate", "verify", "handover", "assert", "sizes"])
                == ["--nodes=4", "--verify", "--no-handover", "--assert=a b", "--assert=c", "--sizes=1,2"])
        #expect(options.settings.first { $0.name == "nodes" }?.source == .environment("NODES"))
        #expect(options.error("nodes", "must be odd").description == "NODES (environment): must be odd")
    }

    @Test func namesAndEnvironmentNamesCorrespond() {
        #expect(OptionSpec("message-size-bytes", .flag, help: "").environmentName == "MESSAGE_SIZE_BYTES")
    }
}

@Suite struct OptionsPositionalTests {
    private let table = OptionTable(
        program: "zbed topology", summary: "s",
        groups: [OptionGroup("G", [OptionSpec("nodes", .integer(1...9), help: "h")])],
        positionals: [
            PositionalSpec("SHAPE", .choice(["star", "ring"]), help: "the shape"),
            PositionalSpec("DIR", .path, .any, help: "directories"),
        ])

    @Test func argumentsAndFlagsCanBeMixed() throws {
        let options = try parsed(["star", "--nodes=3", "a", "--", "--b", "-c"], table: table)
        #expect(options.positionals == ["star", "a", "--b", "-c"])
        #expect(options.integer("nodes") == 3)
    }

    @Test func missingAndWrongArgumentsAreExplained() {
        #expect(
            mistake { () throws(UsageError) in try parsed(table: table) }
                == "SHAPE is missing; expected the shape; see zbed topology --help")
        #expect(
            mistake { () throws(UsageError) in try parsed(["stra"], table: table) }
                == #"SHAPE: "stra" is not known (did you mean "star"?); expected one of star, ring"#)
    }

    @Test func theScenarioCanBeAnArgument() throws {
        let table = OptionTable(
            program: "zbed run", summary: "s",
            groups: [OptionGroup("G", [OptionSpec("nodes", .integer(1...9), help: "h")])],
            positionals: [PositionalSpec("SCENARIO", .path, .optional, isScenario: true, help: "the scenario")])
        let load = { (path: String) throws(UsageError) in try ScenarioFile.parse("nodes: 7", name: path) }
        guard
            case .run(let options) = try table.parse(arguments: ["s.yaml"], environment: ["SCENARIO": "no"], load: load)
        else {
            Issue.record("it printed")
            return
        }
        #expect(options.integer("nodes") == 7)
        #expect(options.source(of: "nodes") == .file("s.yaml", line: 1))
        #expect(throws: UsageError.self) {
            try table.parse(arguments: ["s.yaml", "--scenario=t.yaml"], environment: [:], load: load)
        }
    }
}

import Runtime
import Testing

@Suite struct OptionsHelpTests {
    @Test func helpShowsEveryOptionGroupedWithItsDefault() {
        let help = sampleTable.helpText(width: 80)
        for option in sampleTable.groups.flatMap(\.options) {
            #expect(help.contains("\(option.name)"), "\(option.name)")
        }
        #expect(help.hasPrefix("znode: one node of a cluster\n\nUsage:\n  znode [OPTIONS]\n\nCluster:\n"))
        #expect(help.contains("  --nodes N                   How many nodes there are (default: 3)\n"))
        #expect(help.contains("--[no-]handover "))
        #expect(help.contains("one of star, mesh, ring"))
        #expect(help.contains("--node-id is NODE_ID"))
        #expect(help.hasSuffix("64 wrong usage\n"))
    }

    @Test(arguments: [60, 80, 120])
    func noLineIsWiderThanTheTerminal(width: Int) {
        for line in sampleTable.helpText(width: width).split(separator: "\n") {
            #expect(line.count <= width, "\(line)")
        }
    }

    @Test(arguments: [("200", 120), ("10", 60), ("100", 100), ("x", 80), ("", 80), ("-5", 80)])
    func theWidthIsThatOfTheTerminalWithinReason(columns: String, width: Int) throws {
        let outcome = try sampleTable.parse(arguments: ["--help"], environment: ["COLUMNS": columns])
        guard case .print(let text) = outcome else { return }
        #expect(text == sampleTable.helpText(width: width))
    }
}

@Suite struct OptionsCommandTests {
    static let table = CommandTable(
        program: "zbed", summary: "a test bed", version: "zbed 0.1.0",
        commands: [
            CommandTable.Command(
                "run",
                OptionTable(
                    program: "zbed run", summary: "run a scenario", groups: sampleTable.groups.dropLast(),
                    positionals: [PositionalSpec("SCENARIO", .path, .optional, isScenario: true, help: "the scenario")])
            ),
            CommandTable.Command(
                "topology",
                OptionTable(
                    program: "zbed topology", summary: "print links and laws", groups: [],
                    positionals: [PositionalSpec("SHAPE", .choice(["star", "tree:K"]), help: "the shape")],
                    scenario: nil)),
        ])

    /// Two commands that read the same file.
    private static let pair = CommandTable(
        program: "zbed", summary: "a test bed", version: "",
        commands: [("run", "topology"), ("compare", "topologies")].map { name, option in
            let specs = [
                OptionSpec(option, .list(.string), help: "shapes"), OptionSpec("nodes", .integer(1...9), help: "n"),
            ]
            return CommandTable.Command(
                name, OptionTable(program: "zbed \(name)", summary: "", groups: [OptionGroup("G", specs)]))
        })

    private func options(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil
    ) throws(UsageError) -> ParsedOptions {
        let all = arguments + (file == nil ? [] : ["--scenario", "s.yaml"])
        let outcome = try Self.pair.parse(arguments: all, environment: environment) {
            path throws(UsageError) in try ScenarioFile.parse(file ?? "", name: path)
        }
        guard case .run(_, let options) = outcome else { throw UsageError(.missing, "it printed") }
        return options
    }

    @Test func whatAFileSaysToAnotherCommandIsPassedOverAndNoted() throws {
        let file = "run:\n  topology: ring\n  topologies: [star, mesh]\n  nodes: 5\n"
        let run = try options(["run"], file: file)
        #expect(run.list("topology") == ["ring"] && run.integer("nodes") == 5)
        #expect(run.notes == ["s.yaml:3: topologies is for zbed compare and passed over"])
        let compare = try options(["compare"], file: file)
        #expect(compare.list("topologies") == ["star", "mesh"])
        #expect(compare.notes == ["s.yaml:2: topology is for zbed run and passed over"])
        #expect(throws: UsageError.self) { try options(["run"], file: "shape: ring\n") }
    }

    @Test func aVariableForAnotherCommandIsNotIgnoredInSilence() throws {
        let compare = try options(["compare"], environment: ["TOPOLOGY": "star", "NODES": "3"])
        #expect(
            compare.notes == ["TOPOLOGY in the environment is for zbed run and not looked at; did you mean TOPOLOGIES?"]
        )
        #expect(try options(["run"], environment: ["TOPOLOGY": "star"]).notes.isEmpty)
    }

    @Test func theOtherNumberOfAWordIsSuggested() {
        #expect(
            mistake { () throws(UsageError) in try options(["compare", "--topology", "star"]) }.hasSuffix(
                "did you mean --topologies?"))
        #expect(
            mistake { () throws(UsageError) in try options(["run", "--topologies", "star"]) }.hasSuffix(
                "did you mean --topology?"))
    }

    private func printed(_ arguments: [String]) throws -> String {
        guard case .print(let text) = try Self.table.parse(arguments: arguments, environment: [:]) else { return "" }
        return text
    }

    @Test func aCommandGetsTheRestOfTheArguments() throws {
        guard
            case .run(let name, let options) = try Self.table.parse(arguments: ["run", "--nodes=4"], environment: [:])
        else {
            Issue.record("it printed")
            return
        }
        #expect(name == "run")
        #expect(options.integer("nodes") == 4)
    }

    @Test func helpListsCommandsAndExplainsEach() throws {
        #expect(try printed(["--help"]).contains("  topology  print links and laws\n"))
        #expect(try printed(["run", "--help"]).hasPrefix("zbed run: run a scenario"))
        #expect(try printed(["help", "run"]) == printed(["run", "--help"]))
        #expect(try printed(["--version"]) == "zbed 0.1.0\n")
    }

    @Test(arguments: [
        (["rnu"], #"unknown command "rnu"; did you mean "run"?"#),
        (["zzz"], #"unknown command "zzz"; see zbed --help"#),
        ([], "no command; expected zbed COMMAND, see zbed --help"),
        (["--nodes=3", "run"], #"unknown flag "--nodes=3" before the command; expected zbed COMMAND [OPTIONS]"#),
        (["--completion", "fish"], #"--completion: "fish" is not known; expected --completion bash"#),
    ])
    func aMistakeIsExplained(arguments: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try Self.table.parse(arguments: arguments, environment: [:]) }
        #expect(error?.description == message)
    }

    /// What bash itself offers after the words, of which the last is being typed.
    private func completions(_ script: String, _ words: [String]) throws -> [String] {
        let array = words.map { "'\($0)'" }.joined(separator: " ")
        let call =
            "COMP_WORDS=(\(array)); COMP_CWORD=\(words.count - 1); _\(words[0])_complete; printf '%s\\n' \"${COMPREPLY[@]}\""
        let (text, exit) = try output("bash", ["-c", script + "\n" + call])
        #expect(exit.isSuccess)
        return text.split(separator: "\n").map { String($0) }
    }

    @Test(arguments: [
        (["zbed", "r"], ["run"]), (["zbed", "t"], ["topology"]), (["zbed", "run", "--nod"], ["--nodes", "--node-id"]),
        (["zbed", "run", "--topology", "m"], ["mesh"]), (["zbed", "run", "--topology", "=", "t"], ["tree:"]),
        (["zbed", "run", "--topology", "="], ["star", "mesh", "ring", "tree:", "file:"]),
        (["zbed", "topology", "s"], ["star"]), (["zbed", "topology", "--h"], ["--help"]),
        (["zbed", "help", "t"], ["topology"]),
        (["zbed", "run", "--payload-dir", "/etc/pass"], ["/etc/passwd"]), (["zbed", "run", "--nodes", "1"], []),
    ])
    func bashCompletesCommands(words: [String], offered: [String]) throws {
        let found = try completions(try printed(["--completion", "bash"]), words)
        #expect(found.filter { !$0.hasPrefix("/etc/passwd-") } == offered)
    }

    /// A command, and two of a group.
    private static let grouped = CommandTable(
        program: "zbed", summary: "a test bed", version: "",
        commands: ["run", "cluster start", "cluster stop"].map { name in
            let specs = [OptionSpec("nodes", .choice(["few", "many"]), help: "n")]
            return CommandTable.Command(
                name, OptionTable(program: "zbed \(name)", summary: "\(name)!", groups: [OptionGroup("G", specs)]))
        }, groups: ["cluster": "runs elsewhere"])

    @Test func aCommandOfAGroupHasTwoWords() throws {
        let arguments = ["cluster", "stop", "--nodes=few"]
        guard case .run(let name, let options) = try Self.grouped.parse(arguments: arguments, environment: [:]) else {
            Issue.record("it printed")
            return
        }
        #expect(name == "cluster stop" && options.string("nodes") == "few")
    }

    @Test(arguments: [
        (["cluster"], "no command after cluster; expected one of start, stop"),
        (["cluster", "--nodes=few"], "no command after cluster; expected one of start, stop"),
        (["cluster", "sotp"], #"unknown command "sotp"; did you mean "stop"?"#),
        (["cluster", "zzzzzz"], #"unknown command "zzzzzz"; see zbed cluster --help"#),
        (["clutser", "stop"], #"unknown command "clutser"; did you mean "cluster"?"#),
        (["start"], #"unknown command "start"; see zbed --help"#),
        (["help", "cluster", "x"], #"unknown command "x"; see zbed cluster --help"#),
    ])
    func aMistakeInAGroupIsExplained(arguments: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try Self.grouped.parse(arguments: arguments, environment: [:]) }
        #expect(error?.description == message)
    }

    @Test func helpShowsAGroupOnceAndItsCommandsWhenAsked() throws {
        func help(_ words: String...) throws -> String {
            guard case .print(let text) = try Self.grouped.parse(arguments: words, environment: [:]) else { return "" }
            return text
        }
        let all = try help("--help")
        #expect(all.contains("  cluster  runs elsewhere\n") && !all.contains("start"))
        let group = try help("cluster", "--help")
        #expect(group.contains("  start  cluster start!\n") && group.contains("  stop   cluster stop!\n"))
        #expect(try help("help", "cluster") == group)
        #expect(try help("help", "cluster", "stop") == help("cluster", "stop", "--help"))
    }

    @Test(arguments: [
        (["zbed", "c"], ["cluster"]), (["zbed", ""], ["run", "cluster", "help", "--help", "--version"]),
        (["zbed", "cluster", "sta"], ["start"]), (["zbed", "cluster", "stop", "--no"], ["--nodes"]),
        (["zbed", "cluster", "start", "--nodes", "m"], ["many"]), (["zbed", "run", "--nodes", "f"], ["few"]),
        (["zbed", "help", "cl"], ["cluster"]),
    ])
    func bashCompletesCommandsOfAGroup(words: [String], offered: [String]) throws {
        guard case .print(let script) = try Self.grouped.parse(arguments: ["--completion=bash"], environment: [:])
        else { return }
        #expect(try completions(script, words) == offered)
    }

    @Test(arguments: [
        (["znode", "--verif"], ["--verify"]), (["znode", "--topology", "r"], ["ring"]), (["znode", "x"], []),
    ])
    func bashCompletesAProgramWithoutCommands(words: [String], offered: [String]) throws {
        guard case .print(let script) = try sampleTable.parse(arguments: ["--completion=bash"], environment: [:]) else {
            return
        }
        #expect(try completions(script, words) == offered)
    }
}

import Measurement
import Runtime
import TestSupport
import Testing

@Suite struct ScenarioFileTests {
    private func scenario(_ text: String) -> String {
        mistake { () throws(UsageError) in try parsed(scenario: text) }
    }

    @Test func sectionsGroupKeysAndListsHoldValues() throws {
        let text = """
            # A comment.
            run:
              topology: ring
              nodes: 5
            load:
              rate: 50k          # per second
              message-size-bytes: "1k"
              assert: ["p99<5ms", lost==0]
              verify: yes
              peers:
                - a:1
                - b:2
              sizes: 1, 2
            clients: 7
            """
        let options = try parsed(scenario: text)
        #expect(options.string("topology") == "ring")
        #expect(options.integer("nodes") == 5)
        #expect(options.rate("rate") == 50_000)
        #expect(options.size("message-size-bytes") == 1_000)
        #expect(options.list("assert") == ["p99<5ms", "lost==0"])
        #expect(options.flag("verify"))
        #expect(options.list("peers") == ["a:1", "b:2"])
        #expect(options.integers("sizes") == [1, 2])
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "{}", "run: {}"])
    func anEmptyFileSaysNothing(text: String) throws {
        #expect(try parsed(scenario: text).integer("nodes") == 3)
    }

    @Test(arguments: [
        ("nodes: 3\n\ntopolgy: ring\n", #"scenario.yaml:3: unknown key "topolgy"; did you mean "topology"?"#),
        ("qqqqqqqq: 1", #"scenario.yaml:1: unknown key "qqqqqqqq"; expected the name of an option; see znode --help"#),
        ("help: true", #"scenario.yaml:1: unknown key "help"; expected the name of an option; see znode --help"#),
        ("lod:\n  rate: 5", #"scenario.yaml:1: unknown section "lod"; did you mean "load"?"#),
        ("rate: {a: 1}", "scenario.yaml:1: rate: is a section; expected a value, RATE"),
        (
            "nodes: 3\nrun:\n  nodes: 4",
            #"scenario.yaml:3: "nodes" is given twice, first in line 1; expected it at most once"#
        ),
        ("nodes: [3, 4]", "scenario.yaml:1: nodes: is a list; expected one value, N"),
        ("nodes:\n", #"scenario.yaml:1: "nodes" has no value; expected one, or the line left out"#),
        ("a: &x 1\nb: *x", "scenario.yaml:2: an alias (*name) is not supported; write the value out"),
        (
            "sizes:\n  - 1\n  - 2\n  - 5000",
            #"scenario.yaml:4: sizes: "5000" is out of range; expected a number of bytes from 1 to 1024"#
        ),
        (
            "assert:\n  - a: b",
            #"scenario.yaml:2: the list "assert" holds more than plain values; quote those with ": ""#
        ),
        ("- a\n- b", #"scenario.yaml:1: is not a mapping; expected lines such as "nodes: 3""#),
        ("just text", #"scenario.yaml:1: is not a mapping; expected lines such as "nodes: 3""#),
        ("? [a, b]\n: c", #"scenario.yaml:1: a key is not a word; expected lines such as "nodes: 3""#),
        ("nodes: 3\n---\nnodes: 4", "scenario.yaml:3: a second document begins; expected one"),
        ("topology: \"a\\0b\"", #"scenario.yaml:1: "topology" holds a NUL character"#),
        (
            "run: {run: {run: {run: {run: {run: {run: {run: {nodes: 3}}}}}}}}",
            "scenario.yaml:1: sections are nested too deeply; expected at most 8 levels"
        ),
        ("nodes: 0", #"scenario.yaml:1: nodes: "0" is out of range; expected a whole number from 1 to 1024"#),
    ])
    func aMistakeNamesItsLine(text: String, message: String) {
        #expect(scenario(text) == message)
    }

    @Test func whatIsNotYAMLNamesItsLine() {
        #expect(scenario("nodes: 3\nrate: [1, 2\ntopology: ring\n").hasPrefix("scenario.yaml:"))
        #expect(scenario("nodes: 3\n\ttopology: ring").hasPrefix("scenario.yaml:2: not YAML:"))
    }

    @Test func aBadByteNamesItsLine() {
        let bytes = Array("nodes: 3\n\nrate: ".utf8) + [0xFF, 0xFE]
        let error = #expect(throws: UsageError.self) { try ScenarioFile.parse(bytes, name: "s.yaml") }
        #expect(error?.source == .file("s.yaml", line: 3))
    }

    @Test func aMistakeInTheFileIsFoundEvenWhenAFlagOverridesIt() {
        let message = mistake { () throws(UsageError) in try parsed(["--nodes=3"], scenario: "nodes: 0") }
        #expect(message.hasPrefix("scenario.yaml:1: nodes:"))
    }

    @Test func sectionsNestToTheLimit() throws {
        let text = "run: {run: {run: {run: {run: {run: {run: {nodes: 4}}}}}}}"
        #expect(try parsed(scenario: text).integer("nodes") == 4)
    }

    @Test func filesAreReadAndBounded() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("s.yaml"), text: "nodes: 6\n")
        #expect(try ScenarioFile.load(directory("s.yaml")).entries.first?.values.first?.text == "6")

        let tooLarge = [UInt8](repeating: UInt8(ascii: "#"), count: ScenarioFile.bytesMax + 1)
        try Files.writeAtomically(directory("large.yaml"), tooLarge)
        let error = #expect(throws: UsageError.self) { try ScenarioFile.load(directory("large.yaml")) }
        #expect(error?.description.contains("too large; expected at most 1 MiB") == true)
        #expect(throws: UsageError.self) { try ScenarioFile.parse(tooLarge, name: "s") }
        #expect(throws: UsageError.self) { try ScenarioFile.load(directory("missing.yaml")) }
        #expect(throws: UsageError.self) { try ScenarioFile.load(directory.path) }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "&a ", "!!str ", "\"", "a: |\n ", "%YAML ", "*"])
    func aMebibyteOfOneTrickIsAnErrorAndNothingWorse(trick: String) {
        let text = String(repeating: trick, count: ScenarioFile.bytesMax / trick.utf8.count)
        #expect(throws: UsageError.self) { try parsed(scenario: text) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func mutatedFilesAreReadOrRefused(seed: UInt64) throws {
        let valid =
            "run: {topology: ring, nodes: 5}\nload:\n  rate: 50k\n  assert: [\"p99<5ms\", 'lost==0']\n"
            + "  peers:\n    - a:1\n    - b:2\n  think-time: >\n    1..2\nverify: yes\n"
        var generator = SeededGenerator(seed: seed)
        var read = 0
        for _ in 0..<400 {
            let bytes = generator.mutated(Array(valid.utf8))
            guard let file = try? ScenarioFile.parse(bytes, name: "s.yaml") else { continue }
            let load = { (_: String) throws(UsageError) in file }
            guard (try? sampleTable.parse(arguments: ["--scenario=s"], environment: [:], load: load)) != nil else {
                continue
            }
            read += 1
        }
        // Both ways are taken, or the test would show nothing.
        #expect((1..<400).contains(read))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func mutatedArgumentsAreReadOrRefused(seed: UInt64) {
        let words = [
            "--topology", "ring", "--nodes", "3", "--nodes=5", "--rate=50k", "--verify", "--no-verify", "--", "-", "",
            "--=",
            "--peers=a:1,b:2", "--assert=x", "--assert", "--sizes", "1,2", "=", "--no-", "--timeout", "30",
        ]
        var generator = SeededGenerator(seed: seed)
        var read = 0
        for _ in 0..<400 {
            let arguments = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                let word = words.randomElement(using: &generator) ?? ""
                let isMutated = Bool.random(using: &generator)
                return isMutated ? String(decoding: generator.mutated(Array(word.utf8)), as: UTF8.self) : word
            }
            if (try? sampleTable.parse(arguments: arguments, environment: ["NODES": arguments.last ?? ""])) != nil {
                read += 1
            }
        }
        #expect((1..<400).contains(read))
    }
}

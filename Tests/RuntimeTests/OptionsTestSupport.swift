import Runtime
import Testing

/// A table with one option of each kind.
let sampleTable = OptionTable(
    program: "znode", summary: "one node of a cluster", version: "zbed 0.1.0 (libzmq 4.3.4)",
    groups: [
        OptionGroup(
            "Cluster",
            [
                OptionSpec(
                    "topology", .choice(["star", "mesh", "ring", "tree:K", "file:PATH"]), default: "mesh",
                    valueName: "SHAPE", help: "Which links exist"),
                OptionSpec("nodes", .integer(1...1_024), default: "3", help: "How many nodes there are"),
                OptionSpec("peers", .list(.endpoint(defaultPort: 5_550)), help: "The other nodes"),
                OptionSpec("node-id", .integer(0...1_023), help: "This node's number"),
            ]),
        OptionGroup(
            "Load",
            [
                OptionSpec(
                    "message-size-bytes", .size(40...(16 << 20)), default: "64",
                    help: "Size of a message with its header"),
                OptionSpec("rate", .rate(allowsMax: true), default: "max", help: "Messages per second"),
                OptionSpec("timeout", .duration(bareUnit: .seconds), default: "30s", help: "When to give up"),
                OptionSpec("interval", .duration(bareUnit: nil), default: "100ms", help: "Time between reports"),
                OptionSpec("share", .number(0...1), default: "0.5", help: "The share of large messages"),
                OptionSpec("verify", .flag, help: "Check every payload"),
                OptionSpec("handover", .flag, default: "true", help: "Hand over between turns"),
                OptionSpec("assert", .string, valueName: "EXPRESSION", isRepeatable: true, help: "What must hold"),
                OptionSpec("payload-dir", .path, valueName: "DIR", help: "Files to send"),
                OptionSpec("sizes", .list(.size(1...1_024)), help: "Sizes to try"),
                OptionSpec(
                    "think-time", .string,
                    check: { $0.contains("..") ? nil : ValueError("no range", expected: "A..B") }, help: "Pause"),
            ]),
    ],
    scenario: ScenarioKeys(ignored: ["clients"]), notes: ["Exit codes: 0 pass, 1 fail, 64 wrong usage"])

/// What the sample program was told.
func parsed(
    _ arguments: [String] = [], environment: [String: String] = [:], scenario: String? = nil,
    table: OptionTable = sampleTable
) throws(UsageError) -> ParsedOptions {
    let extra = scenario == nil ? [] : ["--scenario", "scenario.yaml"]
    let outcome = try table.parse(arguments: extra + arguments, environment: environment) {
        path throws(UsageError) in try ScenarioFile.parse(scenario ?? "", name: path)
    }
    guard case .run(let options) = outcome else { throw UsageError(.unexpectedArgument, "it printed something") }
    return options
}

/// The message of the mistake that a call makes; "" when it makes none.
func mistake(_ body: () throws(UsageError) -> ParsedOptions) -> String {
    do throws(UsageError) {
        _ = try body()
        return ""
    } catch {
        return error.description
    }
}

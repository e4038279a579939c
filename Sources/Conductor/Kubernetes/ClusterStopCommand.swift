import Runtime

/// `zbed cluster stop`: the end of a run on Kubernetes.
enum ClusterStopCommand {
    static let options = OptionTable(
        program: "zbed cluster stop", summary: "end a run on Kubernetes: delete its namespace",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Run",
                [
                    ClusterRuns.name,
                    OptionSpec(
                        "timeout", .duration(bareUnit: .seconds), default: "3m",
                        help: "Longest wait until it is gone, up to 24h"),
                    ClusterRuns.context, ClusterRuns.kubectl,
                ])
        ],
        notes: ["Example:\n  zbed cluster stop --name 20261122-015904"] + ClusterRuns.notes)

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let seconds = try ClusterRuns.waitSeconds("timeout", options)
        let kubectl = try ClusterRuns.kubectl(options)
        let run = try ClusterRuns.chosen(options, kubectl)
        _ = try kubectl.ask(.delete(namespace: run.namespace, seconds: seconds))
        try Program.printText("Run \(run.text) is over: the namespace \(run.namespace) is gone.\n")
        return .pass
    }
}

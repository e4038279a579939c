import Runtime

/// `zbed cluster logs`: what the pods of a run printed, in files.
enum ClusterLogsCommand {
    static let options = OptionTable(
        program: "zbed cluster logs", summary: "save the log of each pod of a run, and the workers' reports",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Run",
                [
                    ClusterRuns.name,
                    OptionSpec(
                        "results", .path, default: "results", valueName: "DIR",
                        help: "The folder of all results; logs go to DIR/cluster-NAME/TIMESTAMP"),
                    ClusterRuns.context, ClusterRuns.kubectl,
                ])
        ],
        notes: [
            "Files: POD.log of each node, worker and Prometheus, POD.previous.log of one that was started again,\n"
                + "POD.json, the report of a load worker that is done, pods.txt and events.txt. Reports of several\n"
                + "workers are put together by zbed aggregate.",
            "Example:\n  zbed cluster logs && zbed aggregate results/cluster-NAME/latest/load-*.json",
        ] + ClusterRuns.notes)

    /// A larger log is left as it is, with its report in it.
    private static let splitBytesMax = 256 << 20

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let kubectl = try ClusterRuns.kubectl(options)
        let run = try ClusterRuns.chosen(options, kubectl)
        let pods = PodListing.parse(try kubectl.ask(.pods(namespace: run.namespace)))
        guard !pods.isEmpty else { throw Failure(.unavailable, "run \(run.text) has no pods yet") }
        let results = try ResultsFolder(root: options.string("results"), name: "cluster-\(run.text)")
        var troubles: [String] = []
        for call in [
            ("pods.txt", KubectlCall.podTable(namespace: run.namespace)),
            ("events.txt", .events(namespace: run.namespace)),
        ] {
            try save(call.1, to: "\(results.path)/\(call.0)", kubectl, &troubles)
        }
        var reports = 0
        for pod in pods {
            let stem = "\(results.path)/\(pod.name)"
            let log = KubectlCall.log(namespace: run.namespace, pod: pod.name, isPrevious: false)
            if try save(log, to: "\(stem).log", kubectl, &troubles), try split(stem) { reports += 1 }
            guard pod.restarts > 0 else { continue }
            let previous = KubectlCall.log(namespace: run.namespace, pod: pod.name, isPrevious: true)
            try save(previous, to: "\(stem).previous.log", kubectl, &troubles)
        }
        try results.write([])
        for trouble in troubles { Program.printError("zbed cluster logs: \(trouble)") }
        try Program.printText("Logs of \(pods.count) pods: \(results.path)\n")
        if reports > 1 {
            try Program.printText("Their \(reports) reports as one: zbed aggregate \(results.path)/*.json\n")
        }
        return troubles.isEmpty ? .pass : .fail
    }

    /// Saves what a call prints; answers whether it succeeded.
    @discardableResult
    private static func save(
        _ call: KubectlCall, to path: String, _ kubectl: Kubectl, _ troubles: inout [String]
    ) throws -> Bool {
        let part = path + ".part"
        let answer = try kubectl.run(call, into: part)
        // What came is kept, for it may be all there is.
        try Files.move(part, to: path)
        if !answer.exit.isSuccess {
            troubles.append("\(path.split(separator: "/").last ?? "") is not complete: \(answer.complaint)")
        }
        return answer.exit.isSuccess
    }

    /// Takes the report out of a worker's log; answers whether there was one.
    private static func split(_ stem: String) throws -> Bool {
        guard let text = try? Files.readText("\(stem).log", limit: splitBytesMax) else { return false }
        let log = PodLog(text)
        guard let report = log.report else { return false }
        try Files.writeAllAtomically([
            ("\(stem).json", Array(report.utf8)), ("\(stem).log", Array(log.text.utf8)),
        ])
        return true
    }
}

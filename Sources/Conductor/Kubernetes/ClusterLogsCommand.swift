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
                    OptionSpec(
                        "log-limit", .size(1 << 20...1 << 50), default: "16GiB", valueName: "SIZE",
                        help: "How much of one log is saved; of a longer one it is the beginning"),
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
        let logBytesMax = options.size("log-limit")
        var troubles: [String] = []
        func save(_ call: KubectlCall, to name: String) throws -> Bool {
            let trouble = try Self.save(call, to: "\(results.path)/\(name)", bytesMax: logBytesMax, kubectl)
            if let trouble { troubles.append("\(name) is not complete: \(trouble)") }
            return trouble == nil
        }
        _ = try save(.podTable(namespace: run.namespace), to: "pods.txt")
        _ = try save(.events(namespace: run.namespace), to: "events.txt")
        var reports = 0
        for pod in pods {
            let log = KubectlCall.log(namespace: run.namespace, pod: pod.name, isPrevious: false)
            if try save(log, to: "\(pod.name).log") {
                do throws(SystemError) {
                    if try split("\(results.path)/\(pod.name)") { reports += 1 }
                } catch {
                    troubles.append("a report that is in \(pod.name).log stays there: \(error)")
                }
            }
            guard pod.restarts > 0 else { continue }
            _ = try save(
                .log(namespace: run.namespace, pod: pod.name, isPrevious: true), to: "\(pod.name).previous.log")
        }
        try results.write([])
        for trouble in troubles { Program.printError("zbed cluster logs: \(trouble)") }
        try Program.printText("Logs of \(pods.count) pods: \(results.path)\n")
        if reports > 1 {
            try Program.printText("Their \(reports) reports as one: zbed aggregate \(results.path)/*.json\n")
        }
        return troubles.isEmpty ? .pass : .fail
    }

    /// Saves what a call prints; answers why that is not all of it, or nil when it is.
    ///
    /// What a pod printed goes from kubectl into the file, so its length takes no memory. One log that is too long, or
    /// takes too long, is no reason not to save the others.
    private static func save(
        _ call: KubectlCall, to path: String, bytesMax: Int, _ kubectl: Kubectl
    ) throws -> String? {
        let part = path + ".part"
        let trouble: String?
        do {
            let answer = try kubectl.run(call, into: part, bytesMax: bytesMax)
            trouble = answer.exit.isSuccess ? nil : answer.complaint
        } catch let failure as Failure where failure.code == .unavailable && Files.exists(part) {
            trouble = failure.description
        }
        // What came is kept, for it may be all there is.
        try Files.move(part, to: path)
        return trouble
    }

    /// Takes the report out of a worker's log; answers whether there was one.
    private static func split(_ stem: String) throws(SystemError) -> Bool {
        let log = PodLog(try Files.readText("\(stem).log", limit: splitBytesMax))
        guard let report = log.report else { return false }
        try Files.writeAllAtomically([
            ("\(stem).json", Array(report.utf8)), ("\(stem).log", Array(log.text.utf8)),
        ])
        return true
    }
}

import Cluster
import Glibc
import Runtime

/// `zbed cluster start`: a run on Kubernetes.
enum ClusterStartCommand {
    static let options = OptionTable(
        program: "zbed cluster start", summary: "start nodes, load workers and Prometheus on Kubernetes",
        version: Program.versionLine("zbed"), groups: [run, cluster, load, pods, kubernetes],
        rules: OptionRules.cluster,
        notes: [
            "Examples:\n"
                + "  zbed cluster start --image ghcr.io/me/zbed:1.0 --nodes 5 --rate 20k\n"
                + "  zbed cluster start --nodes 4 --mode rr --latency 50 --throughput 1000 --timeout 1h\n"
                + "  zbed cluster start --nodes 3 --dry-run | kubectl apply -f -",
            "Everything is in one namespace, zbed-NAME, which is deleted when the time-out is over. What cannot be\n"
                + "started is taken back.",
        ] + ClusterRuns.notes)

    private static let run = OptionGroup(
        "Run",
        [
            OptionSpec(
                "name", .string, defaultNote: "the time", valueName: "NAME", check: ClusterRuns.nameProblem,
                help: "What the run is called; its namespace is zbed-NAME"),
            OptionSpec(
                "timeout", .duration(bareUnit: .seconds), default: "2h",
                help: "After this long the namespace is deleted, with all that is in it"),
            OptionSpec(
                "ready-timeout", .duration(bareUnit: .seconds), default: "5m",
                help: "Longest wait for the nodes, up to 24h; 0: it is not waited for them"),
            OptionSpec(
                "dry-run", .flag, default: "false",
                help: "Print what would be applied, as YAML, and stop; needs no cluster"),
        ])

    private static let cluster = OptionGroup(
        "Cluster",
        [
            OptionSpec("nodes", .integer(1...1000), default: "3", help: "Nodes in the cluster"),
            CommonOptions.topology, CommonOptions.topologySeed, CommonOptions.mode, CommonOptions.broadcaster,
            CommonOptions.round, CommonOptions.consensus, CommonOptions.workload, CommonOptions.orders,
            CommonOptions.bufferSize, CommonOptions.overflow, CommonOptions.verbosity(default: "3"),
        ] + ExploreOptions.options)

    private static let load = OptionGroup(
        "Load",
        [
            OptionSpec(
                "workers", .integer(0...ClusterPlan.workersMax), defaultNote: "2; 0 with --mode",
                help: "Pods that send orders, each with its part of the rate; 0: none"),
            OptionSpec(
                "rate", .rate(allowsMax: true), default: "5000",
                help:
                    "Orders per second of all workers together; with --mode also messages of each node, where max can be"
            ),
            OptionSpec(
                "duration", .duration(bareUnit: .seconds), default: "60s",
                help: "How long is measured; with --mode nodes go on until the end unless it is given"),
            OptionSpec(
                "warmup", .duration(bareUnit: .seconds), default: "5s", help: "How long the load runs before that"),
            OptionSpec(
                "clients", .integer(1...512), default: "1", help: "Clients of each worker"),
            CommonOptions.messageSize(default: "64"),
            OptionSpec(
                "balance", .choice(BalancePolicy.allCases.map(\.rawValue)), default: "round-robin",
                help: "How orders are spread over the nodes"),
        ])

    private static let pods = OptionGroup(
        "Pods",
        [
            OptionSpec(
                "image", .string, default: "zbed", valueName: "IMAGE", check: imageProblem,
                help: "The image of nodes and workers, which the cluster must be able to pull"),
            OptionSpec(
                "latency", .number(0.001...59_999), defaultNote: "none", valueName: "MS", check: latencyProblem,
                help: "Delay each node's messages by so many milliseconds (tc; needs the capability NET_ADMIN)"),
            OptionSpec(
                "throughput", .integer(1...12_500_000), defaultNote: "no limit", valueName: "KB/S",
                help: "Let each node send so many kilobytes per second at most (likewise)"),
        ] + PodResources.options + [
            OptionSpec(
                "node-pool", .string, defaultNote: "any machine", valueName: "POOL", check: poolProblem,
                help:
                    "Machines for nodes and workers: a pool's name (of label \(NodePool.usualLabel)), or LABEL=VALUE"),
            OptionSpec(
                "toleration", .string, valueName: "TAINT", isRepeatable: true, check: taintProblem,
                help: "A taint of those machines to put up with: KEY, KEY=VALUE or KEY=VALUE:EFFECT"),
        ])

    private static let kubernetes = OptionGroup(
        "Kubernetes",
        [
            ClusterRuns.context, ClusterRuns.kubectl,
            OptionSpec(
                "manifests", .path, defaultNote: "deploy/kubernetes beside the program", valueName: "DIR",
                help: "The folder of the manifests that this run is an overlay of"),
        ])

    /// What the image takes: five digits, and three after the point.
    private static func latencyProblem(_ text: String) -> ValueError? {
        let fraction = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        guard text.utf8.count > 9 || fraction.map({ !(1...3).contains($0.count) }) ?? false else { return nil }
        return ValueError(
            "\(KubernetesText.shown(text)) has too many digits", expected: "milliseconds such as 20 or 0.5")
    }

    private static func imageProblem(_ text: String) -> ValueError? {
        problem { () throws(ValueError) in _ = try ImageReference(text) }
    }

    private static func poolProblem(_ text: String) -> ValueError? {
        problem { () throws(ValueError) in _ = try NodePool(text) }
    }

    private static func taintProblem(_ text: String) -> ValueError? {
        problem { () throws(ValueError) in _ = try Toleration(text) }
    }

    private static func problem(_ read: () throws(ValueError) -> Void) -> ValueError? {
        do throws(ValueError) {
            try read()
            return nil
        } catch {
            return error
        }
    }

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let readySeconds = try ClusterRuns.waitSeconds("ready-timeout", options, isOptional: true)
        let stamp = UTCTime(nanosecondsSince1970: WallClock.now()).compactText
        let plan = try ClusterPlan(options, stamp: stamp)
        let kubectl = try ClusterRuns.kubectl(options)
        let manifests = try render(plan, base: try base(options), kubectl)
        if options.flag("dry-run") {
            try Program.printText(manifests)
            return .pass
        }
        try ClusterStart(plan: plan, kubectl: kubectl).start(manifests, readySeconds: readySeconds)
        return .pass
    }

    /// The folder of the base.
    private static func base(_ options: ParsedOptions) throws(Failure) -> String {
        if let given = options.optionalString("manifests") {
            guard Files.exists("\(given)/kustomization.yaml") else {
                throw Failure(
                    .unavailable,
                    "--manifests \(given): there is no kustomization.yaml; expected the folder deploy/kubernetes")
            }
            // A link to it is made elsewhere.
            guard let path = realpath(given, nil) else {
                throw Failure(.unavailable, "--manifests \(given) cannot be looked at: expected a folder")
            }
            defer { free(path) }
            return String(cString: path)
        }
        guard let found = ShippedFolder.find("kubernetes") else {
            throw Failure(
                .unavailable,
                "neither deploy/kubernetes nor share/zbed/kubernetes is beside this program: give --manifests DIR")
        }
        return found
    }

    /// What would be applied, as YAML; asks no cluster.
    private static func render(_ plan: ClusterPlan, base: String, _ kubectl: Kubectl) throws -> String {
        let folder = kubectl.path("overlay")
        try Files.makeDirectories(folder)
        try Files.replaceSymbolicLink("\(folder)/\(ClusterPlan.base)", target: base)
        try Files.writeAtomically("\(folder)/kustomization.yaml", text: try plan.overlay())
        return try kubectl.ask(.kustomize(folder: folder))
    }
}

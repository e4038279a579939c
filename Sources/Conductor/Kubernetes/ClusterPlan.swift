import Runtime
import Wire

/// A run on Kubernetes as it was asked for: everything that differs from `deploy/kubernetes`.
///
/// A value; its overlay is `ClusterPlan+Overlay.swift`, what is done with it the command's affair.
struct ClusterPlan: Equatable, Sendable {
    var name: ClusterName
    /// After so many seconds the namespace is deleted.
    var timeoutSeconds: Int
    /// How many nodes there are.
    var nodes: Int
    /// Variables of the nodes beside those that the number of nodes decides, as `NAME=VALUE`.
    var nodeVariables: [String]
    /// How many load workers there are; 0: none.
    var workers: Int
    /// Variables of each load worker, likewise.
    var loadVariables: [String]
    var image: ImageReference
    /// Delay of each node's messages in milliseconds, as the image takes it: 20, 0.5.
    var latencyMilliseconds: String?
    /// What each node sends at most, in kilobytes per second.
    var throughputKilobytes: Int?
    var resources: PodResources
    var pool: NodePool?
    var tolerations: [Toleration]

    /// Whether links are shaped, which takes a capability.
    var isShaped: Bool { latencyMilliseconds != nil || throughputKilobytes != nil }

    /// How long a run may live.
    static let timeoutRangeSeconds = 60...30 * 86_400
    /// So many workers' latencies a node keeps apart.
    static let workersMax = CrewShare.workersMax

    /// Options of `znode` that are handed on to the nodes as they are.
    static let nodeOptions =
        [
            "topology", "topology-seed", "consensus", "workload", "orders", "mode", "broadcaster",
            "round-duration-seconds", "message-size-bytes", "buffer-size", "overflow", "verbosity",
        ] + ExploreOptions.names
    /// Those that are the nodes' only where they broadcast of their own.
    static let broadcastOptions = ["rate", "duration", "warmup"]
    /// Options of `loadclient` that are handed on to the workers.
    static let loadOptions = ["message-size-bytes", "workload", "clients", "balance"]

    /// Reads what was asked for, and finds what nodes or workers would not take, before anything is made.
    init(_ options: ParsedOptions, stamp: String) throws {
        name =
            try Self.value(of: "name", options) { text throws(ValueError) in
                try ClusterName(text)
            } ?? ClusterName(ClusterName.stamp(stamp))
        let seconds = options.duration("timeout") / 1_000_000_000
        guard Self.timeoutRangeSeconds.contains(Int(clamping: seconds)) else {
            throw options.error("timeout", "\(options.string("timeout")) is out of range; expected 1m to 720h")
        }
        timeoutSeconds = Int(clamping: seconds)
        nodes = options.integer("nodes")
        let mode = options.string("mode")
        workers = options.optionalInteger("workers") ?? (mode == "none" ? 2 : 0)
        let broadcasts = ["all", "one", "rr"].contains(mode)
        let nodeArguments = options.arguments(for: Self.nodeOptions + (broadcasts ? Self.broadcastOptions : []))
        nodeVariables = nodeArguments.map(Self.variable)
        loadVariables = []
        image = try ImageReference(options.string("image"))
        latencyMilliseconds = options.optionalString("latency")
        throughputKilobytes = options.optionalInteger("throughput")
        resources = try PodResources(options)
        pool = try Self.value(of: "node-pool", options) { text throws(ValueError) in try NodePool(text) }
        tolerations = try options.list("toleration").map { text in try Toleration(text) }
        guard !options.string("topology").hasPrefix("file:") else {
            throw options.error("topology", "is a file, which pods do not have; expected another shape")
        }
        let peers = endpoints(port: 5000).joined(separator: ",")
        try NodeProgram.check(
            arguments: ["--id=0", "--num-nodes=\(nodes)", "--port=5000", "--peers=\(peers)"] + nodeArguments)
        if workers > 0 { try takeLoad(options) }
        if workers > 0 || broadcasts && options.isGiven("duration") { try requireTime(options) }
    }

    /// A namespace that goes before its load has ended would take the reports with it.
    private func requireTime(_ options: ParsedOptions) throws(UsageError) {
        let (sum, hasOverflowed) = options.duration("warmup").addingReportingOverflow(options.duration("duration"))
        let loadNanoseconds = hasOverflowed ? .max : sum
        guard loadNanoseconds > UInt64(timeoutSeconds) * 1_000_000_000 else { return }
        throw options.error(
            "timeout",
            "\(options.string("timeout")) is less than --warmup \(options.string("warmup")) and --duration "
                + "\(options.string("duration")) together: the namespace would be deleted before the load ends; "
                + "expected at least \(DurationText.of(loadNanoseconds))")
    }

    private mutating func takeLoad(_ options: ParsedOptions) throws {
        let rate = options.rate("rate")
        guard rate.isFinite else {
            throw options.error(
                "rate",
                options.string("mode") == "none"
                    ? "max is for nodes that broadcast (--mode); expected orders per second"
                    : "max is no rate of load workers, which share a number; expected one, or --workers 0")
        }
        let own = rate / Double(workers)
        guard own >= 0.001 else {
            throw options.error("rate", "is too low for \(workers) workers; expected at least 0.001 for each")
        }
        let isWhole = own.rounded() == own && own < 1e15
        let arguments =
            options.arguments(for: Self.loadOptions) + [
                "--rate=\(isWhole ? "\(Int(own))" : "\((own * 1e6).rounded() / 1e6)")",
                "--duration=\(options.string("duration"))", "--warmup=\(options.string("warmup"))",
            ]
        _ = try LoadClientProgram.load(arguments + ["--machine=\(workers)"], nodes: endpoints(port: 5002))
        loadVariables = arguments.map(Self.variable)
    }

    /// Where each node is found, by the names of pods of a StatefulSet.
    func endpoints(port: Int) -> [String] { (0..<nodes).map { "tcp://node-\($0).node:\(port)" } }

    /// `--message-size-bytes=64` as a variable.
    private static func variable(_ argument: String) -> String {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_").uppercased()
        return parts.count == 2 ? "\(name)=\(parts[1])" : "\(name)=true"
    }

    private static func value<Value>(
        of name: String, _ options: ParsedOptions, _ read: (String) throws(ValueError) -> Value
    ) throws(UsageError) -> Value? {
        guard let text = options.optionalString(name) else { return nil }
        do throws(ValueError) {
            return try read(text)
        } catch {
            throw options.error(name, error.description)
        }
    }
}

/// What a node's pod asks for, and may have at most.
struct PodResources: Equatable, Sendable {
    var cpuRequest: Quantity
    var memoryRequest: Quantity
    var cpuLimit: Quantity?
    var memoryLimit: Quantity

    static let options = [
        OptionSpec(
            "cpu-requests", .string, default: "500m", valueName: "CPU", check: Quantity.check(.processors),
            help: "Processors that each node is sure to have: 500m, 2"),
        OptionSpec(
            "cpu-limits", .string, defaultNote: "none: what is throttled measures the throttle", valueName: "CPU",
            check: Quantity.check(.processors), help: "Processors that each node has at most"),
        OptionSpec(
            "memory-requests", .string, default: "256Mi", valueName: "MEMORY", check: Quantity.check(.memory),
            help: "Memory that each node is sure to have: 256Mi, 4Gi"),
        OptionSpec(
            "memory-limits", .string, default: "1Gi", valueName: "MEMORY", check: Quantity.check(.memory),
            help: "Memory that each node has at most; with more it is killed"),
    ]

    /// Reads the options; who asks for more than it may have would never be started.
    init(_ options: ParsedOptions) throws {
        cpuRequest = try Quantity(options.string("cpu-requests"), .processors)
        memoryRequest = try Quantity(options.string("memory-requests"), .memory)
        cpuLimit = try options.optionalString("cpu-limits").map { text in try Quantity(text, .processors) }
        memoryLimit = try Quantity(options.string("memory-limits"), .memory)
        try Self.check("cpu", cpuRequest, cpuLimit, options)
        try Self.check("memory", memoryRequest, memoryLimit, options)
    }

    private static func check(
        _ name: String, _ request: Quantity, _ limit: Quantity?, _ options: ParsedOptions
    ) throws(UsageError) {
        guard let limit, limit.thousandths < request.thousandths else { return }
        throw options.error(
            "\(name)-limits", "\(limit.text) is less than --\(name)-requests \(request.text); expected at least as much"
        )
    }
}

/// What `kubectl` is asked to do.
enum KubectlCall: Equatable, Sendable {
    /// Print the manifests that an overlay makes; asks no cluster.
    case kustomize(folder: String)
    /// List the runs, by their namespaces.
    case runs
    /// Say what namespace has this name, whoever made it; nothing where there is none.
    case namespace(String)
    /// Create what a file says, and fail where anything of it is there already.
    case create(file: String)
    /// Create what a file says, or make what is there like it.
    case apply(file: String)
    /// Wait until all nodes are ready.
    case rollout(namespace: String, seconds: Int)
    /// Show the pods as a table, for people.
    case podTable(namespace: String)
    /// List pods, with how often each container was started again.
    case pods(namespace: String)
    /// What a pod printed; before its containers were started again, or since.
    case log(namespace: String, pod: String, isPrevious: Bool)
    /// The last words of all nodes.
    case lastWords(namespace: String)
    /// What happened in a namespace.
    case events(namespace: String)
    /// Delete a namespace with all that is in it, and wait until it is gone.
    case delete(namespace: String, seconds: Int)
    /// Make a port of a pod or service one of this machine.
    case forward(namespace: String, target: String, local: Int, remote: Int)

    /// What marks a run's namespace, as the base says.
    static let mark = "app.kubernetes.io/part-of=zbed"
    /// How long one request to the cluster may take.
    static let requestSeconds = 30
    /// How much longer than it should `kubectl` is waited for, whatever it waits for itself.
    static let graceSeconds = 30
    /// Likewise, where somebody said how long it may take.
    static let deleteGraceSeconds = 5

    /// The arguments, without what chooses the cluster.
    var arguments: [String] {
        switch self {
        case .kustomize(let folder): ["kustomize", folder]
        case .runs:
            ["get", "namespaces", "--selector=\(Self.mark)", "--output=\(Self.lines("{.metadata.name}"))"]
        case .namespace(let name):
            [
                "get", "namespace", name, "--ignore-not-found",
                "--output=jsonpath=" + NamespaceListing.fields.joined(separator: "{\"\\n\"}"),
            ]
        case .create(let file): ["create", "--filename=\(file)"]
        case .apply(let file): ["apply", "--filename=\(file)"]
        case .rollout(let namespace, let seconds):
            ["rollout", "status", "statefulset/node", "--namespace=\(namespace)", "--timeout=\(seconds)s"]
        case .podTable(let namespace): ["get", "pods", "--namespace=\(namespace)", "--output=wide"]
        case .pods(let namespace):
            [
                "get", "pods", "--namespace=\(namespace)",
                "--selector=app.kubernetes.io/component in (node,load,prometheus)",
                "--output="
                    + Self.lines("{.metadata.name}{range .status.containerStatuses[*]}{\" \"}{.restartCount}{end}"),
            ]
        case .log(let namespace, let pod, let isPrevious):
            ["logs", pod, "--namespace=\(namespace)", "--all-containers"] + (isPrevious ? ["--previous"] : [])
        case .lastWords(let namespace):
            [
                "logs", "--namespace=\(namespace)", "--selector=app.kubernetes.io/component=node", "--prefix",
                "--tail=3", "--max-log-requests=64",
            ]
        case .events(let namespace): ["get", "events", "--namespace=\(namespace)", "--sort-by=.lastTimestamp"]
        case .delete(let namespace, let seconds):
            ["delete", "namespace", namespace, "--ignore-not-found", "--timeout=\(seconds)s"]
        case .forward(let namespace, let target, let local, let remote):
            ["port-forward", target, "\(local):\(remote)", "--namespace=\(namespace)", "--address=127.0.0.1"]
        }
    }

    /// The whole list of arguments; without a context, the one that kubectl has chosen.
    func arguments(context: String?) -> [String] {
        if case .kustomize = self { return arguments }
        var all = arguments
        if let context { all.append("--context=\(context)") }
        // These wait for something longer than a request, and bound it themselves, or end when they are told to.
        switch self {
        case .rollout, .delete, .forward: break
        default: all.append("--request-timeout=\(Self.requestSeconds)s")
        }
        return all
    }

    /// After how many seconds it is ended; nil: when somebody says so.
    var limitSeconds: Int? {
        switch self {
        case .forward: nil
        case .rollout(_, let seconds): Self.sum(seconds, Self.graceSeconds)
        // Who asked for a time is to have an answer in it.
        case .delete(_, let seconds): Self.sum(seconds, Self.deleteGraceSeconds)
        // Many objects are as many requests, and a log can be long.
        case .apply, .log: 300
        default: Self.requestSeconds + Self.graceSeconds
        }
    }

    /// The call for one more try after so much time; nil: that would not help, or there is no time left.
    func again(afterNanoseconds spent: UInt64) -> KubectlCall? {
        switch self {
        // What waits for long has had its time.
        case .kustomize, .rollout, .forward: return nil
        case .delete(let namespace, let seconds):
            let spentSeconds = Int(clamping: spent / 1_000_000_000) + (spent % 1_000_000_000 == 0 ? 0 : 1)
            return seconds > spentSeconds ? .delete(namespace: namespace, seconds: seconds - spentSeconds) : nil
        default: return self
        }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, hasOverflowed) = left.addingReportingOverflow(right)
        return hasOverflowed ? .max : sum
    }

    private static func lines(_ template: String) -> String {
        "jsonpath={range .items[*]}\(template){\"\\n\"}{end}"
    }
}

/// A pod as it is listed.
struct PodListing: Equatable, Sendable {
    let name: String
    /// How often its containers were started again.
    let restarts: Int

    /// Reads what `KubectlCall.pods` prints; lines that are none are passed over.
    static func parse(_ text: String) -> [PodListing] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let name = words.first.map({ String($0) }), KubernetesText.isLabel(name) else { return nil }
            // What another program prints can be any number.
            let restarts = words.dropFirst().compactMap { Int($0) }.reduce(0) { sum, more in
                let (total, hasOverflowed) = sum.addingReportingOverflow(max(0, more))
                return hasOverflowed ? .max : total
            }
            return PodListing(name: name, restarts: restarts)
        }
    }
}

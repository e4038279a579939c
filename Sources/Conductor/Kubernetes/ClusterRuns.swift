import Runtime

/// What the commands for runs on Kubernetes have in common.
enum ClusterRuns {
    static let context = OptionSpec(
        "context", .string, defaultNote: "the one that kubectl has chosen", valueName: "NAME",
        help: "The cluster, as kubectl's configuration calls it (kubectl config get-contexts)")
    static let kubectl = OptionSpec(
        "kubectl", .path, default: "kubectl", valueName: "PROGRAM", help: "The program kubectl, if it is not in PATH")

    /// The run that a command is about.
    static let name = OptionSpec(
        "name", .string, defaultNote: "the only one there is", valueName: "NAME", check: nameProblem,
        help: "The run, as zbed cluster start called it")

    static func nameProblem(_ text: String) -> ValueError? {
        do throws(ValueError) {
            _ = try ClusterName(text)
            return nil
        } catch {
            return error
        }
    }

    /// How long a command may wait at most.
    static let waitSecondsMax = 86_400

    /// How long a command waits, in whole seconds; with `isOptional` 0 says that it does not.
    static func waitSeconds(
        _ name: String, _ options: ParsedOptions, isOptional: Bool = false
    ) throws(UsageError) -> Int {
        let nanoseconds = options.duration(name)
        if isOptional, nanoseconds == 0 { return 0 }
        // kubectl counts seconds: a part of one is one more.
        let seconds = nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 == 0 ? 0 : 1)
        guard nanoseconds >= 1_000_000_000, seconds <= waitSecondsMax else {
            throw options.error(
                name, "\(options.string(name)) is out of range; expected 1s to 24h" + (isOptional ? ", or 0" : ""))
        }
        return Int(seconds)
    }

    static let notes = [
        "It runs kubectl, with its configuration (KUBECONFIG) and rights.",
        "Exit codes: 0 done; 1 not all of it; 2 interrupted; 64 wrong usage; 69 no kubectl, cluster or run, or not ready.",
    ]

    /// Kubectl for a command.
    static func kubectl(_ options: ParsedOptions) throws -> Kubectl {
        try Kubectl(
            options.string("kubectl"), context: options.optionalString("context"), interrupts: try Interrupts())
    }

    /// The runs that are there.
    static func all(_ kubectl: Kubectl) throws -> [ClusterName] {
        try kubectl.ask(.runs).split(separator: "\n").compactMap { ClusterName(namespace: String($0)) }
    }

    /// The run that is meant; only what is there and is a run can be.
    static func chosen(_ options: ParsedOptions, _ kubectl: Kubectl) throws -> ClusterName {
        try chosen(options.optionalString("name"), among: try all(kubectl))
    }

    static func chosen(_ name: String?, among runs: [ClusterName]) throws(Failure) -> ClusterName {
        let list = runs.map(\.text).joined(separator: ", ")
        if let name {
            if let run = runs.first(where: { $0.text == name }) { return run }
            throw Failure(.unavailable, "there is no run \(name)" + (runs.isEmpty ? "" : ": there are \(list)"))
        }
        guard let only = runs.first else {
            throw Failure(.unavailable, "there is no run in this cluster: zbed cluster start begins one")
        }
        guard runs.count == 1 else {
            throw Failure(.usage, "there are several runs, \(list): choose one with --name")
        }
        return only
    }
}

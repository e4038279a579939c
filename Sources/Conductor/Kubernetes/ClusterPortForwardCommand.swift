import Glibc
import Runtime

/// `zbed cluster port-forward`: Prometheus, or a node's metrics, on this machine, as long as it is wanted.
enum ClusterPortForwardCommand {
    static let options = OptionTable(
        program: "zbed cluster port-forward",
        summary: "make a run's Prometheus reachable on this machine, and again whenever the connection ends",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Run",
                [
                    ClusterRuns.name,
                    OptionSpec(
                        "to", .string, default: "prometheus", valueName: "POD", check: targetProblem,
                        help: "What is reached: prometheus, or the metrics of a pod such as node-0"),
                    OptionSpec(
                        "port", .integer(1...65_535), default: "9090", help: "The port of 127.0.0.1 where it is reached"
                    ),
                    ClusterRuns.context, ClusterRuns.kubectl,
                ])
        ],
        notes: [
            "Example:\n  zbed cluster port-forward --name 20261122-015904      # then http://localhost:9090",
            "It ends with Ctrl-C, when the run is over, or when the port is taken.",
        ] + ClusterRuns.notes)

    private static func targetProblem(_ text: String) -> ValueError? {
        KubernetesText.isLabel(text)
            ? nil
            : ValueError("\(KubernetesText.shown(text)) is no pod", expected: "prometheus, or a pod such as node-0")
    }

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let kubectl = try ClusterRuns.kubectl(options)
        let port = options.integer("port")
        try requireFree(port)
        let run = try ClusterRuns.chosen(options, kubectl)
        let target = options.string("to")
        let isPrometheus = target == "prometheus"
        let call = KubectlCall.forward(
            namespace: run.namespace, target: isPrometheus ? "service/prometheus" : "pod/\(target)", local: port,
            remote: isPrometheus ? 9090 : 9100)
        var course = ForwardCourse(policy: .connection)
        while true {
            course.started(at: MonotonicClock.now())
            let exit: ChildExit
            do {
                exit = try kubectl.wait(for: try kubectl.start(call), limitSeconds: nil)
            } catch let failure as Failure where kubectl.interrupts.flag.isSet && failure.code == .unknown {
                // That is how it is meant to end.
                return .pass
            }
            guard let wait = course.ended(at: MonotonicClock.now()) else { return .unavailable }
            Program.printError(
                "zbed cluster port-forward: kubectl \(exit); again in \(DurationText.of(wait)), until Ctrl-C")
            do {
                try kubectl.pause(wait)
            } catch let failure as Failure where failure.code == .unknown {
                return .pass
            }
            try requireFree(port)
            try requireThere(run, kubectl)
        }
    }

    private static func requireFree(_ port: Int) throws(Failure) {
        guard !FreePorts.isFree(port) else { return }
        throw Failure(.unavailable, "port \(port) of 127.0.0.1 is taken: stop what holds it, or choose another --port")
    }

    /// Ends when the run is over; a cluster that does not answer may do so again.
    private static func requireThere(_ run: ClusterName, _ kubectl: Kubectl) throws {
        let answer = try kubectl.run(.runs)
        guard answer.exit.isSuccess else { return }
        let names = answer.output.split(separator: "\n")
        guard !names.contains(where: { $0 == run.namespace }) else { return }
        throw Failure(.unavailable, "run \(run.text) is over: its namespace is gone")
    }
}

import Runtime

/// What `zbed run --prometheus` has beside its cluster: a Prometheus, and a page for the load client.
final class Monitoring {
    private let prometheus: LocalPrometheus
    private let client: ClientMetricsServer?

    static let options = [
        OptionSpec(
            "prometheus", .flag, default: "false",
            help:
                "Start Prometheus (Debian package prometheus) beside the cluster: it scrapes every node and the load "
                + "client, has the alert rules, and stops when the command ends"),
        OptionSpec(
            "prometheus-port", .integer(1...65_535), defaultNote: "any free one",
            help: "The port of 127.0.0.1 where Prometheus is looked at"),
    ]

    /// Starts what the options ask for; the scenario is told to serve metrics.
    static func start(
        _ options: ParsedOptions, for scenario: inout Scenario, _ session: Session
    ) throws -> Monitoring? {
        guard options.flag("prometheus") else { return nil }
        session.progress.show("starting Prometheus")
        guard let first = scenario.metricPort ?? FreePorts.first(of: scenario.nodes) else {
            throw Failure(
                .unavailable, "no \(scenario.nodes) ports in a row are free for metrics: choose --metric-port")
        }
        scenario.metricPort = first
        let nodes = (0..<scenario.nodes).map { first + $0 }
        let hasClient = scenario.clients > 0 && scenario.crew == nil
        let client = hasClient ? try ClientMetricsServer(address: "127.0.0.1", port: 0) : nil
        scenario.metrics = client?.board
        let monitoring = try Monitoring(
            nodes: nodes, client: client, port: options.optionalInteger("prometheus-port"),
            interrupts: session.interrupts)
        session.progress.clear()
        return monitoring
    }

    private init(nodes: [Int], client: ClientMetricsServer?, port: Int?, interrupts: Interrupts) throws {
        self.client = client
        let rules = LocalPrometheus.findRules()
        let configuration = PrometheusConfiguration(
            nodes: nodes.map { "127.0.0.1:\($0)" }, client: client.map { "127.0.0.1:\($0.port)" },
            hasRules: rules != nil)
        prometheus = try LocalPrometheus(configuration, rules: rules, port: port, interrupts: interrupts)
        Program.printError("Prometheus is at \(prometheus.address) until this command ends.")
        if rules == nil { Program.printError("It has no alerts: deploy/prometheus/rules was not found.") }
    }

    /// Ends everything.
    func stop() {
        if !prometheus.isRunning { Program.printError("Prometheus ended before the command did.") }
        prometheus.stop()
        client?.stop()
    }
}

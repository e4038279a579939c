import Runtime
import Topology

/// What `zbed run --prometheus` has beside its cluster: a Prometheus, and a page for the load client.
final class Monitoring {
    private let prometheus: LocalPrometheus
    private let client: ClientMetricsServer

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
        let monitoring = try Monitoring(
            scenario, port: options.optionalInteger("prometheus-port"), interrupts: session.interrupts)
        session.progress.clear()
        scenario.metrics = monitoring.client.board
        return monitoring
    }

    private init(_ scenario: Scenario, port: Int?, interrupts: Interrupts) throws {
        client = try ClientMetricsServer(address: "127.0.0.1", port: 0)
        let nodes = (0..<scenario.nodes).map { "127.0.0.1:\(scenario.metricPort(of: $0))" }
        let rules = LocalPrometheus.findRules()
        prometheus = try LocalPrometheus(
            PrometheusConfiguration(nodes: nodes, client: "127.0.0.1:\(client.port)", hasRules: rules != nil),
            rules: rules, port: port, interrupts: interrupts)
        Program.printError("Prometheus is at \(prometheus.address) until this command ends.")
        if rules == nil { Program.printError("It has no alerts: deploy/prometheus/rules was not found.") }
    }

    /// Ends everything.
    func stop() {
        if !prometheus.isRunning { Program.printError("Prometheus ended before the command did.") }
        prometheus.stop()
        client.stop()
    }
}

extension Scenario {
    /// Where a node serves its metrics, over TCP.
    func metricPort(of node: Int) -> Int { basePort + node * portStride + Service.metrics.portOffset }
}

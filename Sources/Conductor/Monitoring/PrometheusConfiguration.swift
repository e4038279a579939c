/// What a Prometheus beside a local cluster is told, as YAML.
struct PrometheusConfiguration {
    /// Where each node serves its metrics: `127.0.0.1:5005`.
    var nodes: [String]
    /// Where the load client does; nil: it does not.
    var client: String?
    /// Whether the folder of the configuration has rules in `rules`.
    var hasRules: Bool

    /// The configuration: what `deploy/prometheus/static.yml` says, with these targets.
    var text: String {
        """
        global:
          scrape_interval: 1s
          scrape_timeout: 1s
          evaluation_interval: 1s

        rule_files: \(hasRules ? "[rules/*.yml]" : "[]")

        scrape_configs:
        \(Self.job("znode", nodes))
        \(Self.job("loadclient", client.map { [$0] } ?? []))

        """
    }

    private static func job(_ name: String, _ targets: [String]) -> String {
        """
          - job_name: \(name)
            static_configs:
              - targets: [\(targets.map { "\"\($0)\"" }.joined(separator: ", "))]
                labels: {cluster: zbed}
        """
    }
}

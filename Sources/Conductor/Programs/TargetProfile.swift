/// Targets that belong together, ready to be asserted by one name.
struct TargetProfile {
    /// One of them.
    struct Target: Equatable {
        var text: String
        /// Whether it is passed over in a run that has nothing of the kind, such as a failover.
        var onlyWhereMeasured = false
    }

    /// What `--profile-targets` calls it.
    let name: String
    /// What it is for.
    let summary: String
    private let fixed: [Target]
    /// The least rate in clusters of at least so many nodes, by size.
    private let rates: [(nodes: Int, rate: String)]

    private init(_ name: String, _ summary: String, _ fixed: [Target], rates: [(nodes: Int, rate: String)] = []) {
        self.name = name
        self.summary = summary
        self.fixed = fixed
        self.rates = rates
    }

    /// What it asserts of a cluster of so many nodes.
    func targets(nodes: Int) -> [Target] {
        // Smaller clusters than the smallest that is named have to do what that one does.
        let rate = rates.last { $0.nodes <= nodes } ?? rates.first
        return fixed + (rate.map { [Target(text: "rate>=\($0.rate)")] } ?? [])
    }

    /// Every profile.
    static let all = [
        TargetProfile(
            "matching", "a cluster of matching engines; 100k orders/s from 5 nodes on, 200k from 10",
            ["p50<1ms", "p99<10ms", "p999<50ms", "lost==0"].map { Target(text: $0) },
            rates: [(3, "50k"), (5, "100k"), (10, "200k")]),
        TargetProfile(
            "transactions", "a replicated ledger of transactions, what must be kept",
            ledger(rate: "8k", confirmation: "2s", network: "200ms", failover: "120s")),
        TargetProfile(
            "transactions-target", "the same, what is aimed for",
            ledger(rate: "10k", confirmation: "1s", network: "100ms", failover: "60s")),
        TargetProfile("requests", "a healthy service", [Target(text: "failure-rate<1%")]),
        TargetProfile("requests-with-faults", "a service whose servers are killed", [Target(text: "failure-rate<=5%")]),
        TargetProfile(
            "balance", "load that is spread evenly", [Target(text: "sigma<5%"), Target(text: "failure-rate<5%")]),
    ]

    private static func ledger(rate: String, confirmation: String, network: String, failover: String) -> [Target] {
        [
            Target(text: "rate>=\(rate)"), Target(text: "ack.p99<\(confirmation)"),
            Target(text: "from-send.p99<\(network)"), Target(text: "failover<\(failover)", onlyWhereMeasured: true),
        ]
    }
}

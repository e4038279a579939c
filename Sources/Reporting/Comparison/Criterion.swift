/// Something that runs are measured by.
public enum Criterion: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
    /// Median latency in nanoseconds.
    case p50
    /// 99th percentile of latency in nanoseconds.
    case p99
    /// 99.9th percentile of latency in nanoseconds.
    case p999
    /// Greatest latency in nanoseconds.
    case maxLatency
    /// Messages sent per second.
    case achievedRate
    /// Deliveries per second over all receivers.
    case deliveriesPerSecond
    /// Processor time of all nodes for one delivery, in nanoseconds.
    case cpuPerDelivery
    /// Mean processor use of a node, in percent of one core.
    case cpuPercent
    /// Mean resident memory of a node, in bytes.
    case memory
    /// Frames over all links for one broadcast.
    case messagesPerBroadcast
    /// The greatest hop count.
    case worstHops
    /// Share of owed deliveries that were made, in percent.
    case completeness

    /// The criteria that topologies are ranked by, in the order of the report.
    static let ranked: [Criterion] = [
        .p50, .p99, .maxLatency, .achievedRate, .deliveriesPerSecond, .cpuPerDelivery, .memory, .messagesPerBroadcast,
        .worstHops, .completeness,
    ]

    /// What the winner has, for instance `lowest p99`.
    var superlative: String {
        switch self {
        case .p50: "lowest p50"
        case .p99: "lowest p99"
        case .p999: "lowest p99.9"
        case .maxLatency: "lowest maximum"
        case .achievedRate: "highest throughput"
        case .deliveriesPerSecond: "most deliveries per second"
        case .cpuPerDelivery: "least CPU per delivery"
        case .cpuPercent: "least CPU"
        case .memory: "least memory per node"
        case .messagesPerBroadcast: "fewest messages per broadcast"
        case .worstHops: "fewest hops (worst)"
        case .completeness: "most complete"
        }
    }

    /// The value that follows from a topology's shape; nil for what varies from run to run.
    func law(of laws: LawReport) -> Double? {
        switch self {
        case .messagesPerBroadcast: laws.messagesPerBroadcast
        case .worstHops: Double(laws.worstHops)
        default: nil
        }
    }

    /// True when less is better.
    var lowerIsBetter: Bool {
        switch self {
        case .achievedRate, .deliveriesPerSecond, .completeness: false
        default: true
        }
    }

    /// Whether runs with this outcome are ranked.
    ///
    /// Latency counts only where the run passed. Throughput and cost count also where the asked rate was not reached,
    /// since what was reached is then the answer. Completeness is what failed runs must be compared by.
    func admits(_ outcome: Outcome) -> Bool {
        switch self {
        case .p50, .p99, .p999, .maxLatency: outcome == .pass
        case .completeness: true
        default: outcome != .fail
        }
    }

    /// Whether groups are ranked in which deliveries are missing: a message that is lost on its way costs the links
    /// behind it nothing, so few messages are then no merit.
    var admitsLoss: Bool { self != .messagesPerBroadcast && self != .worstHops }

    /// The value of a run, or nil where it was not measured.
    func value(of run: RunReport) -> Double? {
        let value: Double?
        switch self {
        case .p50: value = run.mainLatency?.percentile(50, \.p50)
        case .p99: value = run.mainLatency?.percentile(99, \.p99)
        case .p999: value = run.mainLatency?.percentile(99.9, \.p999)
        case .maxLatency: value = run.mainLatency.map { Double($0.max) }
        case .achievedRate: value = run.rate.achieved
        case .deliveriesPerSecond: value = run.rate.deliveriesPerSecond
        case .cpuPerDelivery: value = ProcessorCost.perDelivery(of: run)
        case .cpuPercent: value = Self.mean(run.perNode.compactMap(\.cpuPercent))
        case .memory: value = Self.mean(run.perNode.compactMap { $0.residentBytes.map { Double($0) } })
        case .messagesPerBroadcast:
            value = run.measured.flatMap { $0.broadcasts == 0 ? nil : $0.messagesPerBroadcast }
        case .worstHops: value = run.measured.flatMap { $0.broadcasts == 0 ? nil : Double($0.worstHops) }
        case .completeness: value = run.ledger.expected == 0 ? nil : run.ledger.completenessPercent
        }
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The mean over the nodes of which it is known.
    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// A value of this criterion with its unit.
    func text(_ value: Double, style: TextStyle) -> String {
        switch self {
        case .p50, .p99, .p999, .maxLatency, .cpuPerDelivery: style.duration(value)
        case .achievedRate, .deliveriesPerSecond: "\(style.short(value))/s"
        case .cpuPercent: "\(Numbers.fixed(value, decimals: 1)) %"
        case .memory: style.bytes(value)
        case .messagesPerBroadcast, .worstHops: Numbers.plain(value, decimals: 2)
        case .completeness: "\(style.completeness(value)) %"
        }
    }
}

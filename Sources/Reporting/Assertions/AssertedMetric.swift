internal import Measurement

/// Something of a run that an assertion can be about.
public struct AssertedMetric: Sendable {
    /// What its values are, and so how a limit is written.
    public enum Kind: Sendable, Equatable {
        /// Nanoseconds, written with a unit: `10ms`.
        case duration
        /// How many: `0`, `5k`.
        case count
        /// Per second: `20k`.
        case rate
        /// Percent, with or without its sign: `99.9%`.
        case percent
        /// Bytes: `15MiB`.
        case bytes
    }

    /// What was found of it.
    enum Reading: Equatable {
        case value(Double)
        case tooFewSamples(UInt64, needed: UInt64)
        case notMeasured
    }

    /// Its name in an assertion.
    public let name: String
    /// Other names that are understood.
    public let aliases: [String]
    /// What its values are.
    public let kind: Kind
    /// What it is, in a few words.
    public let meaning: String
    let read: @Sendable (AssertedFigures) -> Reading

    init(
        _ name: String, aliases: [String] = [], _ kind: Kind, _ meaning: String,
        read: @escaping @Sendable (AssertedFigures) -> Reading
    ) {
        self.name = name
        self.aliases = aliases
        self.kind = kind
        self.meaning = meaning
        self.read = read
    }

    /// The metric of this name; nil when there is none.
    public static func named(_ name: String) -> AssertedMetric? {
        all.first { $0.name == name || $0.aliases.contains(name) }
    }

    /// Values without which nothing can be said of it; nil where any will do.
    public var samplesNeeded: Int? {
        let percentiles = ["p50": 50, "p90": 90, "p95": 95, "p99": 99, "p999": 99.9, "p9999": 99.99]
        return name.split(separator: ".").last.flatMap { percentiles[String($0)] }
            .map { minimumSamples(forPercentile: $0) }
    }

    /// A value of it with its unit.
    func text(_ value: Double, style: TextStyle = TextStyle()) -> String {
        switch kind {
        case .duration: style.duration(value)
        case .count: Numbers.plain(value)
        case .rate: "\(Numbers.plain(value, decimals: 1))/s"
        // Whatever is not quite 0 or 100 must not be rounded to it.
        case .percent where value > 99.999 && value < 100: ">99.999 %"
        case .percent: "\(value.magnitude < 1 ? Numbers.significant(value) : Numbers.plain(value)) %"
        case .bytes: style.bytes(value)
        }
    }
}

extension AssertedMetric {
    /// Every metric, in the order of the help.
    public static let all: [AssertedMetric] = latencies + deliveries + orders + rates + costs + failovers

    private static let families:
        [(prefix: String, meaning: String, of: @Sendable (AssertedFigures) -> LatencyReport?)] =
            [
                ("", "from due time to delivery, or to the acknowledgement where nothing is delivered", { $0.latency }),
                ("ack.", "from due time to the acknowledgement", { $0.acknowledgement }),
                ("send-lag.", "from due time to the actual send", { $0.sendLag }),
                ("from-send.", "from the actual send to delivery", { $0.sendLatency }),
            ]

    private static let latencies: [AssertedMetric] = families.flatMap { family in
        let percentiles: [(name: String, percentile: Double, value: @Sendable (LatencyReport) -> UInt64?)] = [
            ("p50", 50, { $0.p50 }), ("p90", 90, { $0.p90 }), ("p95", 95, { $0.p95 }), ("p99", 99, { $0.p99 }),
            ("p999", 99.9, { $0.p999 }), ("p9999", 99.99, { $0.p9999 }),
        ]
        let others: [(name: String, value: @Sendable (LatencyReport) -> Double)] = [
            ("min", { Double($0.min) }), ("mean", { $0.mean }), ("max", { Double($0.max) }),
        ]
        return percentiles.map { percentile in
            AssertedMetric(
                family.prefix + percentile.name,
                aliases: percentile.percentile > 99 ? ["\(family.prefix)p\(percentile.percentile)"] : [], .duration,
                "\(Numbers.plain(percentile.percentile)) % of latencies, \(family.meaning)"
            ) { figures in
                guard let latency = family.of(figures), latency.count > 0 else { return .notMeasured }
                let needed = UInt64(minimumSamples(forPercentile: percentile.percentile))
                guard latency.count >= needed else { return .tooFewSamples(latency.count, needed: needed) }
                // Older reports do not have all of them.
                return percentile.value(latency).map { .value(Double($0)) } ?? .notMeasured
            }
        }
            + others.map { other in
                AssertedMetric(
                    family.prefix + other.name, .duration, "\(other.name) of latencies, \(family.meaning)"
                ) { figures in
                    family.of(figures).flatMap { $0.count > 0 ? .value(other.value($0)) : nil } ?? .notMeasured
                }
            }
    }

    private static let deliveries: [AssertedMetric] = [
        count("lost", aliases: ["missing"], "deliveries owed and not made") { $0.ledger.missing },
        count("unexplained", "missing deliveries without a cause") { $0.ledger.unexplained },
        count("duplicates", "copies that came again") { $0.ledger.duplicate },
        count("reordered", "deliveries that were overtaken") { $0.ledger.reordered },
        count("late", "deliveries after the measured time") { $0.ledger.late },
        count("stale", "messages of an earlier life of their origin") { $0.ledger.stale },
        count("sent", "messages sent") { $0.ledger.sent },
        count("delivered", "deliveries made") { $0.ledger.unique },
        AssertedMetric("loss", .percent, "missing deliveries, of those owed") { figures in
            figures.ledger.expected == 0 ? .notMeasured : .value(100 - figures.ledger.completenessPercent)
        },
        AssertedMetric("completeness", .percent, "deliveries made, of those owed") { figures in
            figures.ledger.expected == 0 ? .notMeasured : .value(figures.ledger.completenessPercent)
        },
    ]

    private static let orders: [AssertedMetric] = [
        orderCount("refused", "orders that a node refused") { $0.refused },
        orderCount("unanswered", "orders without an answer") { $0.unacknowledged },
        orderCount("rejected", "orders that the book refused") { $0.rejected },
        AssertedMetric("failure-rate", .percent, "orders refused, without an answer or never sent, of those due") {
            figures in
            guard let orders = figures.orders, orders.sent > 0 else { return .notMeasured }
            return .value(Double(orders.failed) / Double(orders.due) * 100)
        },
    ]

    private static let rates: [AssertedMetric] = [
        AssertedMetric("rate", .rate, "messages sent per second") { .value($0.rate.achieved) },
        AssertedMetric("rate-share", .percent, "that rate, of the asked one") { figures in
            guard let asked = figures.rate.asked, asked > 0 else { return .notMeasured }
            return .value(figures.rate.achieved / asked * 100)
        },
        AssertedMetric("delivery-rate", .rate, "deliveries per second, over all receivers") {
            .value($0.rate.deliveriesPerSecond)
        },
        AssertedMetric("sigma", .percent, "standard deviation of the nodes' shares, in percentage points") {
            $0.sigmaPercent.map { .value($0) } ?? .notMeasured
        },
    ]

    private static let costs: [AssertedMetric] = [
        AssertedMetric("cpu", .percent, "mean processor use of a node, of one core") { figures in
            mean(figures.nodes.compactMap(\.cpuPercent))
        },
        AssertedMetric("memory", .bytes, "mean resident memory of a node") { figures in
            mean(figures.nodes.compactMap { $0.residentBytes.map { Double($0) } })
        },
        AssertedMetric("deaths", .count, "nodes that died, or did not answer at the end") { figures in
            figures.nodes.isEmpty ? .notMeasured : .value(Double(figures.nodes.count { $0.isLost }))
        },
    ]

    private static let failovers: [AssertedMetric] = [
        AssertedMetric("outage", .duration, "longest time without an acknowledgement, with an elected leader") {
            $0.agreement.map { .value($0.longestGapMicroseconds * 1e3) } ?? .notMeasured
        },
        AssertedMetric("failover", .duration, "longest time from a leader's loss to the next acknowledgement") {
            longest($0.agreement?.failovers.map(\.acknowledgedMicroseconds))
        },
        AssertedMetric("catch-up", .duration, "longest time a late node took to catch up") {
            longest($0.agreement?.joins.map(\.convergenceMicroseconds))
        },
    ]

    private static func count(
        _ name: String, aliases: [String] = [], _ meaning: String,
        of value: @escaping @Sendable (AssertedFigures) -> UInt64
    ) -> AssertedMetric {
        AssertedMetric(name, aliases: aliases, .count, meaning) { .value(Double(value($0))) }
    }

    private static func orderCount(
        _ name: String, _ meaning: String, of value: @escaping @Sendable (ClientOrders) -> UInt64
    ) -> AssertedMetric {
        AssertedMetric(name, .count, meaning) { $0.orders.map { .value(Double(value($0))) } ?? .notMeasured }
    }

    private static func mean(_ values: [Double]) -> Reading {
        values.isEmpty ? .notMeasured : .value(values.reduce(0, +) / Double(values.count))
    }

    /// The longest of some times in microseconds; what did not end took longer than anything.
    private static func longest(_ times: [Double?]?) -> Reading {
        guard let times, !times.isEmpty else { return .notMeasured }
        return .value(times.map { $0.map { $0 * 1e3 } ?? .infinity }.max() ?? .infinity)
    }
}

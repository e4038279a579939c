/// What `zbed probe` found: round trips and bandwidth between every pair of nodes.
///
/// Times are in nanoseconds of the clock of the node that measured, sizes in bytes.
public struct ProbeReport: Codable, Sendable, Equatable {
    /// The schema that this version writes.
    public static let currentSchema = "zbed-probe/1"

    /// The name and version of the schema.
    public var schema = ProbeReport.currentSchema
    /// When it was made, ISO 8601 with a time zone.
    public var createdAt: String
    /// The version of the program that made it.
    public var version: String
    /// The command that makes it again.
    public var commandLine: String
    /// Where `zbed` ran; the nodes may be elsewhere.
    public var environment: EnvironmentReport
    /// The cluster in words, as its nodes say it.
    public var cluster: String
    /// Where each node takes requests, by id.
    public var endpoints: [String]
    /// Pings of each pair.
    public var pings: Int
    /// Bytes of a ping, header included.
    public var messageSizeBytes: Int
    /// Bytes of bulk of each pair.
    public var bulkBytes: UInt64
    /// Every ordered pair of nodes that was to be probed, in the order of (from, to).
    public var pairs: [ProbePair]

    /// Makes a report.
    public init(
        createdAt: String, version: String, commandLine: String, environment: EnvironmentReport, cluster: String,
        endpoints: [String], pings: Int, messageSizeBytes: Int, bulkBytes: UInt64, pairs: [ProbePair]
    ) {
        self.createdAt = createdAt
        self.version = version
        self.commandLine = commandLine
        self.environment = environment
        self.cluster = cluster
        self.endpoints = endpoints
        self.pings = pings
        self.messageSizeBytes = messageSizeBytes
        self.bulkBytes = bulkBytes
        self.pairs = pairs
    }

    /// Pass when every pair was measured, fail when some could not be, unknown when none was or some were not come to.
    public var outcome: Outcome {
        guard pairs.contains(where: { $0.failure == nil }) else { return .unknown }
        if pairs.contains(where: { $0.failure != nil }) { return .fail }
        return pairs.count < endpoints.count * (endpoints.count - 1) ? .unknown : .pass
    }

    /// What was measured from one node to another.
    func pair(from: Int, to: Int) -> ProbePair? { pairs.first { $0.from == from && $0.to == to } }
}

/// What one node measured on the way to another and back.
public struct ProbePair: Codable, Sendable, Equatable {
    /// Who measured.
    public var from: Int
    /// Who was asked.
    public var to: Int
    /// Round trips that were measured.
    public var pings = 0
    /// The shortest round trip.
    public var least: UInt64?
    /// The median round trip.
    public var median: UInt64?
    /// The 99th percentile of the round trips.
    public var p99: UInt64?
    /// The longest round trip.
    public var greatest: UInt64?
    /// Bytes of bulk that arrived, per second; absent when there were none.
    public var bytesPerSecond: Double?
    /// Whether time was over before all was done.
    public var wasCutShort = false
    /// Why nothing was measured; absent when something was.
    public var failure: String?

    /// A pair that was not measured yet.
    public init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }
}

/// One figure of every pair.
public enum ProbeFigure: CaseIterable, Sendable {
    /// The median round trip.
    case median
    /// The 99th percentile of the round trips.
    case p99
    /// The shortest round trip.
    case least
    /// Bulk per second.
    case bandwidth

    /// What it is called above its matrix.
    var title: String {
        switch self {
        case .median: "Round trip, median"
        case .p99: "Round trip, 99th percentile"
        case .least: "Round trip, shortest"
        case .bandwidth: "Bandwidth"
        }
    }

    /// The name of its picture's file.
    public var fileName: String {
        switch self {
        case .median: "round-trip-p50.svg"
        case .p99: "round-trip-p99.svg"
        case .least: "round-trip-min.svg"
        case .bandwidth: "bandwidth.svg"
        }
    }

    /// What a dark cell means.
    var darkMeans: String { self == .bandwidth ? "dark is fast" : "dark is slow" }

    /// The value of a pair, in nanoseconds or bytes per second; nil where it is not known.
    func value(of pair: ProbePair?) -> Double? {
        switch self {
        case .median: pair?.median.map { Double($0) }
        case .p99: pair?.p99.map { Double($0) }
        case .least: pair?.least.map { Double($0) }
        case .bandwidth: pair?.bytesPerSecond
        }
    }

    /// The value in few characters.
    func text(_ value: Double, style: TextStyle) -> String {
        self == .bandwidth ? style.short(value) + "B/s" : style.duration(value)
    }
}

/// Where values stand between the least and the greatest of all, on a logarithmic scale.
///
/// What is twice as much is as far apart wherever it is.
struct ProbeScale {
    private let low: Double
    private let high: Double

    /// Nil when there is no value.
    init?(_ values: [Double]) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let least = positive.min(), let greatest = positive.max() else { return nil }
        low = Logarithm.base10(least)
        high = Logarithm.base10(greatest)
    }

    /// From 0 for the least to 1 for the greatest; where all are within a tenth of each other, in the middle.
    func place(of value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        // Noise is no pattern, and should not look like one.
        guard high - low > Self.leastSpan else { return 0.5 }
        return min(1, max(0, (Logarithm.base10(value) - low) / (high - low)))
    }

    /// The decimal logarithm of 1.1.
    private static let leastSpan = 0.0414
}

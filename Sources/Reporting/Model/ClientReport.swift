/// What one load client measured: the document that `loadclient --json` writes.
public struct ClientReport: Codable, Sendable, Equatable {
    /// The schema that this version reads and writes.
    public static let currentSchema = "zbed-client/1"

    /// The name and version of the schema.
    public var schema: String
    /// The client's name, for instance `Machine_1_Client_1`.
    public var name: String
    /// When the report was made, ISO 8601 with a time zone.
    public var createdAt: String
    /// The version of the program that made it.
    public var version: String
    /// The command that makes it again.
    public var commandLine: String
    /// Options with another value than their default, wherever it came from: the command line alone is not enough.
    public var options: [OptionReport]
    /// The seed of all pseudo-random choices.
    public var seed: UInt64
    /// Where it was measured.
    public var environment: EnvironmentReport
    /// `broadcast` or `request`.
    public var pattern: String
    /// What was asked for.
    public var settings: RunSettings
    /// What the run is worth.
    public var verdict: Verdict
    /// The account of the deliveries that this client's messages caused.
    public var ledger: LedgerReport
    /// The account of its orders.
    public var orders: ClientOrders?
    /// From due time to the acknowledgement.
    public var acknowledgement: LatencyReport?
    /// From due time to delivery.
    public var latency: LatencyReport?
    /// From due time to the actual send; of orders that were held back, from when orders were taken again.
    public var sendLag: LatencyReport?
    /// From due time until orders were taken again: of orders that nobody took when they were due.
    public var heldBack: LatencyReport?
    /// What latencies rest on; absent without a load client, where all is one host's.
    public var clocks: ClocksReport?
    /// Asked and achieved rates.
    public var rate: RateReport
    /// What each node did for this client.
    public var perNode: [ClientNodeReport]
    /// How evenly the nodes were loaded.
    public var balance: BalanceReport?
    /// What failed, by cause.
    public var failures: [FailureReport]
    /// Latency over time.
    public var timeline: [TimelinePoint]
    /// The percentile curve.
    public var curve: [CurvePoint]
    /// The cluster's topology, as its nodes say; absent, as all below, in older reports.
    public var topology: String?
    /// `tcp` or `ipc`.
    public var transport: String?
    /// The cluster's consensus mode.
    public var consensus: String?
    /// Missing deliveries by cause.
    public var losses: [LossReport]?
    /// When measured messages began to be due by the host's wall clock, in seconds since 1970.
    public var startedAtSeconds: Double?
    /// The longest time without an acknowledgement; only where a leader is elected.
    public var longestGap: AcknowledgementGap?
    /// What was asserted of it; absent when nothing was.
    public var assertions: [AssertionReport]?

    /// Makes a client's report; whatever was not measured is left out.
    public init(
        name: String, createdAt: String, version: String, commandLine: String, options: [OptionReport] = [],
        seed: UInt64,
        environment: EnvironmentReport, pattern: String = "request", settings: RunSettings,
        verdict: Verdict = .notJudged, ledger: LedgerReport, orders: ClientOrders? = nil,
        acknowledgement: LatencyReport? = nil, latency: LatencyReport? = nil, sendLag: LatencyReport? = nil,
        rate: RateReport, perNode: [ClientNodeReport] = [], balance: BalanceReport? = nil,
        failures: [FailureReport] = [], timeline: [TimelinePoint] = [], curve: [CurvePoint] = []
    ) {
        self.schema = ClientReport.currentSchema
        self.name = name
        self.createdAt = createdAt
        self.version = version
        self.commandLine = commandLine
        self.options = options
        self.seed = seed
        self.environment = environment
        self.pattern = pattern
        self.settings = settings
        self.verdict = verdict
        self.ledger = ledger
        self.orders = orders
        self.acknowledgement = acknowledgement
        self.latency = latency
        self.sendLag = sendLag
        self.rate = rate
        self.perNode = perNode
        self.balance = balance
        self.failures = failures
        self.timeline = timeline
        self.curve = curve
    }
}

/// What one node did for one client.
public struct ClientNodeReport: Codable, Sendable, Equatable {
    /// The node's id.
    public var id: Int
    /// Orders this client sent to it.
    public var orders: UInt64
    /// Orders it acknowledged.
    public var acknowledged: UInt64
    /// Deliveries it reported of this client's messages; absent for a node that reported nothing.
    public var deliveries: UInt64?
    /// Its share of this client's orders, in percent.
    public var sharePercent: Double
    /// What was seen of it; absent for a node that was there all the time.
    public var seen: NodeSight?
    /// Since about when it did not answer, seconds since the measured part began; absent where that is not known:
    /// nobody asked it anything until the end.
    public var silentSince: Double?

    /// Makes a node's record.
    public init(id: Int, orders: UInt64, acknowledged: UInt64, deliveries: UInt64?, sharePercent: Double) {
        self.id = id
        self.orders = orders
        self.acknowledged = acknowledged
        self.deliveries = deliveries
        self.sharePercent = sharePercent
    }
}

/// A time in which no order was acknowledged.
public struct AcknowledgementGap: Codable, Sendable, Equatable {
    /// When it began, seconds since the measured part began.
    public var atSeconds: Double
    /// How long it was.
    public var seconds: Double
    /// True when it had not ended when the load did; absent otherwise.
    public var isOpen: Bool?

    /// Makes the record of a gap.
    public init(atSeconds: Double, seconds: Double, isOpen: Bool? = nil) {
        self.atSeconds = atSeconds
        self.seconds = seconds
        self.isOpen = isOpen
    }
}

/// Failures that have the same cause.
public struct FailureReport: Codable, Sendable, Equatable {
    /// The cause in words.
    public var cause: String
    /// How many orders failed by it.
    public var count: UInt64

    /// Makes a row of the failure table.
    public init(cause: String, count: UInt64) {
        self.cause = cause
        self.count = count
    }
}

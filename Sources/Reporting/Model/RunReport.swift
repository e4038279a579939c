/// One measured execution of one scenario on one cluster.
public struct RunReport: Codable, Sendable, Equatable {
    /// The topology in canonical form, for instance `ring` or `tree:3`.
    public var topology: String
    /// How many nodes the cluster had.
    public var nodes: Int
    /// Which repeat this is, from 1.
    public var `repeat`: Int
    /// `broadcast`, `request` or `pipeline`.
    public var pattern: String
    /// `tcp`, `ipc` or `inproc`.
    public var transport: String
    /// The consensus mode.
    public var consensus: String
    /// What was asked for.
    public var settings: RunSettings
    /// What the run is worth.
    public var verdict: Verdict
    /// True when the run was cut short: its figures are of the time that it really ran.
    public var wasInterrupted: Bool
    /// Whether the run began and ended as it must.
    public var completion: CompletionReport
    /// The account of all deliveries.
    public var ledger: LedgerReport
    /// Missing deliveries by cause.
    public var losses: [LossReport]
    /// What the topology's laws say; absent when nothing was broadcast.
    public var laws: LawReport?
    /// What was measured beside them.
    public var measured: MeasuredReport?
    /// From due time to delivery, over all receivers.
    public var latency: LatencyReport?
    /// From the actual send to delivery, over all receivers.
    public var sendLatency: LatencyReport?
    /// From due time to the actual send; of orders that were held back, from when orders were taken again.
    public var sendLag: LatencyReport?
    /// From due time until orders were taken again: of orders that nobody took when they were due.
    public var heldBack: LatencyReport?
    /// From due time to the acknowledgement at the client.
    public var acknowledgement: LatencyReport?
    /// What latencies rest on; absent without a load client, where all is one host's.
    public var clocks: ClocksReport?
    /// Asked and achieved rates.
    public var rate: RateReport
    /// Every node.
    public var perNode: [NodeReport]
    /// How evenly the nodes were loaded.
    public var balance: BalanceReport?
    /// Latency over time.
    public var timeline: [TimelinePoint]
    /// The percentile curve of `latency`.
    public var curve: [CurvePoint]
    /// Frames over each link.
    public var links: [LinkReport]
    /// What happened, in the order of time.
    public var events: [EventReport]
    /// The account of orders; absent without load clients.
    public var clients: ClientOrders?
    /// What the nodes agreed on; absent without an elected leader.
    public var agreement: AgreementReport?
    /// The account of a work queue; absent in other patterns.
    public var pipeline: PipelineReport?
    /// The nodes' own order books; absent where they keep none.
    public var books: OrderBooksReport?
    /// What was asserted of it; absent when nothing was.
    public var assertions: [AssertionReport]?
    /// When measured messages began to be due by the host's wall clock, in seconds since 1970; absent in older reports.
    public var startedAtSeconds: Double?
    /// The processes that made the load; absent where zbed did itself.
    public var workers: [LoadWorkerReport]?
    /// Which of several of this topology and size it belongs to, from 1; absent where there is only one.
    public var entry: Int?
    /// Which size and rate it has, where a report goes through several: `64 B at 16,000/s`; absent elsewhere.
    public var setting: String?
    /// How its nodes were profiled; absent where they were not.
    public var profile: ProfileReport?

    /// Makes the report of one run; whatever was not measured is left out.
    public init(
        topology: String, nodes: Int, repeat: Int = 1, pattern: String = "broadcast", transport: String = "tcp",
        consensus: String = "none", settings: RunSettings, verdict: Verdict = .notJudged,
        wasInterrupted: Bool = false, completion: CompletionReport, ledger: LedgerReport, losses: [LossReport] = [],
        laws: LawReport? = nil,
        measured: MeasuredReport? = nil, latency: LatencyReport? = nil, sendLatency: LatencyReport? = nil,
        sendLag: LatencyReport? = nil, acknowledgement: LatencyReport? = nil, rate: RateReport,
        perNode: [NodeReport] = [], balance: BalanceReport? = nil, timeline: [TimelinePoint] = [],
        curve: [CurvePoint] = [], links: [LinkReport] = [], events: [EventReport] = [],
        clients: ClientOrders? = nil, pipeline: PipelineReport? = nil
    ) {
        self.topology = topology
        self.nodes = nodes
        self.repeat = `repeat`
        self.pattern = pattern
        self.transport = transport
        self.consensus = consensus
        self.settings = settings
        self.verdict = verdict
        self.wasInterrupted = wasInterrupted
        self.completion = completion
        self.ledger = ledger
        self.losses = losses
        self.laws = laws
        self.measured = measured
        self.latency = latency
        self.sendLatency = sendLatency
        self.sendLag = sendLag
        self.acknowledgement = acknowledgement
        self.rate = rate
        self.perNode = perNode
        self.balance = balance
        self.timeline = timeline
        self.curve = curve
        self.links = links
        self.events = events
        self.clients = clients
        self.pipeline = pipeline
    }

    /// The topology, with a number where several of this name are compared, `mesh #2`, or with what was gone through,
    /// `mesh, 64 B at 16,000/s`.
    public var shapeName: String { topology + (setting.map { ", \($0)" } ?? entry.map { " #\($0)" } ?? "") }

    /// Why the run says nothing that can be compared; nil for one that does.
    var reasonToLeaveOut: String? {
        if wasInterrupted { return "interrupted" }
        return ledger.sent == 0 ? "nothing was sent" : nil
    }

    /// The latency a reader asks for first: of deliveries, or of acknowledgements where nothing was delivered.
    public var mainLatency: LatencyReport? {
        if let latency, latency.count > 0 { return latency }
        if let acknowledgement, acknowledgement.count > 0 { return acknowledgement }
        return nil
    }
}

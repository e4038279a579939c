/// What a run was asked to do.
public struct RunSettings: Codable, Sendable, Equatable {
    /// Messages per second over all origins; absent for a closed loop, and where as many are sent as links take.
    public var rate: Double?
    /// Length of the measured part in seconds.
    public var durationSeconds: Double
    /// Length of the part before it that is not measured, in seconds.
    public var warmupSeconds: Double
    /// Size of a message in bytes, header included.
    public var messageSizeBytes: Int
    /// Load clients.
    public var clients: Int
    /// How a client chooses the node for an order; absent where nothing is balanced.
    public var balance: String?
    /// What a full queue does: `block`, `drop` or `refuse`.
    public var overflow: String
    /// Who sends, for instance `all`, `one` or `rr`.
    public var mode: String
    /// When messages are due, for instance `fixed` or `poisson`; absent for a closed loop.
    public var arrival: String?
    /// Orders a closed-loop client keeps unanswered; absent for an open loop.
    public var outstanding: Int?
    /// Further settings by flag name, as they were written.
    public var other: [String: String]

    /// Makes a record of settings.
    public init(
        rate: Double?, durationSeconds: Double, warmupSeconds: Double, messageSizeBytes: Int, clients: Int,
        balance: String? = nil, overflow: String = "block", mode: String = "all", arrival: String? = nil,
        outstanding: Int? = nil, other: [String: String] = [:]
    ) {
        self.rate = rate
        self.durationSeconds = durationSeconds
        self.warmupSeconds = warmupSeconds
        self.messageSizeBytes = messageSizeBytes
        self.clients = clients
        self.balance = balance
        self.overflow = overflow
        self.mode = mode
        self.arrival = arrival
        self.outstanding = outstanding
        self.other = other
    }

    /// The rate that was asked for, in one or two words.
    var askedRate: String {
        if let rate { return "\(Numbers.fixed(rate, decimals: 0))/s" }
        return outstanding == nil ? "max" : "closed loop"
    }

    /// What the rate is where none was asked for; nil where one was.
    var rateNote: String? {
        guard rate == nil else { return nil }
        return outstanding.map { "as fast as answers come, \($0) outstanding" } ?? "as fast as the links take them"
    }

    /// True when the overflow policy lets messages be lost, so that a loss with a known cause is no failure.
    public var allowsLoss: Bool { overflow == "drop" || overflow == "refuse" }
}

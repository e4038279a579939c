/// Why a delivery is missing, as far as evidence says.
public enum LossCause: String, CaseIterable, Sendable {
    /// It was sent on a link before the receiver's subscription had arrived there.
    case notYetSubscribed
    /// A sender had no room for it and counted the refusal.
    case refusedBySender
    /// It was handed to a link that drops when its queue is full (plain PUB), and did not come out.
    case fullQueue
    /// The link was interrupted during the run.
    case linkDown
    /// It was due before the receiver died, and the receiver's account died with it: what it had got is not known.
    case ledgerLost
    /// It was due after the receiver had died.
    case receiverDown
    /// The origin died before all knew its messages.
    case originDown
    /// A node on the way from the entry node to the receiver died.
    case forwarderDown
    /// The drain was cut short, with the message still on its way.
    case inFlightAtStop
    /// It arrived damaged and was thrown away.
    case corrupt
    /// It arrived so far behind newer ones that the window had passed it: it could not be told from a duplicate.
    case stale
    /// No evidence explains it: this fails the run.
    case unexplained

    /// The position among all causes.
    var ordinal: Int {
        switch self {
        case .notYetSubscribed: 0
        case .refusedBySender: 1
        case .fullQueue: 2
        case .linkDown: 3
        case .ledgerLost: 4
        case .receiverDown: 5
        case .originDown: 6
        case .forwarderDown: 7
        case .inFlightAtStop: 8
        case .corrupt: 9
        case .stale: 10
        case .unexplained: 11
        }
    }
}

/// Missing deliveries, by cause.
public struct LossCounts: Sendable, Equatable {
    private var counts = InlineArray<12, UInt64>(repeating: 0)

    /// No loss.
    public init() {}

    /// How many deliveries are missing for this cause.
    public subscript(cause: LossCause) -> UInt64 {
        get { counts[cause.ordinal] }
        set { counts[cause.ordinal] = newValue }
    }

    /// All missing deliveries.
    public var total: UInt64 {
        LossCause.allCases.reduce(0) { $0.addingSaturating(self[$1]) }
    }

    /// The causes that explain at least one missing delivery, with their counts.
    public var occurring: [(cause: LossCause, count: UInt64)] {
        LossCause.allCases.filter { self[$0] > 0 }.map { (cause: $0, count: self[$0]) }
    }

    /// The losses of both.
    public static func + (left: LossCounts, right: LossCounts) -> LossCounts {
        var sum = LossCounts()
        for cause in LossCause.allCases {
            sum[cause] = left[cause].addingSaturating(right[cause])
        }
        return sum
    }

    /// Adds the losses of `right`.
    public static func += (left: inout LossCounts, right: LossCounts) {
        left = left + right
    }

    /// Whether both have the same count for each cause.
    public static func == (left: LossCounts, right: LossCounts) -> Bool {
        LossCause.allCases.allSatisfy { left[$0] == right[$0] }
    }
}

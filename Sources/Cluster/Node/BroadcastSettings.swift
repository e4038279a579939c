public import Measurement

/// Which nodes broadcast of their own accord.
public enum BroadcastMode: String, Sendable, CaseIterable {
    /// None: the node only serves clients and forwards.
    case none
    /// Every node, all the time.
    case all
    /// One node.
    case one
    /// Each node in turn.
    case rr
    /// One node, which goes through sizes and rates.
    case explore
}

/// What a node broadcasts, and how often.
public struct BroadcastSettings: Sendable, Equatable {
    /// Which nodes broadcast.
    public var mode: BroadcastMode
    /// The node that broadcasts in the modes `one` and `explore`.
    public var broadcaster: Int
    /// Messages per second of this node while it broadcasts; infinite means as fast as they are taken.
    public var ratePerSecond: Double
    /// How long a turn lasts in mode `rr`.
    public var roundNanoseconds: UInt64
    /// How messages are spread around the rate.
    public var arrivals = Arrivals.fixed
    /// How the rate changes, instead of `ratePerSecond`; not in mode `rr`.
    public var rates: RatePlan?
    /// What is gone through in mode `explore`.
    public var explore: ExplorePlan?
    /// Seed of what is drawn at random; each node draws its own.
    public var seed: UInt64 = 1

    /// Makes settings.
    public init(
        mode: BroadcastMode = .none, broadcaster: Int = 0, ratePerSecond: Double = 1000,
        roundNanoseconds: UInt64 = 3_000_000_000
    ) {
        self.mode = mode
        self.broadcaster = broadcaster
        self.ratePerSecond = ratePerSecond
        self.roundNanoseconds = roundNanoseconds
    }
}

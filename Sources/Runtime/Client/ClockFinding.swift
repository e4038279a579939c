import Cluster
public import Measurement

/// What a client found out about a node's clock.
public struct ClockFinding: Sendable, Equatable {
    /// The node.
    public var node: Int
    /// Whether the times of both are of one clock, as far as anybody could see.
    public var isOneClock: Bool
    /// Whether the exchanges contradicted each other: a clock was set, or drifts too fast.
    public var isContradicted: Bool
    /// Exchanges that were believed.
    public var exchangeCount: Int
    /// How far what was taken off can have been from the truth, at most, in nanoseconds.
    public var errorNanoseconds: UInt64
    /// How far its clock was ahead at the end, in nanoseconds; nil when that is not known.
    public var offset: ClockOffset?
    /// How fast its clock went ahead, at least and at most, in parts per million; nil when that is not known.
    public var drift: ClosedRange<Double>?

    /// Makes a finding.
    public init(node: Int, isOneClock: Bool, isContradicted: Bool = false) {
        self.node = node
        self.isOneClock = isOneClock
        self.isContradicted = isContradicted
        exchangeCount = 0
        errorNanoseconds = 0
    }

    init(node: Int, survey: ClockSurvey, at now: UInt64) {
        self.init(node: node, isOneClock: survey.isOneClock, isContradicted: survey.isContradicted)
        exchangeCount = survey.track.exchangeCount
        errorNanoseconds = survey.errorNanoseconds
        offset = survey.track.offset(at: now)
        drift = survey.track.driftPartsPerMillion.map { $0.lowest...$0.highest }
    }

    /// Of two findings about one clock, that which says less.
    func worse(of other: ClockFinding) -> ClockFinding {
        if isContradicted != other.isContradicted { return isContradicted ? self : other }
        if isOneClock != other.isOneClock { return isOneClock ? other : self }
        return errorNanoseconds >= other.errorNanoseconds ? self : other
    }
}

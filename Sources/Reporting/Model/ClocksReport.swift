/// What latencies rest on: whether all times are of one clock and, if not, how far the clocks were apart.
public struct ClocksReport: Codable, Sendable, Equatable {
    /// What latencies can rest on.
    public enum Kind: String, Codable, Sendable {
        /// All nodes and the client read one clock.
        case one
        /// Offsets were measured and taken off.
        case compared
        /// No offset explains what was measured.
        case contradictory
    }

    /// What the latencies rest on.
    public var kind: Kind
    /// How far a latency can be wrong for it, at most, in nanoseconds; 0 with one clock.
    public var errorNanoseconds: UInt64
    /// Each node's clock.
    public var nodes: [NodeClock]

    /// The clock of one node, compared with the client's.
    public struct NodeClock: Codable, Sendable, Equatable {
        /// The node.
        public var node: Int
        /// What its latencies rest on.
        public var kind: Kind
        /// How many exchanges were made.
        public var exchanges: Int
        /// By how much its clock was ahead at the end, in nanoseconds: the middle of what is possible.
        public var aheadNanoseconds: Int64?
        /// How far that can be wrong, to either side.
        public var uncertaintyNanoseconds: UInt64?
        /// How fast its clock went ahead, at least, in parts per million.
        public var driftLowestPartsPerMillion: Double?
        /// How fast its clock went ahead, at most, in parts per million.
        public var driftHighestPartsPerMillion: Double?
        /// How far what was taken off can have been wrong at any time of the run, in nanoseconds.
        public var errorNanoseconds: UInt64

        /// Makes a record of a clock.
        public init(
            node: Int, kind: Kind, exchanges: Int, aheadNanoseconds: Int64? = nil,
            uncertaintyNanoseconds: UInt64? = nil, driftPartsPerMillion: (lowest: Double, highest: Double)? = nil,
            errorNanoseconds: UInt64 = 0
        ) {
            self.node = node
            self.kind = kind
            self.exchanges = exchanges
            self.aheadNanoseconds = aheadNanoseconds
            self.uncertaintyNanoseconds = uncertaintyNanoseconds
            driftLowestPartsPerMillion = driftPartsPerMillion?.lowest
            driftHighestPartsPerMillion = driftPartsPerMillion?.highest
            self.errorNanoseconds = errorNanoseconds
        }
    }

    /// Sums up what is known of each node's clock.
    public init(nodes: [NodeClock]) {
        self.nodes = nodes
        errorNanoseconds = nodes.map(\.errorNanoseconds).max() ?? 0
        let kinds = Set(nodes.map(\.kind))
        kind = kinds.contains(.contradictory) ? .contradictory : kinds.contains(.compared) ? .compared : .one
    }
}

extension ClocksReport {
    /// What the latencies rest on, in a line.
    func line(_ style: TextStyle) -> String {
        switch kind {
        case .one:
            let widest = nodes.compactMap(\.uncertaintyNanoseconds).max()
            let comparison = widest.map { "; compared: the same to \(style.plusMinus)\(style.duration(Double($0)))" }
            return "one clock (CLOCK_MONOTONIC of one host\(comparison ?? ""))"
        case .compared:
            return "several clocks that were compared, and are right to "
                + "\(style.plusMinus)\(style.duration(Double(errorNanoseconds)))"
        case .contradictory:
            let strange = nodes.filter { $0.kind == .contradictory }.map { "\($0.node)" }.joined(separator: ", ")
            return "clocks that cannot be compared: that of node \(strange) was set, or drifts by more than any quartz"
        }
    }

    /// The clocks that are not the client's, a line for each.
    func lines(_ style: TextStyle) -> [String] {
        nodes.filter { $0.kind != .one }.map { clock in
            var text = "Node \(clock.node): "
            if let ahead = clock.aheadNanoseconds, let uncertainty = clock.uncertaintyNanoseconds {
                text += style.longDuration(Double(ahead.magnitude)) + (ahead < 0 ? " behind" : " ahead")
                text += " \(style.plusMinus)\(style.duration(Double(uncertainty)))"
            } else {
                text += "no offset fits"
            }
            if let lowest = clock.driftLowestPartsPerMillion, let highest = clock.driftHighestPartsPerMillion {
                text += ", drift \(Self.signed(lowest)) to \(Self.signed(highest)) ppm"
            }
            return text + " (\(clock.exchanges) exchanges)"
        }
    }

    private static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + Numbers.fixed(value, decimals: 1)
    }
}

import Measurement
public import Wire

/// What all nodes have in common: it changes only by what the log says, in the log's order.
public struct ReplicatedState: Sendable {
    private var sessions = Sessions()
    private var chain: UInt64 = Self.seed
    /// Orders that were executed, each once.
    public private(set) var executed: UInt64 = 0
    /// Orders that came again and were not executed again.
    public private(set) var repeated: UInt64 = 0
    /// Orders that were refused.
    public private(set) var refused: UInt64 = 0

    private static let seed: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// The state before the first entry.
    public init() {}

    /// What became of an order.
    public enum Outcome: Sendable, Equatable {
        /// It was executed.
        case executed
        /// It had been executed before.
        case repeated
        /// It changed nothing, for this reason.
        case refused(UInt16)

        /// The reason on the wire; 0 when it was taken.
        public var reason: UInt16 {
            if case .refused(let reason) = self { reason } else { 0 }
        }
    }

    /// Executes an order, if it has its turn.
    public mutating func apply(_ header: Header, payload: RawSpan) -> Outcome {
        switch sessions.take(header) {
        case .next:
            executed += 1
            note(header, reason: 0)
            return .executed
        case .again:
            repeated += 1
            return .repeated
        case .tooEarly: return refuse(header, .outOfOrder)
        case .noRoom: return refuse(header, .tooManyStreams)
        }
    }

    private mutating func refuse(_ header: Header, _ reason: RefusalReason) -> Outcome {
        refused += 1
        return .refused(reason.rawValue)
    }

    /// Agrees between two nodes exactly when they executed the same orders in the same order.
    public var stateHash: UInt64 { chain }

    /// How many orders of a stream were executed.
    public func executed(ofOrigin origin: UInt32, incarnation: UInt32) -> UInt64 {
        sessions.executed(of: StreamKey(origin: origin, incarnation: incarnation))
    }

    private mutating func note(_ header: Header, reason: UInt16) {
        mix(UInt64(header.origin) << 32 | UInt64(header.incarnation))
        mix(header.index << 16 | UInt64(reason))
    }

    /// Takes a word into the chain: xor, multiply, rotate, so that every bit reaches every other in two steps.
    private mutating func mix(_ word: UInt64) {
        let product = (chain ^ word) &* 0xff51_afd7_ed55_8ccd
        chain = product << 31 | product >> 33
    }

    // MARK: - Snapshots

    /// The whole state as bytes, with who votes after it.
    public func snapshot(voters: Voters) -> [UInt8] {
        var writer = ByteWriter()
        voters.write(to: &writer)
        for value in [chain, executed, repeated, refused] { writer.write(value) }
        sessions.write(to: &writer)
        return writer.bytes
    }

    /// Takes a state over, and who votes after it.
    public static func restore(_ bytes: [UInt8]) throws(WireError) -> (state: ReplicatedState, voters: Voters) {
        var reader = ByteReader(bytes)
        let voters = try Voters(from: &reader)
        var state = ReplicatedState()
        state.chain = try reader.read("chain", as: UInt64.self)
        state.executed = try reader.read("executed", as: UInt64.self)
        state.repeated = try reader.read("repeated", as: UInt64.self)
        state.refused = try reader.read("refused", as: UInt64.self)
        state.sessions = try Sessions(from: &reader)
        guard reader.remaining == 0 else { throw WireError(field: "end of snapshot") }
        return (state, voters)
    }
}

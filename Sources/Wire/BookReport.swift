/// What a node says of the order book that it keeps for itself.
///
/// Everything is counted from the node's beginning, warm-ups included.
public struct BookReport: Sendable, Equatable {
    /// Whether the node keeps a book of its own; otherwise everything else is 0.
    public var hasBook = false
    /// The node's id.
    public var node: UInt16 = 0
    /// Orders that were executed, each once; those that the book refused included.
    public var taken: UInt64 = 0
    /// Orders that came again and were not executed again.
    public var repeated: UInt64 = 0
    /// Orders that the book refused, by reason: those of `RefusalReason.ofTheBook`, then the next one, and so on.
    public var rejected: [UInt64] = []
    /// Trades that the book made.
    public var trades: UInt64 = 0
    /// Those of them that measured orders made.
    public var measuredTrades: UInt64 = 0
    /// Lots that were traded.
    public var lots: UInt64 = 0
    /// Messages that told the other nodes of the trades.
    public var tradeFrames: UInt64 = 0
    /// Trades of other nodes that this one was told of.
    public var heard: UInt64 = 0
    /// Those of them that measured orders made.
    public var measuredHeard: UInt64 = 0
    /// Events of other nodes that do not tell of trades.
    public var unreadable: UInt64 = 0
    /// Orders that rest in the book.
    public var resting: UInt64 = 0
    /// At how many prices, summed over symbols and sides.
    public var levels: UInt64 = 0
    /// A hash of what changed the book: an order that is refused leaves it as it is.
    public var bookHash: UInt64 = 0

    /// An empty report.
    public init() {}

    private static var fields: [WritableKeyPath<BookReport, UInt64>] {
        [
            \.taken, \.repeated, \.trades, \.measuredTrades, \.lots, \.tradeFrames, \.heard, \.measuredHeard,
            \.unreadable, \.resting, \.levels, \.bookHash,
        ]
    }

    func write(to writer: inout ByteWriter) {
        writer.write(hasBook)
        writer.write(node)
        for field in Self.fields { writer.write(self[keyPath: field]) }
        writer.write(rejected) { $0.write($1) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        hasBook = try reader.readFlag("has a book")
        node = try reader.read("node", as: UInt16.self)
        for field in Self.fields { self[keyPath: field] = try reader.read("book", as: UInt64.self) }
        rejected = try reader.readArray("rejected", elementBytesMin: 8) { reader throws(WireError) in
            try reader.read("rejected", as: UInt64.self)
        }
    }
}

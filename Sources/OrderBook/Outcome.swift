/// Why the book did not take an order.
///
/// The raw values are reasons of refusals on the wire, behind those that a node has of its own.
public enum OrderRefusal: UInt16, Sendable, CaseIterable, CustomStringConvertible {
    /// A limit or market order for no lots, or for less.
    case quantity = 16
    /// A limit below one tick or above `Market.priceMax`.
    case price = 17
    /// A symbol that the market does not have.
    case symbol = 18
    /// An order with this id rests in the book.
    case duplicateID = 19
    /// No order with this id rests in the book: it was filled, cancelled, or never there.
    case unknownID = 20
    /// As many orders rest as there may, so no limit order is taken.
    case bookFull = 21
    /// The payload is no order at all.
    case malformed = 22

    /// A word for logs and reports.
    public var name: String {
        switch self {
        case .quantity: "quantity"
        case .price: "price"
        case .symbol: "symbol"
        case .duplicateID: "duplicate id"
        case .unknownID: "unknown id"
        case .bookFull: "book full"
        case .malformed: "no order"
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .quantity: "an order is for at least one lot"
        case .price: "a limit is from 1 to \(Market.priceMax) ticks"
        case .symbol: "the market has no such symbol"
        case .duplicateID: "an order with this id rests in the book"
        case .unknownID: "no order with this id rests in the book"
        case .bookFull: "as many orders rest in the book as there may"
        case .malformed: "the payload is no order for the book"
        }
    }
}

/// What became of one command.
public enum Outcome: Sendable, Equatable {
    /// A limit or market order was taken: so many lots were traded at once, so many rest.
    ///
    /// Of a limit order the two sum to its quantity. Nothing of a market order rests: what found nobody is given up.
    case accepted(filledLots: Int32, restingLots: Int32)
    /// An order was taken out of the book, with what was left of it.
    case cancelled(lots: Int32)
    /// Nothing was changed, except that the command was counted.
    case refused(OrderRefusal)

    /// A number that differs for different outcomes.
    var word: UInt64 {
        switch self {
        case .accepted(let filled, let resting):
            UInt64(UInt32(bitPattern: filled)) << 32 | UInt64(UInt32(bitPattern: resting))
        case .cancelled(let lots): 1 << 63 | UInt64(UInt32(bitPattern: lots))
        case .refused(let reason): 3 << 62 | UInt64(reason.rawValue)
        }
    }
}

import Measurement
public import Wire

/// What is wrong with an order that is wrong on purpose.
public enum OrderFault: UInt8, Sendable, CaseIterable {
    /// For no lots.
    case zeroQuantity
    /// For less than no lots.
    case negativeQuantity
    /// At a price below one tick or above the highest.
    case price
    /// For a symbol that there is not.
    case symbol
    /// By the name of an order that rests.
    case duplicateID
    /// Cancels an order that there never was.
    case unknownID
    /// No order at all.
    case garbage

    /// How the book must answer.
    public var refusal: OrderRefusal {
        switch self {
        case .zeroQuantity, .negativeQuantity: .quantity
        case .price: .price
        case .symbol: .symbol
        case .duplicateID: .duplicateID
        case .unknownID: .unknownID
        case .garbage: .malformed
        }
    }
}

/// An order as a client sends it.
public struct DrawnOrder: Sendable, Equatable {
    /// The order; of garbage, what is garbled.
    public let order: OrderPayload
    /// What is wrong with it on purpose; nil when nothing is.
    public let fault: OrderFault?

    /// Makes an order.
    public init(_ order: OrderPayload, fault: OrderFault? = nil) {
        self.order = order
        self.fault = fault
    }

    /// Writes it into the first 24 bytes of a payload.
    public func encode(into payload: UnsafeMutableRawBufferPointer) {
        order.encode(into: payload)
        // Kind and side say what nothing is.
        if fault == .garbage { payload.storeBigEndian(UInt16.max, at: OrderPayload.size - 2) }
    }
}

/// Decides when an order is wrong, and how.
struct FaultSource: Sendable {
    private var random: SeededGenerator
    /// Wrong orders so far.
    private(set) var count: UInt64 = 0
    /// Whether the order was made that is imitated.
    var hasModel = false

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Whether the next order is wrong, and how: each way as often as the others.
    mutating func next(share: Double) -> OrderFault? {
        guard Double(random.next() >> 11) < share * 0x1p53 else { return nil }
        defer { count += 1 }
        return OrderFault.allCases[Int(count % UInt64(OrderFault.allCases.count))]
    }
}

extension OrderMix {
    /// The next order, which is wrong on purpose with the probability of the settings.
    ///
    /// The book answers every wrong one with its own reason, whatever else happens: before the first there is an order
    /// that rests for good, because nobody else orders its symbol and it is for more lots than anybody wants.
    public mutating func draw() -> DrawnOrder {
        guard settings.badShare > 0 else { return DrawnOrder(next()) }
        guard faults.hasModel else {
            faults.hasModel = true
            return DrawnOrder(model)
        }
        guard let fault = faults.next(share: settings.badShare) else { return DrawnOrder(next()) }
        return DrawnOrder(wrong(fault), fault: fault)
    }

    /// The order that rests for good, by the last but one name of the lane.
    private var model: OrderPayload {
        OrderPayload(
            id: id(Self.serialMax - 1), kind: .limit, side: .buy, price: 1, quantity: .max,
            symbol: settings.symbolCount - 1)
    }

    private static var serialMax: UInt64 { 1 << laneBits - 1 }

    private func wrong(_ fault: OrderFault) -> OrderPayload {
        // A name that no order has, so that nothing but the fault speaks against it.
        var order = model
        order.id = id(Self.serialMax)
        order.quantity = 1
        switch fault {
        case .zeroQuantity: order.quantity = 0
        case .negativeQuantity: order.quantity = faults.count % 2 == 0 ? -1 : .min
        case .price: order.price = [0, -1, Market.priceMax + 1][Int(faults.count % 3)]
        case .symbol: order.symbol = settings.unknownSymbol
        case .duplicateID: order.id = model.id
        case .unknownID: order.kind = .cancel
        case .garbage: break
        }
        return order
    }
}

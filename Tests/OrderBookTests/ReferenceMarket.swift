import OrderBook
import Wire

/// A mistake that a market could make.
enum Mistake: String, CaseIterable, Sendable {
    case newestFirst, worstPriceFirst, tradesAtTheTakersPrice, marketOrdersRest, duplicatesAreTaken, cancelsDoNothing
    case equalPricesDoNotTrade, fullOnlyAfterMatching, cancelsOnlyInTheirSymbol, clientsDoNotTradeWithThemselves
    case partlyFilledGoToTheEnd, fillsAreRememberedAsDuplicates, refusesTheHighestPrice, forgetsWhatIsLeft
}

/// The market as it would be explained: each side a sorted array, searched from the front.
struct ReferenceMarket {
    struct Entry: Equatable {
        let id: UInt64
        let price: Int64
        var lots: Int32
    }

    let rules: MarketRules
    let mistake: Mistake?
    /// By symbol, buyers before sellers; the first is the next to trade.
    private(set) var books: [[Entry]]
    private(set) var tradeCount: UInt64 = 0
    private(set) var lotsTraded: UInt64 = 0
    private var filled: Set<UInt64> = []

    init(rules: MarketRules, mistake: Mistake? = nil) {
        self.rules = rules
        self.mistake = mistake
        books = Array(repeating: [], count: rules.symbolCount * 2)
    }

    var restingCount: Int { books.reduce(0) { $0 + $1.count } }

    mutating func apply(_ order: OrderPayload) -> (outcome: Outcome, trades: [Trade]) {
        if order.kind == .cancel { return (cancel(order), []) }
        if let refusal = refusal(of: order) { return (.refused(refusal), []) }
        let (trades, left) = match(order)
        tradeCount += UInt64(trades.count)
        lotsTraded += trades.reduce(0) { $0 + UInt64($1.quantity) }
        var resting: Int32 = 0
        if left > 0, order.kind == .limit || mistake == .marketOrdersRest {
            if mistake == .fullOnlyAfterMatching, restingCount >= rules.restingMax {
                return (.refused(.bookFull), trades)
            }
            resting = left
            if mistake != .forgetsWhatIsLeft || trades.isEmpty { rest(order, lots: left) }
        }
        return (.accepted(filledLots: order.quantity - left, restingLots: resting), trades)
    }

    private func refusal(of order: OrderPayload) -> OrderRefusal? {
        let priceMax = mistake == .refusesTheHighestPrice ? Market.priceMax - 1 : Market.priceMax
        if Int(order.symbol) >= rules.symbolCount { return .symbol }
        if order.quantity < 1 { return .quantity }
        if order.kind == .limit, order.price < 1 || order.price > priceMax { return .price }
        let isThere = books.contains { $0.contains { $0.id == order.id } }
        if isThere && mistake != .duplicatesAreTaken { return .duplicateID }
        if mistake == .fillsAreRememberedAsDuplicates, filled.contains(order.id) { return .duplicateID }
        let isFull = restingCount >= rules.restingMax && mistake != .fullOnlyAfterMatching
        return order.kind == .limit && isFull ? .bookFull : nil
    }

    private mutating func match(_ order: OrderPayload) -> (trades: [Trade], left: Int32) {
        let makers = Int(order.symbol) * 2 + (order.side == .buy ? 1 : 0)
        var trades: [Trade] = []
        var left = order.quantity
        while left > 0, let place = nextMaker(for: order, in: books[makers]) {
            var maker = books[makers][place]
            let lots = min(left, maker.lots)
            left -= lots
            maker.lots -= lots
            trades.append(
                Trade(
                    maker: maker.id, taker: order.id,
                    price: mistake == .tradesAtTheTakersPrice && order.kind == .limit ? order.price : maker.price,
                    quantity: lots, symbol: order.symbol))
            books[makers][place] = maker
            if maker.lots == 0 {
                filled.insert(maker.id)
                books[makers].remove(at: place)
            } else if mistake == .partlyFilledGoToTheEnd {
                books[makers].remove(at: place)
                insert(maker, in: makers)
            }
        }
        return (trades, left)
    }

    private func nextMaker(for order: OrderPayload, in makers: [Entry]) -> Int? {
        let candidates = makers.indices.filter { place in
            let price = makers[place].price
            if mistake == .clientsDoNotTradeWithThemselves,
                OrderPayload.clientNumber(of: makers[place].id) == OrderPayload.clientNumber(of: order.id)
            {
                return false
            }
            if order.kind == .market { return true }
            if mistake == .equalPricesDoNotTrade && price == order.price { return false }
            return order.side == .buy ? price <= order.price : price >= order.price
        }
        guard let first = candidates.first, let last = candidates.last else { return nil }
        switch mistake {
        case .worstPriceFirst: return candidates.first { makers[$0].price == makers[last].price }
        case .newestFirst: return candidates.last { makers[$0].price == makers[first].price }
        default: return first
        }
    }

    private mutating func rest(_ order: OrderPayload, lots: Int32) {
        insert(
            Entry(id: order.id, price: order.price, lots: lots),
            in: Int(order.symbol) * 2 + Int(order.side.rawValue))
    }

    private mutating func insert(_ entry: Entry, in book: Int) {
        let isBuy = book % 2 == 0
        let place = books[book].firstIndex { isBuy ? $0.price < entry.price : $0.price > entry.price }
        books[book].insert(entry, at: place ?? books[book].endIndex)
    }

    private mutating func cancel(_ order: OrderPayload) -> Outcome {
        for book in books.indices {
            guard let place = books[book].firstIndex(where: { $0.id == order.id }) else { continue }
            if mistake == .cancelsOnlyInTheirSymbol, book / 2 != Int(order.symbol) { continue }
            let lots = books[book][place].lots
            if mistake != .cancelsDoNothing { books[book].remove(at: place) }
            return .cancelled(lots: lots)
        }
        return .refused(.unknownID)
    }

    /// What rests, as a market shows it.
    var resting: [OrderPayload] {
        books.enumerated().flatMap { book, entries in
            entries.map { entry in
                OrderPayload.limit(
                    entry.id, book % 2 == 0 ? .buy : .sell, entry.price, entry.lots, symbol: UInt16(book / 2))
            }
        }
    }

    func depth(of side: OrderSide, symbol: UInt16) -> MarketDepth {
        let book = books[Int(symbol) * 2 + Int(side.rawValue)]
        let best = book.first?.price
        return MarketDepth(
            orders: book.count, levels: Set(book.map(\.price)).count, lots: book.reduce(0) { $0 + Int64($1.lots) },
            bestPrice: best, bestLots: book.filter { $0.price == best }.reduce(0) { $0 + Int64($1.lots) })
    }
}

import Cluster
import OrderBook
import Testing
import Topology
import Wire

/// Orders in, answers and trades out.
@Suite struct SoloBookTests {
    private static func header(_ index: UInt64, isWarmup: Bool = false) -> Header {
        Header(
            kind: .order, origin: Origin.client(1, enteringAt: 0), index: index,
            incarnation: isWarmup ? 5 | Header.warmupBit : 5)
    }

    private static func limit(
        _ serial: UInt64, _ side: OrderSide, _ price: Int64, _ quantity: Int32 = 1, symbol: UInt16 = 0
    ) -> OrderPayload {
        OrderPayload(
            id: OrderPayload.id(client: 1, serial: serial), kind: .limit, side: side, price: price, quantity: quantity,
            symbol: symbol)
    }

    private static func execute(
        _ book: inout SoloBook, _ order: OrderPayload, isWarmup: Bool = false, at now: UInt64 = 1
    ) -> UInt16 {
        book.execute(Self.header(book.taken, isWarmup: isWarmup), payload: order.payload.span.bytes) { now }
    }

    private static func execute(_ book: inout SoloBook, _ payload: [UInt8], at index: UInt64) -> UInt16 {
        book.execute(header(index), payload: payload.span.bytes) { 1 }
    }

    private static func apply(
        _ state: inout ReplicatedState, _ payload: [UInt8], at index: UInt64
    ) -> ReplicatedState.Outcome {
        state.apply(header(index), payload: payload.span.bytes)
    }

    private static func trades(_ frames: [SoloBook.TradeFrame]) -> [Trade] {
        frames.flatMap { TradesPayload.decode($0.payload.span.bytes) ?? [] }
    }

    @Test func anOrderThatFindsNobodyIsTakenAndTellsNobody() {
        var book = SoloBook()
        #expect(Self.execute(&book, Self.limit(1, .buy, 10)) == 0)
        #expect(book.takeFrames().isEmpty && book.report.resting == 1 && book.report.trades == 0)
    }

    @Test func theTradesOfABatchShareAMessage() throws {
        var book = SoloBook()
        for serial in 1...3 as ClosedRange<UInt64> { #expect(Self.execute(&book, Self.limit(serial, .sell, 10)) == 0) }
        #expect(Self.execute(&book, Self.limit(4, .buy, 10, 2), at: 70) == 0)
        #expect(Self.execute(&book, Self.limit(5, .buy, 12), at: 80) == 0)
        let frames = book.takeFrames()
        let frame = try #require(frames.first)
        #expect(frames.count == 1 && frame.index == 0 && !frame.isWarmup && frame.dueNanoseconds == 70)
        let makers = Self.trades(frames).map { $0.maker & 0xFF }
        let takers = Self.trades(frames).map { $0.taker & 0xFF }
        #expect(makers == [1, 2, 3] && takers == [4, 4, 5])
        #expect(Self.trades(frames).allSatisfy { $0.price == 10 && $0.quantity == 1 })
        #expect(book.takeFrames().isEmpty && book.report.tradeFrames == 1 && book.report.lots == 3)
    }

    @Test(arguments: [1, 511, 512, 513, 2_000])
    func messagesAreBounded(makers: Int) {
        var book = SoloBook()
        for serial in 0..<makers { _ = Self.execute(&book, Self.limit(UInt64(serial), .sell, 5)) }
        _ = Self.execute(&book, Self.limit(1 << 20, .buy, 5, Int32(makers)))
        let frames = book.takeFrames()
        #expect(frames.map(\.index) == (0..<UInt64((makers + 511) / 512)).map { $0 })
        #expect(frames.allSatisfy { $0.payload.count <= 4 + 30 * 512 })
        #expect(Self.trades(frames).map { Int($0.maker & 0xFFFFF) } == Array(0..<makers))
    }

    @Test func warmUpAndMeasuredTradesAreStreamsApart() {
        var book = SoloBook()
        for (place, isWarmup) in [true, true, false, true].enumerated() {
            _ = Self.execute(&book, Self.limit(UInt64(place * 2), .sell, 5))
            _ = Self.execute(&book, Self.limit(UInt64(place * 2 + 1), .buy, 5), isWarmup: isWarmup)
        }
        let frames = book.takeFrames()
        #expect(frames.map(\.isWarmup) == [true, false, true] && frames.map(\.index) == [0, 0, 1])
        #expect(book.report.trades == 4 && book.report.measuredTrades == 1)
        let ended = book.end()
        #expect(ended.warmup == 2 && ended.measured == 1 && book.isEnded)
    }

    /// What is wrong, and the reason on the wire that it must be answered with.
    static let wrong: [(payload: [UInt8], reason: UInt16)] = {
        var garbage = limit(9, .buy, 10).payload
        garbage[22] = 0
        var side = limit(9, .buy, 10).payload
        side[23] = 2
        return [
            (limit(9, .buy, 10, 0).payload, 16), (limit(9, .buy, 10, -1).payload, 16),
            (limit(9, .buy, 10, .min).payload, 16), (limit(9, .sell, 0).payload, 17),
            (limit(9, .sell, -1).payload, 17), (limit(9, .sell, Market.priceMax + 1).payload, 17),
            (limit(9, .buy, 10, symbol: 16).payload, 18), (limit(9, .buy, 10, symbol: .max).payload, 18),
            (limit(1, .buy, 10).payload, 19),
            (OrderPayload(id: OrderPayload.id(client: 1, serial: 9), kind: .cancel).payload, 20),
            ([], 22), (Array(limit(9, .buy, 10).payload.dropLast()), 22), (garbage, 22), (side, 22),
        ]
    }()

    @Test(arguments: 0..<SoloBookTests.wrong.count)
    func whatIsWrongIsRefusedForItsReasonAndChangesNothing(place: Int) {
        let (payload, reason) = Self.wrong[place]
        var book = SoloBook()
        _ = Self.execute(&book, Self.limit(1, .buy, 8, 5))
        _ = Self.execute(&book, Self.limit(2, .sell, 12, 5))
        let before = book
        #expect(Self.execute(&book, payload, at: 2) == reason)
        #expect(book.report.bookHash == before.report.bookHash)
        #expect(book.market.contentDigest == before.market.contentDigest && book.takeFrames().isEmpty)
        #expect(book.report.rejected[Int(reason) - 16] == 1 && book.report.rejected.reduce(0, +) == 1)
        #expect(book.report.taken == before.report.taken + 1)
    }

    @Test(arguments: 0..<SoloBookTests.wrong.count)
    func theBookOfAllRefusesItForTheSameReason(place: Int) {
        let (payload, reason) = Self.wrong[place]
        var state = ReplicatedState(workload: .orders)
        let resting = [Self.limit(1, .buy, 8, 5), Self.limit(2, .sell, 12, 5)]
        for (index, order) in resting.enumerated() {
            #expect(Self.apply(&state, order.payload, at: UInt64(index)).reason == 0)
        }
        let before = state.market?.contentDigest
        let outcome = Self.apply(&state, payload, at: 2)
        #expect(outcome.isExecuted && outcome.reason == reason)
        #expect(state.market?.contentDigest == before && state.market?.tradeCount == 0 && state.refused == 1)
        // Sent again it is neither executed nor refused again, and what all agree on stays as it is.
        let hash = state.stateHash
        #expect(!Self.apply(&state, payload, at: 2).isExecuted)
        #expect(state.stateHash == hash && state.executed == 3 && state.repeated == 1)
    }

    @Test func whatChangesTheBookChangesItsHash() {
        var book = SoloBook()
        var hashes: Set<UInt64> = [book.report.bookHash]
        for order in [Self.limit(1, .buy, 8), Self.limit(2, .sell, 8), Self.limit(3, .buy, 8)] {
            _ = Self.execute(&book, order)
            #expect(hashes.insert(book.report.bookHash).inserted)
        }
    }

    /// However orders fall on the nodes: what each node hears is what the others made.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func tradesHeardAreTradesMade(seed: UInt64) {
        let nodes = 2 + Int(seed % 4)
        var books = (0..<nodes).map { SoloBook(salt: UInt64($0)) }
        var mixes = (0..<nodes).map { lane in
            var settings = OrderMixSettings()
            settings.waitingMax = 40
            settings.badShare = Double(seed % 3) / 10
            return OrderMix(seed: seed, client: 1, lane: lane, settings: settings)
        }
        var rejected: UInt64 = 0
        for step in 0..<4_000 {
            let node = Int(UInt64(step) &* seed / 3 % UInt64(nodes))
            let drawn = mixes[node].draw()
            var payload = [UInt8](repeating: 0, count: 24)
            payload.withUnsafeMutableBytes { drawn.encode(into: $0) }
            let reason = books[node].execute(
                Self.header(books[node].taken, isWarmup: step < 1_000), payload: payload.span.bytes
            ) { UInt64(step) }
            if reason != 0 { rejected += 1 }
            guard step % 7 == 0 || step == 3_999 else { continue }
            for maker in 0..<nodes {
                for frame in books[maker].takeFrames() {
                    for hearer in 0..<nodes where hearer != maker {
                        books[hearer].hear(
                            trades: TradesPayload.count(in: frame.payload.span.bytes), isWarmup: frame.isWarmup)
                    }
                }
            }
        }
        let reports = books.map(\.report)
        let made = reports.reduce(0) { $0 + $1.trades }
        let measured = reports.reduce(0) { $0 + $1.measuredTrades }
        #expect(made > measured && measured > 0)
        for report in reports {
            #expect(report.heard == made - report.trades && report.unreadable == 0)
            #expect(report.measuredHeard == measured - report.measuredTrades)
        }
        #expect(reports.reduce(0) { $0 + $1.taken } == 4_000)
        #expect(reports.reduce(0) { $0 + $1.rejected.reduce(0, +) } == rejected)
    }

    // MARK: - In the node

    private static func core(bookSalt: UInt64? = 3) throws -> NodeCore {
        let graph = try LinkGraph(.mesh, nodes: 1)
        var settings = NodeCoreSettings(
            broadcast: BroadcastSettings(), isLeader: false, heartbeatIntervalNanoseconds: 1_000_000, incarnation: 5)
        settings.bookSalt = bookSalt
        var core = NodeCore(plan: NodePlan(graph: graph, id: 0, clusterName: "zbed"), settings: settings)
        _ = core.tick(at: 1)
        return core
    }

    @Test func theEndsCountTheMessagesAndNothingIsTakenAfterThem() throws {
        var core = try Self.core()
        #expect(core.orderRefusal == nil)
        for (index, order) in [Self.limit(1, .sell, 5), Self.limit(2, .buy, 5)].enumerated() {
            _ = core.book?.execute(Self.header(UInt64(index)), payload: order.payload.span.bytes) { 9 }
        }
        for (header, payload) in core.takeTrades() {
            #expect(header.kind == .event && header.incarnation == 5 && header.index == 0)
            #expect(Int(header.payloadLength) == payload.count)
            core.tradesHanded(header, accepted: true)
        }
        #expect(core.status(at: 10).sent == 1 && core.bookReport.hasBook)
        let ends = core.stop().compactMap { effect -> [UInt64]? in
            guard case .publish(let header, _) = effect, header.kind == .end else { return nil }
            return [UInt64(header.incarnation), header.index]
        }
        #expect(ends == [[UInt64(5 | Header.warmupBit), 0], [5, 1]])
        #expect(core.stop().isEmpty && core.orderRefusal == .stopping)
    }

    @Test func aNodeWithoutABookEndsNothing() throws {
        var core = try Self.core(bookSalt: nil)
        #expect(core.stop().isEmpty && core.orderRefusal == nil && !core.bookReport.hasBook)
    }
}

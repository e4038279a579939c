import Measurement
import Testing

@testable import Cluster

@Suite struct LoadShareTests {
    /// Every way to divide up to nine clients.
    static let divisions = (1...9).flatMap { clients in (1...clients).map { (clients, $0) } }

    @Test(arguments: divisions)
    func everyClientBelongsToOneWorker(clients: Int, workers: Int) throws {
        let shares = LoadShare.divided(clients: clients, workers: workers)
        let numbers = shares.flatMap { share in (0..<share.clients).map { share.number(of: $0) } }
        #expect(numbers.sorted() == Array(0..<clients))
        let sizes = shares.map(\.clients)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1 && (sizes.min() ?? 0) > 0)
    }

    @Test(arguments: divisions)
    func everyOrderBelongsToTheWorkerOfItsClient(clients: Int, workers: Int) throws {
        var senders: [UInt64: Int] = [:]
        let orders: UInt64 = 200
        for share in LoadShare.divided(clients: clients, workers: workers) {
            var number = share.firstOwn(from: 0)
            var count: UInt64 = 0
            while number < orders {
                #expect(senders.updateValue(share.worker, forKey: number) == nil, "order \(number) has two senders")
                #expect(share.number(of: share.client(of: number)) == Int(number) % clients)
                count += 1
                #expect(share.count(of: number + 1) == count)
                number = share.firstOwn(from: number + 1)
            }
            #expect(share.count(of: orders) == count)
        }
        #expect(senders.count == Int(orders))
    }

    @Test(arguments: divisions)
    func ratesAddUpToTheWhole(clients: Int, workers: Int) throws {
        let rates = LoadShare.divided(clients: clients, workers: workers).map { $0.rate(of: Double(clients) * 64) }
        // Multiples of 64 are exact in binary, so nothing may be lost.
        #expect(rates.reduce(0, +) == Double(clients) * 64)
    }

    /// When an order is due, who sends it, and to which node.
    struct Order: Hashable {
        var number: UInt64
        var due: UInt64
        var client: Int
        var node: Int
    }

    static func orders(_ shape: LoadShape, _ balance: BalancePolicy, clients: Int, share: LoadShare) throws -> [Order] {
        var plan = LoadPlan(clients: share.clients, nodes: 4, balance: balance, seed: 7, share: share)
        var schedule = try #require(shape.measured(from: 1_000, to: 1_000_000_000, steady: 997, seed: 7))
        var orders: [Order] = []
        if plan.isShared { plan.share.passOthers(&schedule) }
        while schedule.nextNanoseconds < .max {
            let client = plan.client(of: schedule.count)
            orders.append(
                Order(
                    number: schedule.count, due: schedule.nextNanoseconds, client: share.number(of: client),
                    node: plan.node(of: schedule.count, client: client)))
            schedule.advance()
            if plan.isShared { plan.share.passOthers(&schedule) }
        }
        return orders
    }

    static let shapes: [LoadShape] = {
        var poisson = LoadShape()
        poisson.arrivals = .poisson
        var burst = LoadShape()
        burst.arrivals = .burst(7)
        var replay = LoadShape()
        replay.arrivals = .replay((0..<500).map { $0 * $0 * 3_000 })
        return [LoadShape(), poisson, burst, replay]
    }()

    @Test(arguments: shapes, [BalancePolicy.roundRobin, .random, .hash])
    func theSameOrdersAreSentByOneProcessAndByMany(shape: LoadShape, balance: BalancePolicy) throws {
        let clients = 7
        let whole = try Self.orders(shape, balance, clients: clients, share: .whole(clients: clients))
        #expect(whole.count > 400)
        for workers in 2...clients {
            let parts = try LoadShare.divided(clients: clients, workers: workers).flatMap { share in
                try Self.orders(shape, balance, clients: clients, share: share)
            }
            #expect(parts.sorted { $0.number < $1.number } == whole, "\(workers) workers")
        }
    }

    @Test func whatDependsOnAnswersIsDrawnFromStreamsOfItsOwn() throws {
        let seeds = LoadShare.divided(clients: 16, workers: 16).map { $0.substream(of: 3) }
        #expect(Set(seeds).count == 16 && seeds[0] == 3)
    }
}

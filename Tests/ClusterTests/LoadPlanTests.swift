import Cluster
import Testing

@Suite struct LoadPlanTests {
    /// How many of the first orders of an open-loop schedule each node gets.
    private static func shares(_ plan: LoadPlan, orders: UInt64) -> [Int] {
        var plan = plan
        var shares = [Int](repeating: 0, count: plan.nodes)
        for number in 0..<orders { shares[plan.node(of: number, client: plan.client(of: number))] += 1 }
        return shares
    }

    @Test(arguments: [1, 2, 3, 7], [1, 2, 3, 10])
    func clientsTakeTurnsAndNodesGetEvenShares(clients: Int, nodes: Int) throws {
        let plan = LoadPlan(clients: clients, nodes: nodes, balance: .roundRobin, seed: 1)
        let orders = UInt64(clients * nodes * 12)
        #expect((0..<orders).map { plan.client(of: $0) } == (0..<Int(orders)).map { $0 % clients })
        #expect(Self.shares(plan, orders: orders) == [Int](repeating: clients * 12, count: nodes))
    }

    @Test func clientsBeginAtDifferentNodes() throws {
        var plan = LoadPlan(clients: 4, nodes: 3, balance: .roundRobin, seed: 1)
        #expect((0..<4).map { plan.node(of: UInt64($0), client: $0) } == [0, 1, 2, 0])
    }

    @Test(arguments: [BalancePolicy.roundRobin, .random, .hash])
    func theSameSeedGivesTheSameOrders(balance: BalancePolicy) throws {
        func nodes(seed: UInt64) -> [Int] {
            var plan = LoadPlan(clients: 3, nodes: 5, balance: balance, seed: seed)
            return (0..<1_000).map { plan.node(of: $0, client: plan.client(of: $0)) }
        }
        #expect(nodes(seed: 7) == nodes(seed: 7))
        if balance != .roundRobin { #expect(nodes(seed: 7) != nodes(seed: 8)) }
        #expect(Set(nodes(seed: 7)) == Set(0..<5))
    }

    /// The bound is five standard deviations of a fair draw of 12,000 orders over 6 nodes.
    @Test(arguments: [BalancePolicy.random, .hash], [UInt64(1), 2, 3])
    func drawnSharesAreFair(balance: BalancePolicy, seed: UInt64) throws {
        let shares = Self.shares(LoadPlan(clients: 1, nodes: 6, balance: balance, seed: seed), orders: 12_000)
        #expect(shares.allSatisfy { abs($0 - 2_000) < 205 }, "\(shares)")
    }

    @Test func aHashDependsOnTheOrderAlone() throws {
        var plan = LoadPlan(clients: 4, nodes: 5, balance: .hash, seed: 3)
        let forward = (0..<100).map { plan.node(of: UInt64($0), client: 0) }
        let backward = (0..<100).reversed().map { plan.node(of: UInt64($0), client: 3) }
        #expect(forward == backward.reversed())
    }

    @Test func anOrderGoesWhereTheFewestAreOutstanding() throws {
        var plan = LoadPlan(clients: 1, nodes: 4, balance: .leastOutstanding, seed: 1)
        let outstanding: [UInt64] = [3, 2, 5, 1]
        for number in UInt64(0)..<8 {
            #expect(plan.node(of: number, client: 0, outstanding: { outstanding[$0] }) == 3)
        }
    }

    @Test func amongEqualsTheyTakeTurns() throws {
        let plan = LoadPlan(clients: 2, nodes: 3, balance: .leastOutstanding, seed: 1)
        #expect(Self.shares(plan, orders: 60) == [20, 20, 20])
        var loaded = LoadPlan(clients: 1, nodes: 3, balance: .leastOutstanding, seed: 1)
        let nodes = (UInt64(0)..<60).map { loaded.node(of: $0, client: 0, outstanding: { $0 == 1 ? 7 : 2 }) }
        #expect(nodes.filter { $0 == 0 }.count == 20 && nodes.filter { $0 == 2 }.count == 40)
    }

    /// A node that answers slower is given less, in the measure of its slowness.
    @Test func aSlowNodeGetsFewerOrders() throws {
        var plan = LoadPlan(clients: 1, nodes: 3, balance: .leastOutstanding, seed: 1)
        var outstanding: [UInt64] = [0, 0, 0]
        var shares = [0, 0, 0]
        for number in UInt64(0)..<3_000 {
            let node = plan.node(of: number, client: 0, outstanding: { outstanding[$0] })
            outstanding[node] += 1
            shares[node] += 1
            // Nodes 0 and 1 answer one order for each that is sent, node 2 one for ten.
            for place in 0..<2 where outstanding[place] > 0 { outstanding[place] -= 1 }
            if number % 10 == 0, outstanding[2] > 0 { outstanding[2] -= 1 }
        }
        #expect(shares[2] < 400 && shares[0] > 700 && shares[1] > 700, "\(shares)")
    }

    @Test func allOrdersGoToTheLeader() throws {
        var plan = LoadPlan(clients: 3, nodes: 5, balance: .leader, seed: 1)
        plan.leader = 3
        #expect(Self.shares(plan, orders: 100) == [0, 0, 0, 100, 0])
    }
}

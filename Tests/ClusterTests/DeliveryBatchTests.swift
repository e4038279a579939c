import Testing
import Topology
import Wire

@testable import Cluster

/// Deliveries measured together are accounted as those measured one by one, but for the time of delivery.
@Suite struct DeliveryBatchTests {
    private static func node() throws -> Dissemination {
        Dissemination(plan: NodePlan(graph: try LinkGraph(.line, nodes: 3), id: 1))
    }

    private static func order(client: Int, index: UInt64, enteringAt node: Int = 0) -> Header {
        Header(
            kind: .order, route: UInt16(node), origin: Origin.client(client, enteringAt: node), hop: 1, index: index,
            dueNanoseconds: 10, sentNanoseconds: 12, incarnation: UInt32(client + 1))
    }

    /// Two streams in turn, with a repeat and a gap.
    private static let headers = [(0, 0), (1, 0), (0, 1), (0, 1), (1, 5), (1, 1), (0, 2)].map {
        order(client: $0.0, index: UInt64($0.1))
    }

    /// Takes as the node's loop does: in batch if that goes, and by itself if not.
    private static func take(_ headers: [Header], into node: inout Dissemination) -> [Dissemination.Reception] {
        let receptions = headers.map { header in
            if let reception = node.receiveInBatch(header, by: 0) { return reception }
            node.measureBatch(at: 100)
            return node.receive(header, by: 0, at: 100)
        }
        node.measureBatch(at: 100)
        return receptions
    }

    @Test func theAccountIsTheSame() throws {
        var batched = try Self.node()
        var single = batched
        let receptions = Self.take(Self.headers, into: &batched)
        #expect(receptions == Self.headers.map { single.receive($0, by: 0, at: 100) })
        #expect(batched.streamReports() == single.streamReports())
        #expect(batched.latencyReports() == single.latencyReports())
        #expect(batched.unique == 6)
    }

    @Test func aFullBatchAndANewStreamAreRefusedAndChangeNothing() throws {
        var node = try Self.node()
        #expect(node.receiveInBatch(Self.order(client: 0, index: 0), by: 0) == nil, "a new stream")
        #expect(node.streamReports().isEmpty)
        _ = node.receive(Self.order(client: 0, index: 0), by: 0, at: 20)
        for index in 1...UInt64(DeliveryBatch.capacity) {
            #expect(node.receiveInBatch(Self.order(client: 0, index: index), by: 0)?.isNew == true)
        }
        let beyond = Self.order(client: 0, index: UInt64(DeliveryBatch.capacity) + 1)
        #expect(node.receiveInBatch(beyond, by: 0) == nil, "a full batch")
        #expect(node.hasBatch)
        node.measureBatch(at: 30)
        #expect(!node.hasBatch)
        #expect(node.receiveInBatch(beyond, by: 0)?.isNew == true)
    }

    @Test func deliveriesAreMeasuredByTheEndOfTheirBatch() throws {
        var node = try Self.node()
        _ = node.receive(Self.order(client: 0, index: 0), by: 0, at: 20)
        _ = node.receiveInBatch(Self.order(client: 0, index: 1), by: 0)
        #expect(node.latencyReports().map(\.lastNanoseconds) == [20])
        node.measureBatch(at: 50)
        #expect(node.latencyReports().map(\.lastNanoseconds) == [50])
    }

    @Test func ordersThatStayHereAreTakenInBatchOnce() throws {
        var node = try Self.node()
        let first = Self.order(client: 0, index: 0, enteringAt: 1)
        #expect(node.takeInBatch(first) == nil, "a new stream")
        let entered = node.enter(first, at: 20)
        node.kept(entered.slot, first, at: 20)
        let second = Self.order(client: 0, index: 1, enteringAt: 1)
        #expect(node.takeInBatch(second)?.isNew == true)
        #expect(node.takeInBatch(second)?.isNew == false)
        node.measureBatch(at: 30)
        #expect(node.unique == 2)
    }
}

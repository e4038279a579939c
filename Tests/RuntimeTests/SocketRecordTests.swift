import Testing
import ZMQ

@testable import Runtime

/// What a report says of socket options is what libzmq says of sockets made for use.
@Suite struct SocketRecordTests {
    @Test func theRecordHoldsWhatSocketsWereTold() throws {
        let context = try Context()
        let records = try SocketRecord.ofCluster(bufferSize: 1_234, overflow: .block, context: context)
        #expect(records.map(\.name) == ["events", "links", "orders", "client"])
        #expect(records.map(\.kind) == ["XPUB", "SUB", "ROUTER", "DEALER"])
        let events = try #require(records.first).options
        #expect(events["ZMQ_SNDHWM"] == 1_234 && events["ZMQ_RCVHWM"] == 1_234)
        #expect(events["ZMQ_XPUB_NODROP"] == 1 && events["ZMQ_LINGER"] == 2_000)
        #expect(events["ZMQ_MAXMSGSIZE"] == Int64(SocketDefaults.frameBytesMax))
        #expect(events["ZMQ_TCP_KEEPALIVE"] == 1 && events["ZMQ_TCP_KEEPALIVE_IDLE"] == 5)
        #expect(records[1].options["ZMQ_SNDHWM"] == 0, "no subscription is ever dropped")
        #expect(records[2].options["ZMQ_SNDHWM"] == 100_000 && records[2].options["ZMQ_ROUTER_MANDATORY"] == 1)
        #expect(records[3].options["ZMQ_IMMEDIATE"] == 1 && records[3].options["ZMQ_LINGER"] == 0)
        try context.terminate()
    }

    @Test func droppingShowsInTheRecord() throws {
        let context = try Context()
        let records = try SocketRecord.ofCluster(bufferSize: 10, overflow: .drop, context: context)
        #expect(records.first?.options["ZMQ_XPUB_NODROP"] == 0)
        let pipeline = try SocketRecord.ofPipeline(bufferSize: 10, context: context)
        #expect(pipeline.map(\.kind) == ["PUSH", "PULL"])
        #expect(pipeline.first?.options["ZMQ_SNDHWM"] == 10 && pipeline.first?.options["ZMQ_IMMEDIATE"] == 1)
        try context.terminate()
    }
}

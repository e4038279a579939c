import Measurement
import Testing
import Topology
import Wire

@testable import Cluster

/// One node's account of streams, and its limits.
@Suite struct DisseminationTests {
    private static let second: UInt64 = 1_000_000_000

    private static func node(_ id: Int = 1, streamsMax: Int = 16) throws -> Dissemination {
        Dissemination(plan: NodePlan(graph: try LinkGraph(.line, nodes: 3), id: id), streamsMax: streamsMax)
    }

    private static func order(
        client: Int, index: UInt64 = 0, enteringAt node: Int = 0, incarnation: UInt32 = 9, due: UInt64 = 0
    ) -> Header {
        Header(
            kind: .order, route: UInt16(node), origin: Origin.client(client, enteringAt: node), hop: 1, index: index,
            dueNanoseconds: due, sentNanoseconds: due, incarnation: incarnation)
    }

    @Test func streamsBeyondTheLimitAreCountedAndNeitherDeliveredNorForwarded() throws {
        var node = try Self.node(streamsMax: 4)
        for client in 0..<4 { #expect(node.receive(Self.order(client: client), by: 0, at: 1).isNew == true) }
        let reception = node.receive(Self.order(client: 4), by: 0, at: 2)
        #expect(reception == .init(slot: Dissemination.noSlot, isNew: false, forwards: false))
        #expect(node.enter(Self.order(client: 5, enteringAt: 1), at: 3).slot == Dissemination.noSlot)
        #expect(node.unaccounted == 2)
        #expect(node.unique == 4)
        #expect(node.receive(Self.order(client: 3, index: 1), by: 0, at: 4).isNew == true, "known streams go on")
    }

    @Test func nothingGoesOnThatWentFurtherThanThereAreNodes() throws {
        let node = try Self.node()
        func frame(hop: UInt16) -> Header { Header(kind: .heartbeat, route: 0, origin: 0, hop: hop, index: 0) }
        #expect(node.forwards(frame(hop: 2), from: 0) == true)
        #expect(node.forwards(frame(hop: 3), from: 0) == false)
    }

    @Test func damagedFramesAreCountedByStreamAndLink() throws {
        var node = try Self.node(streamsMax: 2)
        node.receivedCorrupt(Self.order(client: 0), by: 0, at: 1)
        node.receivedCorrupt(Self.order(client: 0, index: 1), by: 0, at: 1)
        _ = node.receive(Self.order(client: 0, index: 2), by: 0, at: 1)
        node.receivedCorrupt(Self.order(client: 1), by: 1, at: 1)
        node.receivedCorrupt(Self.order(client: 2), by: 1, at: 1)
        let inbound = node.streamReports().map(\.inbound)
        #expect(
            inbound == [
                [InboundReport(from: 0, received: 1, forwarded: 0, refused: 0, corrupt: 2)],
                [InboundReport(from: 2, received: 0, forwarded: 0, refused: 0, corrupt: 1)],
            ])
        #expect(node.unique == 1)
        // What is forgotten takes its damage with it.
        _ = node.receive(Self.order(client: 5), by: 0, at: 100 * Self.second)
        #expect(node.corrupt.isEmpty && node.streamReports().count == 1)
    }

    /// A client whose clock is 1,000 s behind: its messages are measured by its clock, those of others are not.
    @Test func whatAClientSendsIsMeasuredByItsClock() throws {
        var node = try Self.node()
        let ahead: Int64 = 1_000_000_000_000
        #expect(node.setClock(of: ClientClock(incarnation: 9, aheadNanoseconds: ahead)) == true)
        let now = 2_000 * Self.second
        let due = now - UInt64(ahead) - 5_000
        for index in UInt64(0)..<3 {
            _ = node.receive(Self.order(client: 0, index: index, due: due), by: 0, at: now + index)
        }
        _ = node.receiveInBatch(Self.order(client: 0, index: 3, due: due), by: 0)
        node.measureBatch(at: now)
        _ = node.receive(Self.order(client: 1, incarnation: 10, due: now - 700), by: 0, at: now)
        let reports = node.latencyReports()
        let strange = try #require(reports.first { $0.group == 9 })
        let histogram = try Histogram(decodingV2: strange.fromDue)
        #expect(histogram.count == 4 && histogram.maximum <= 5_007 && strange.negative == 0)
        #expect(strange.firstNanoseconds == now - UInt64(ahead))
        let usual = try #require(reports.first { $0.group == 10 })
        #expect(try Histogram(decodingV2: usual.fromDue).maximum <= 701)
        #expect(usual.lastNanoseconds == now)
    }

    @Test func onlySoManyClientsSayHowFarTheirClocksAreOff() throws {
        var node = try Self.node(streamsMax: 64)
        for client in UInt32(1)...17 {
            _ = node.receive(Self.order(client: Int(client), incarnation: client, due: 1), by: 0, at: 2)
            #expect(node.setClock(of: ClientClock(incarnation: client, aheadNanoseconds: 1)) == true)
        }
        // The eighteenth takes the place of one of which nothing is measured any more.
        #expect(node.setClock(of: ClientClock(incarnation: 99, aheadNanoseconds: 1)) == true)
        #expect(node.clocks.count == LatencyAccount.groupsMax)
        #expect(node.setClock(of: ClientClock(incarnation: 17, aheadNanoseconds: 2)) == true, "known clients may go on")
    }

    @Test func idleStreamsMakeRoomWhenTheTableIsFull() throws {
        var node = try Self.node(streamsMax: 4)
        for client in 0..<4 { _ = node.receive(Self.order(client: client), by: 0, at: 1) }
        _ = node.receive(Self.order(client: 2, index: 1), by: 0, at: 20 * Self.second)
        #expect(node.receive(Self.order(client: 7), by: 0, at: 31 * Self.second).isNew == true)
        let streams = node.streamReports()
        #expect(streams.map { Origin.clientNumber(of: $0.origin) } == [2, 7])
        #expect(streams.map(\.unique) == [2, 1])
        #expect(streams.map { $0.inbound.map(\.received) } == [[2], [1]])
        #expect(node.receive(Self.order(client: 2, index: 1), by: 0, at: 31 * Self.second).isNew == false)
    }

    /// The node's own streams are never forgotten, and what is sent afterwards is accounted where it belongs.
    @Test func makingRoomKeepsTheNodesOwnStreams() throws {
        let plan = NodePlan(graph: try LinkGraph(.line, nodes: 3), id: 1)
        var core = NodeCore(
            plan: plan,
            settings: NodeCoreSettings(
                broadcast: BroadcastSettings(mode: .all), isLeader: false, heartbeatIntervalNanoseconds: 1,
                incarnation: 3))
        core.dissemination = Dissemination(plan: plan, streamsMax: 4)
        for client in 0..<2 { _ = core.dissemination.receive(Self.order(client: client), by: 0, at: 1) }
        #expect(core.start(StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: 100)) == true)
        func send(_ index: UInt64) {
            core.originated(.init(stream: .measured, index: index, dueNanoseconds: 0), accepted: true)
        }
        send(0)
        #expect(core.dissemination.receive(Self.order(client: 7), by: 0, at: 40 * Self.second).isNew)
        send(1)
        send(2)
        let streams = core.dissemination.streamReports()
        #expect(streams.count == 3)
        #expect(streams.filter { $0.origin == 1 && $0.incarnation == 3 }.map(\.sent) == [3])
        #expect(streams.filter { $0.origin != 1 }.map(\.sent) == [0])
    }

    /// A stream whose END came and of which everything was lost is news, not garbage.
    @Test func anEndWithoutMessagesIsKeptLikeAnyStream() throws {
        var node = try Self.node(streamsMax: 2)
        let end = Header(kind: .end, route: 0, origin: 0, hop: 1, index: 10, incarnation: 1)
        #expect(node.ended(end, by: 0, at: 50 * Self.second) == true)
        #expect(node.ended(end, by: 0, at: 50 * Self.second) == false, "once is enough")
        for client in 0..<2 { _ = node.receive(Self.order(client: client), by: 0, at: 51 * Self.second) }
        #expect(node.streamReports().filter { $0.origin == 0 }.map(\.announced) == [10])
        #expect(node.unaccounted == 1)
    }

    /// Deliveries that are still to be measured name their streams by slots, and slots move.
    @Test func makingRoomMeasuresFirstWhatWaitsToBeMeasured() throws {
        var node = try Self.node(streamsMax: 3)
        for client in 0..<3 {
            _ = node.receive(Self.order(client: client, incarnation: UInt32(20 + client)), by: 0, at: 1)
        }
        let late = 40 * Self.second
        for index in UInt64(1)...5 {
            #expect(node.receiveInBatch(Self.order(client: 2, index: index, incarnation: 22), by: 0)?.isNew == true)
        }
        #expect(node.ended(Header(kind: .end, origin: 0, index: 1, incarnation: 1), by: 0, at: late) == true)
        node.measureBatch(at: late + 1)
        #expect(node.streamReports().map(\.unique) == [6, 0], "the two that were idle made room")
        let counts = try node.latencyReports().map { try Histogram(decodingV2: $0.fromDue).count }
        #expect(counts == [1, 1, 6])
    }

    @Test func duplicatesAreSeenByWhicheverLinkTheyCome() throws {
        var node = try Self.node()
        let order = Self.order(client: 0, enteringAt: 0)
        #expect(node.receive(order, by: 0, at: 1) == .init(slot: 0, isNew: true, forwards: true))
        #expect(node.receive(order, by: 1, at: 2) == .init(slot: 0, isNew: false, forwards: false))
        node.handedOn(0, from: 0, accepted: true)
        let stream = try #require(node.streamReports().first)
        #expect(stream.unique == 1 && stream.duplicate == 1)
        #expect(
            stream.inbound == [
                InboundReport(from: 0, received: 1, forwarded: 1, refused: 0),
                InboundReport(from: 2, received: 1, forwarded: 0, refused: 0),
            ])
    }

    @Test func whatAFullQueueKeepsFromBeingHandedOnIsCountedAtItsLink() throws {
        var node = try Self.node()
        for index in UInt64(0)..<5 {
            let reception = node.receive(Self.order(client: 0, index: index), by: 0, at: 1)
            node.handedOn(reception.slot, from: 0, accepted: index % 2 == 0)
        }
        #expect(
            node.streamReports()[0].inbound == [InboundReport(from: 0, received: 5, forwarded: 3, refused: 2)])
    }

    @Test func latencyIsKeptByGroupAndWarmUpIsNotMeasured() throws {
        var node = try Self.node()
        let event = Header(kind: .event, origin: 0, index: 0, dueNanoseconds: 100, sentNanoseconds: 150, incarnation: 5)
        var warmup = event
        warmup.incarnation |= Header.warmupBit
        #expect(node.receive(warmup, by: 0, at: 1_000).isNew == true)
        #expect(node.latencyReports().isEmpty)
        #expect(node.receive(event, by: 0, at: 1_100).isNew == true)
        #expect(node.receive(Self.order(client: 0, incarnation: 11, due: 2_000), by: 0, at: 2_500).isNew == true)
        let reports = node.latencyReports()
        #expect(reports.map(\.group) == [0, 11])
        let due = try #require(reports.first).fromDue
        #expect(try Histogram(decodingV2: due).count == 1)
        #expect(reports.map(\.firstNanoseconds) == [1_100, 2_500])
    }

    /// Each run of a client is a group; so many are kept, and what nodes broadcast is always among them.
    @Test func theLatencyGroupThatEndedFirstMakesRoom() throws {
        var node = try Self.node(streamsMax: 64)
        let event = Header(kind: .event, origin: 0, index: 0, incarnation: 5)
        _ = node.receive(event, by: 0, at: 1)
        for run in UInt32(1)...20 {
            _ = node.receive(Self.order(client: 0, incarnation: run), by: 0, at: 10 + UInt64(run))
        }
        let groups = node.latencyReports().map(\.group)
        #expect(groups.count == 17)
        #expect(Set(groups) == Set([0] + Array(5...20)))
    }

    @Test func itsOwnMessageThatComesHomeIsADuplicate() throws {
        var node = try Self.node()
        let slot = node.ownStream(incarnation: 2, at: 0)
        node.originated(slot, index: 0, accepted: true)
        let echo = Header(kind: .event, route: 0, origin: 1, hop: 3, index: 0, incarnation: 2)
        #expect(node.receive(echo, by: 0, at: 5).isNew == false)
        let stream = try #require(node.streamReports().first)
        #expect(stream.entersHere && stream.sent == 1 && stream.duplicate == 1 && stream.unique == 0)
    }
}

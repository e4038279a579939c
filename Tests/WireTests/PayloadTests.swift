import Testing

@testable import Wire

@Suite struct PayloadTests {
    /// The golden payloads of `docs/protocol.md`, sections 4, 8 and 9.
    @Test func knownPayloadsHaveTheDocumentedBytes() {
        #expect(
            Beacon(clusterDigest: 0x0102_0304_0506_0708, readyNodes: [5], cluster: "ab").payload
                == [UInt8](hex: "0102030405060708 00000001 0000000000000005 0000000000000000 00000002 6162"))
        #expect(
            HeartbeatPayload(term: 1, intervalNanoseconds: 100_000_000).payload
                == [UInt8](hex: "0000000000000001 0000000005F5E100") + [UInt8](repeating: 0, count: 40))
        #expect(TurnPayload(next: 258).payload == [1, 2])
        #expect(ControlRequest.status.payload == [0, 1])
        #expect(
            ControlRequest.start(StartOrder(startNanoseconds: 1, warmupNanoseconds: 2, durationNanoseconds: 3)).payload
                == [UInt8](hex: "0002 0000000000000001 0000000000000002 0000000000000003"))
        #expect([ControlRequest.stop, .report, .shutdown].map(\.payload) == [[0, 3], [0, 4], [0, 5]])
        #expect(ControlRequest.consensus.payload == [0, 6])
        #expect(ControlRequest.transfer(to: 258).payload == [0, 7, 1, 2])
        #expect(ControlResponse.done.payload == [0, 1])
        #expect(ControlResponse.refused("no").payload == [UInt8](hex: "0002 00000002 6E6F"))
        #expect(ControlResponse.status(NodeStatus()).payload.count == 2 + 63 + 4)
    }

    /// A node that took the largest number over would overflow when it counts on.
    @Test(arguments: [UInt64.max / 2, UInt64.max / 2 + 1, .max])
    func termsThatCanOnlyBeForgedAreUnreadable(term: UInt64) {
        let isReadable = term <= UInt64.max / 2
        let heartbeat = HeartbeatPayload(term: term, intervalNanoseconds: 1).payload
        #expect(((try? HeartbeatPayload(decoding: heartbeat)) != nil) == isReadable)
        let beacon = Beacon(clusterDigest: 1, readyNodes: [], term: term, cluster: "a").payload
        #expect(((try? Beacon(decoding: beacon)) != nil) == isReadable)
        let message = PeerMessage(to: 1, term: term, isFounder: true, body: .join).payload
        #expect(((try? PeerMessage(decoding: message)) != nil) == isReadable)
        let commit = PeerMessage(to: 1, term: 1, isFounder: true, body: .committed(term)).payload
        #expect(((try? PeerMessage(decoding: commit)) != nil) == isReadable)
    }

    @Test func anAnswerHasTheDocumentedBytes() {
        var frame = Header(kind: .refusal).frame(payload: [UInt8](repeating: 0, count: AnswerPayload.size))
        let answer = AnswerPayload(count: 7, reason: RefusalReason.queueFull.rawValue, node: 2)
        frame.withUnsafeMutableBytes { answer.encode(into: $0) }
        #expect(Array(frame[40...]) == [UInt8](hex: "00000007 0001 0002"))
        #expect(AnswerPayload.decode(frame.span.bytes) == answer)
    }

    @Test func anAnswerToNothingOrOfAnotherSizeIsRefused() {
        let header = Header(kind: .acknowledgement)
        #expect(AnswerPayload.decode(header.frame(payload: [0, 0, 0, 0, 0, 0, 0, 1]).span.bytes) == nil)
        #expect(AnswerPayload.decode(header.frame(payload: [0, 0, 0, 1, 0, 0, 0]).span.bytes) == nil)
        #expect(AnswerPayload.decode(header.frame(payload: [0, 0, 0, 1, 0, 0, 0, 0, 0]).span.bytes) == nil)
        #expect(AnswerPayload.decode([UInt8]().span.bytes) == nil)
    }

    @Test(arguments: [0, 18, 0xFFFF] as [UInt16]) func unknownRequestsAreRefused(code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        #expect(throws: WireError(field: "request")) { try ControlRequest(decoding: payload) }
    }

    @Test(arguments: [0, 13, 0xFFFF] as [UInt16]) func unknownResponsesAreRefused(code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        #expect(throws: WireError(field: "response")) { try ControlResponse(decoding: payload) }
    }

    @Test(
        arguments: [(UInt64.max, 1, 0), (UInt64.max - 1, 1, 1), (1, UInt64.max, 0), (0, 1, UInt64.max)]
            as [(UInt64, UInt64, UInt64)])
    func aBroadcastThatEndsBeyond64BitsIsRefused(start: UInt64, warmup: UInt64, duration: UInt64) {
        let order = StartOrder(startNanoseconds: start, warmupNanoseconds: warmup, durationNanoseconds: duration)
        #expect(throws: WireError(field: "end of broadcast")) {
            try ControlRequest(decoding: ControlRequest.start(order).payload)
        }
    }

    @Test func aBroadcastMayEndAtTheLastNanosecond() throws {
        let order = StartOrder(startNanoseconds: 1, warmupNanoseconds: 2, durationNanoseconds: .max - 3)
        #expect(try ControlRequest(decoding: ControlRequest.start(order).payload) == .start(order))
    }

    @Test func aReasonThatIsNotTextIsRefused() {
        #expect(throws: WireError(field: "reason")) { try ControlResponse(decoding: [0, 2, 0, 0, 0, 1, 0xFF]) }
    }

    @Test func aBeaconOfMoreNodesThanThereCanBeIsRefused() {
        let most = Beacon(clusterDigest: 1, readyNodes: [UInt64](repeating: 1, count: Origin.nodesMax / 64))
        #expect(throws: Never.self) { try Beacon(decoding: most.payload) }
        let tooMany = Beacon(clusterDigest: 1, readyNodes: most.readyNodes + [0])
        #expect(throws: WireError.self) { try Beacon(decoding: tooMany.payload) }
    }

    @Test func everyFieldOfAReportSurvives() throws {
        var seeded = Seeded(1)
        for _ in 0..<200 {
            let report = ControlResponse.report(seeded.report())
            #expect(try ControlResponse(decoding: report.payload) == report)
        }
    }

    @Test func anUnannouncedStreamHasNoCount() throws {
        var report = NodeReport()
        report.streams = [StreamReport()]
        var payload = ControlResponse.report(report).payload
        // Behind the code, the status with its empty text, the list's count, and 26 bytes of the stream.
        payload[2 + 63 + 4 + 4 + 26 + 7] = 1
        #expect(throws: WireError(field: "announced")) { try ControlResponse(decoding: payload) }
    }
}

/// Counts and lengths that promise more than the payload holds: refused where they are read, before memory is taken.
@Suite struct LyingCountTests {
    private static let statusEnd = 2 + 63 + 4

    @Test func theSmallestElementsAreAsLongAsTheCheckAssumes() {
        var empty = ByteWriter()
        StreamReport().write(to: &empty)
        #expect(empty.bytes.count == StreamReport.bytesMin)
        empty = ByteWriter()
        InboundReport(from: 0, received: 0, forwarded: 0, refused: 0).write(to: &empty)
        #expect(empty.bytes.count == InboundReport.bytesMin)
        empty = ByteWriter()
        LinkReport(to: 0, isUp: false, interruptions: 0, mayDrop: false).write(to: &empty)
        #expect(empty.bytes.count == LinkReport.bytesMin)
        empty = ByteWriter()
        LatencyReport().write(to: &empty)
        #expect(empty.bytes.count == LatencyReport.bytesMin)
    }

    @Test(arguments: [(0, "streams", 104), (4, "links", 8), (8, "latencies", 48), (24, "malformed", 8)])
    func aListOfAReportCannotPromiseMoreThanThereIs(offset: Int, field: String, elementBytes: Int) {
        var payload = ControlResponse.report(NodeReport()).payload
        // Zeros in plenty behind the lie: as many elements as would fit do fit, one more does not.
        payload += [UInt8](repeating: 0, count: 10_000)
        let place = Self.statusEnd + offset
        let room = (payload.count - place - 4) / elementBytes
        payload.withUnsafeMutableBytes { $0.storeBigEndian(UInt32(room + 1), at: place) }
        #expect(throws: WireError(field: field)) { try ControlResponse(decoding: payload) }
        payload.withUnsafeMutableBytes { $0.storeBigEndian(UInt32.max, at: place) }
        #expect(throws: WireError(field: field)) { try ControlResponse(decoding: payload) }
    }

    @Test func aBlobCannotPromiseMoreThanThereIs() {
        var payload = ControlResponse.report(NodeReport()).payload
        payload.withUnsafeMutableBytes { $0.storeBigEndian(UInt32.max, at: Self.statusEnd + 12) }
        #expect(throws: WireError(field: "send lag")) { try ControlResponse(decoding: payload) }
    }

    @Test func aBeaconCannotPromiseMoreThanThereIs() {
        let payload = [UInt8](hex: "0102030405060708 00000002 0000000000000005 00000000000000")
        #expect(throws: WireError(field: "ready nodes")) { try Beacon(decoding: payload) }
    }

    @Test func aReasonCannotPromiseMoreThanThereIs() {
        #expect(throws: WireError(field: "reason")) {
            try ControlResponse(decoding: [0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 65])
        }
    }
}

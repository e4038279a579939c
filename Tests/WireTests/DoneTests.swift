import Testing

@testable import Wire

/// What the sink of a pipeline tells its source.
@Suite struct DoneTests {
    private static let sample = DonePayload(
        ranges: [.init(first: 0, count: 7), .init(first: 0x0102_0304_0506, count: 1)], workers: [1, 300])

    @Test func theBytesAreThoseOfTheProtocol() {
        let bytes = [UInt8](
            hex: "00000002 0000000000000000 00000007 0000010203040506 00000001 00000002 0001 012C")
        #expect(Self.sample.payload == bytes)
        #expect((try? DonePayload(decoding: bytes)) == Self.sample)
    }

    @Test func nothingToTellIsTwoEmptyLists() throws {
        let empty = DonePayload(ranges: [], workers: [])
        #expect(empty.payload == [UInt8](repeating: 0, count: 8))
        #expect(try DonePayload(decoding: empty.payload) == empty)
    }

    @Test func whatIsCutShortOrTooLongIsRefused() {
        let bytes = Self.sample.payload
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try DonePayload(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: WireError.self) { try DonePayload(decoding: bytes + [0]) }
    }

    @Test(arguments: [
        DonePayload.Range(first: 5, count: 0), .init(first: Header.indexMax, count: 1),
        .init(first: .max, count: 1), .init(first: Header.indexMax - 5, count: 6), .init(first: .max - 1, count: .max),
    ])
    func rangesThatCannotBeAreRefused(range: DonePayload.Range) {
        #expect(throws: WireError(field: "ranges")) {
            try DonePayload(decoding: DonePayload(ranges: [range], workers: []).payload)
        }
    }

    @Test func theLastTaskOfAllCanBeDone() throws {
        let last = DonePayload(ranges: [.init(first: Header.indexMax - 1, count: 1)], workers: [])
        #expect(try DonePayload(decoding: last.payload) == last)
    }

    @Test func moreThanOneFrameHoldsIsRefused() {
        func payload(_ ranges: Int, _ workers: Int) -> [UInt8] {
            DonePayload(
                ranges: (0..<ranges).map { .init(first: UInt64($0 * 2), count: 1) },
                workers: (0..<workers).map { UInt16($0) }
            ).payload
        }
        #expect(throws: Never.self) { try DonePayload(decoding: payload(DonePayload.rangesMax, Origin.nodesMax)) }
        #expect(throws: WireError.self) { try DonePayload(decoding: payload(DonePayload.rangesMax + 1, 0)) }
        #expect(throws: WireError.self) { try DonePayload(decoding: payload(0, Origin.nodesMax + 1)) }
    }

    @Test func aListCannotPromiseMoreThanThereIs() {
        #expect(throws: WireError(field: "ranges")) {
            try DonePayload(decoding: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
        }
    }

    @Test func aTaskBecomesItsResultInPlace() {
        let task = Header(
            kind: .task, route: 0, origin: 0, hop: 1, index: 0x0102_0304_0506, dueNanoseconds: 7, sentNanoseconds: 8,
            incarnation: 0x8000_0009)
        var frame = task.frame(payload: [1, 2, 3])
        frame.withUnsafeMutableBytes { Header.relabel($0, kind: .result, route: 3, hop: 2) }
        var result = task
        result.kind = .result
        result.route = 3
        result.hop = 2
        #expect(frame == result.frame(payload: [1, 2, 3]))
    }
}

import Testing

@testable import Wire

@Suite struct HeaderTests {
    /// The vector of `docs/protocol.md`, section 3.
    static let known = Header(
        kind: .event, route: 5, origin: 7, hop: 2, index: 0x01_0203_0405, dueNanoseconds: 0x1112_1314_1516_1718,
        sentNanoseconds: 0x2122_2324_2526_2728, incarnation: 0x8102_0304, payloadLength: 3)
    static let knownFrame = [UInt8](
        hex: """
            0005 11 00 00000007  0002 000102030405
            1112131415161718  2122232425262728
            81020304 00000003  616263
            """)

    @Test func knownHeaderHasTheDocumentedBytes() {
        #expect(Self.known.frame(payload: Array("abc".utf8)) == Self.knownFrame)
        #expect(Header.decode(Self.knownFrame) == .header(Self.known))
        #expect(Self.known.isWarmup)
        #expect(!Self.known.isFromClient)
    }

    @Test(arguments: Kind.allCases) func everyFieldSurvivesAtItsLimits(kind: Kind) {
        let largest = Header(
            kind: kind, route: .max, origin: .max, hop: .max, index: Header.indexMax, dueNanoseconds: .max,
            sentNanoseconds: .max, incarnation: .max)
        for header in [largest, Header(kind: kind)] {
            #expect(Header.decode(header.frame()) == .header(header))
        }
    }

    @Test func anIndexBeyond48BitsDoesNotSpillIntoTheHop() {
        let header = Header(kind: .event, hop: 3, index: Header.indexMax + 6)
        #expect(Header.decode(header.frame()) == .header(Header(kind: .event, hop: 3, index: 5)))
    }

    @Test(arguments: 0..<40) func whatIsShorterThanAHeaderIsTruncated(count: Int) {
        #expect(Header.decode(Array(Self.knownFrame.prefix(count))) == .malformed(.truncated))
    }

    @Test(arguments: UInt8(0)...255) func onlyOneVersionAndTheDefinedKindsAreTaken(byte: UInt8) {
        var frame = Self.knownFrame
        frame[2] = byte
        switch (byte >> 4, Kind(rawValue: byte & 15)) {
        case (1, let kind?):
            var header = Self.known
            header.kind = kind
            #expect(Header.decode(frame) == .header(header))
        case (1, nil): #expect(Header.decode(frame) == .malformed(.kind))
        default: #expect(Header.decode(frame) == .malformed(.version))
        }
    }

    @Test(arguments: UInt8(1)...255) func anyFlagButThatOfAChecksumIsRefused(flags: UInt8) {
        var frame = Self.knownFrame
        frame[3] = flags
        guard flags == Header.checksumFlags else {
            #expect(Header.decode(frame) == .malformed(.flags))
            return
        }
        var header = Self.known
        header.hasChecksum = true
        #expect(Header.decode(frame) == .header(header))
        for kind in Kind.allCases where kind != .event && kind != .order {
            frame[2] = 1 << 4 | kind.rawValue
            #expect(Header.decode(frame) == .malformed(.flags))
        }
    }

    @Test(arguments: [0, 2, 4, 0xFF, 0x0100_0003, 0xFFFF_FFFF] as [UInt32])
    func aLengthThatIsNotTheFramesIsRefused(length: UInt32) {
        var frame = Self.knownFrame
        frame.withUnsafeMutableBytes { $0.storeBigEndian(length, at: 36) }
        #expect(Header.decode(frame) == .malformed(.length))
    }

    @Test func readdressingChangesRouteAndHopAlone() {
        var frame = Self.knownFrame
        frame.withUnsafeMutableBytes { Header.readdress($0, route: 9, hop: 3) }
        var expected = Self.known
        expected.route = 9
        expected.hop = 3
        #expect(Header.decode(frame) == .header(expected))
        #expect(Array(frame[40...]) == Array("abc".utf8))
    }
}

@Suite struct OriginTests {
    @Test(arguments: [(0, 0), (1, 2), (Origin.clientsMax - 1, Origin.nodesMax - 2)])
    func aClientsOriginNamesClientAndEntryNode(client: Int, node: Int) {
        let origin = Origin.client(client, enteringAt: node)
        #expect(Origin.clientNumber(of: origin) == client)
        #expect(Origin.entryNode(of: origin) == node)
        #expect(Origin.isPossible(origin, nodes: node + 1))
        #expect(!Origin.isPossible(origin, nodes: node))
    }

    @Test func whoeverLeadsIsAPossibleEntryOfClientsAlone() {
        #expect(Origin.isPossible(Origin.client(5, enteringAt: Origin.whoeverLeads), nodes: 3))
        #expect(!Origin.isPossible(UInt32(Origin.whoeverLeads), nodes: 3))
    }

    @Test func aNodesOriginIsItsId() {
        #expect(Origin.entryNode(of: 7) == 7)
        #expect(Origin.clientNumber(of: 7) == nil)
    }

    @Test(arguments: [(UInt32(2), true), (3, false), (4096, false), (4097, false), (0x7FFF_F001, false)])
    func onlyNodesOfTheClusterAreOrigins(origin: UInt32, isPossible: Bool) {
        #expect(Origin.isPossible(origin, nodes: 3) == isPossible)
    }
}

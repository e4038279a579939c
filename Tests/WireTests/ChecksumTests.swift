import Testing

@testable import Wire

/// Checksums of messages.
@Suite struct ChecksumTests {
    private static func sealed(_ payload: [UInt8]) -> [UInt8] {
        let header = Header(
            kind: .order, route: 1, origin: Origin.client(3, enteringAt: 1), index: 7, incarnation: 9, hasChecksum: true
        )
        var frame = header.frame(payload: payload + [0, 0, 0, 0])
        frame.withUnsafeMutableBytes { Checksum.seal($0) }
        return frame
    }

    private static func isRight(_ frame: [UInt8]) -> Bool { Checksum.isRight(frame.span.bytes) }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { Checksum.crc32($0) }
    }

    /// The check value of the CRC catalogue, and values of zlib.
    @Test func itIsTheChecksumOfZlib() {
        #expect(Self.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(Self.crc32([]) == 0)
        #expect(Self.crc32([0]) == 0xD202_EF8D)
        #expect(Self.crc32([UInt8](repeating: 0xFF, count: 32)) == 0xFF6C_AB0B)
        #expect(Self.crc32(Array("The quick brown fox jumps over the lazy dog".utf8)) == 0x414F_A339)
    }

    /// Eight at a time must give what one at a time gives, wherever the text begins and ends.
    @Test func lengthAndPlaceDoNotMatter() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
        func slowly(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            var crc: UInt32 = .max
            for byte in bytes {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
            }
            return ~crc
        }
        for start in 0..<9 {
            for end in start...bytes.count where end % 3 == 0 {
                let fast = bytes[start..<end].withUnsafeBytes { Checksum.crc32($0) }
                #expect(fast == slowly(bytes[start..<end]))
            }
        }
    }

    @Test func whatChangesOnTheWayIsNotSummedUp() {
        var frame = Self.sealed(Array("payload".utf8))
        #expect(Self.isRight(frame))
        frame.withUnsafeMutableBytes { Header.readdress($0, route: 900, hop: 5) }
        #expect(Self.isRight(frame))
    }

    @Test func anyOtherChangedBitIsNoticed() {
        let frame = Self.sealed(Array("payload".utf8))
        for place in 10..<frame.count {
            for bit in 0..<8 {
                var changed = frame
                changed[place] ^= 1 << UInt8(bit)
                #expect(!Self.isRight(changed), "octet \(place), bit \(bit)")
            }
        }
    }

    @Test func aFrameWithoutRoomForOneHasNoneThatIsRight() {
        for size in 0..<4 {
            let frame = Header(kind: .event, hasChecksum: true).frame(payload: [UInt8](repeating: 0, count: size))
            #expect(!Self.isRight(frame))
        }
        #expect(Self.isRight(Self.sealed([])))
    }

    @Test func damagedOrdersAreNoEntryAndNoPack() {
        let orders = Self.sealed(Array("one".utf8)) + Self.sealed(Array("two".utf8))
        #expect(OrderFrames.areWellFormed(orders))
        for place in [41, orders.count - 1] {
            var damaged = orders
            damaged[place] ^= 1
            #expect(!OrderFrames.areWellFormed(damaged))
        }
        func packed(_ frame: [UInt8]) -> [UInt8] {
            var message = [UInt8](repeating: 0, count: Header.size)
            message.withUnsafeMutableBytes {
                PackedOrders.encodeHeader(first: Header(kind: .order), payloadLength: frame.count, into: $0)
            }
            return message + frame
        }
        var one = Self.sealed(Array("one".utf8))
        func read(_ message: [UInt8]) -> PackedOrders.Reading { PackedOrders.read(message.span.bytes) }
        guard case .orders(_, 1) = read(packed(one)) else {
            Issue.record("an undamaged order was refused")
            return
        }
        one[42] ^= 1
        #expect(read(packed(one)) == .malformed(.checksum))
    }
}

import Testing

@testable import Measurement

@Suite struct HistogramCodecTests {
    struct Bucket: Equatable {
        var lowest: Int64
        var highest: Int64
        var count: Int64
    }

    static func buckets(of histogram: Histogram) -> [Bucket] {
        var buckets: [Bucket] = []
        histogram.forEachBucket { buckets.append(Bucket(lowest: $0, highest: $1, count: $2)) }
        return buckets
    }

    static let sample = HistogramTests.histogram(of: HistogramTests.values(count: 500, seed: 42)).encodedV2()

    /// A valid block with some bytes replaced.
    static func sample(replacing offset: Int, with bytes: [UInt8]) -> [UInt8] {
        var block = sample
        block.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return block
    }

    /// A block of one payload behind a valid header.
    static func block(payload: [UInt8]) -> [UInt8] {
        var block = Array(Histogram().encodedV2().prefix(40))
        block[7] = UInt8(payload.count)
        return block + payload
    }

    static func reason(of bytes: [UInt8]) -> HistogramCodecError.Reason? {
        do throws(HistogramCodecError) {
            _ = try Histogram(decodingV2: bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [0, 1, 10, 5_000], [0, 1, 2, 3, 4])
    func encodingAndDecodingKeepsEveryBucket(count: Int, digits: Int) throws {
        var histogram = Histogram(significantDigits: digits)
        for value in HistogramTests.values(count: count, seed: UInt64(digits)) { histogram.record(value) }
        let blob = histogram.encodedV2()
        let decoded = try Histogram(decodingV2: blob)
        #expect(Self.buckets(of: decoded) == Self.buckets(of: histogram))
        #expect(decoded.count == histogram.count)
        #expect(decoded.encodedV2() == blob)
        #expect(decoded.minimum <= histogram.minimum)
        #expect(decoded.maximum >= histogram.maximum)
    }

    @Test func decodedHistogramsMerge() throws {
        let first = HistogramTests.histogram(of: HistogramTests.values(count: 900, seed: 1))
        let second = HistogramTests.histogram(of: HistogramTests.values(count: 900, seed: 2))
        var merged = try Histogram(decodingV2: first.encodedV2())
        merged.add(try Histogram(decodingV2: second.encodedV2()))
        var direct = first
        direct.add(second)
        #expect(Self.buckets(of: merged) == Self.buckets(of: direct))
    }

    @Test(
        arguments: [0, 1, -1, 63, -64, 64, 8_191, 8_192, 1 << 55, 1 << 62, .max, .min, -(1 << 40)] as [Int64])
    func integersOfAnySizeRoundTrip(value: Int64) {
        var bytes: [UInt8] = []
        ZigZagLEB128.append(value, to: &bytes)
        var offset = 0
        #expect(ZigZagLEB128.read(bytes, at: &offset) == value)
        #expect(offset == bytes.count)
        #expect(bytes.count <= 9)
        for length in 0..<bytes.count {
            var start = 0
            #expect(ZigZagLEB128.read(Array(bytes.prefix(length)), at: &start) == nil)
        }
    }

    @Test func theNinthByteCarriesEightBits() {
        var bytes: [UInt8] = []
        ZigZagLEB128.append(.min, to: &bytes)
        #expect(bytes == Array(repeating: 0xff, count: 9))
    }

    @Test func runsOfOneWrittenByTheCLibraryAreRead() throws {
        // The C library writes one empty counter as a run of one, Java as a zero count.
        let fromC = try Histogram(decodingV2: Self.block(payload: [0x02, 0x01, 0x02]))
        let fromJava = try Histogram(decodingV2: Self.block(payload: [0x02, 0x00, 0x02]))
        #expect(fromC == fromJava)
        #expect(fromC.count == 2)
    }

    @Test func anEmptyPayloadAsThePythonLibraryWritesItIsAnEmptyHistogram() throws {
        #expect(try Histogram(decodingV2: Self.block(payload: [])) == Histogram())
    }

    @Test func aBlockCutAnywhereIsRefused() {
        for length in Self.sample.indices {
            #expect(Self.reason(of: Array(Self.sample.prefix(length))) != nil)
        }
        #expect(Self.reason(of: Self.sample) == nil)
    }

    @Test func eachFaultHasItsReason() {
        #expect(Self.reason(of: []) == .shortHeader(bytes: 0))
        #expect(
            Self.reason(of: Self.sample(replacing: 0, with: [0x1c, 0x84, 0x93, 0x14])) == .unknownCookie(0x1c84_9314))
        #expect(
            Self.reason(of: Self.sample + [0])
                == .payloadLength(said: Int64(Self.sample.count - 40), found: Self.sample.count - 39))
        #expect(
            Self.reason(of: Self.sample(replacing: 4, with: [0xff, 0xff, 0xff, 0xff]))
                == .payloadLength(said: -1, found: Self.sample.count - 40))
        #expect(Self.reason(of: Self.sample(replacing: 11, with: [1])) == .unsupportedScaling)
        #expect(Self.reason(of: Self.sample(replacing: 32, with: [0x40])) == .unsupportedScaling)
        #expect(
            Self.reason(of: Self.sample(replacing: 15, with: [6]))
                == .invalidConfiguration(lowest: 1, highest: 3_600_000_000_000, significantDigits: 6))
        #expect(Self.reason(of: Self.block(payload: [0x02, 0x80])) == .truncatedCount)
        // A run of 2^63 empty counters.
        #expect(Self.reason(of: Self.block(payload: Array(repeating: 0xff, count: 9))) == .tooManyCounts)
        var tooLarge: [UInt8] = []
        ZigZagLEB128.append(Histogram.decodedCountMax, to: &tooLarge)
        #expect(Self.reason(of: Self.block(payload: tooLarge)) == nil)
        #expect(Self.reason(of: Self.block(payload: tooLarge + [0x02])) == .countTooLarge)
    }

    @Test func countsUpToTheLastBucketAreReadAndNotOneMore() {
        let counters: Int64 = 33 * 1_024
        var payload: [UInt8] = []
        ZigZagLEB128.append(-(counters - 1), to: &payload)
        #expect(Self.reason(of: Self.block(payload: payload + [0x02])) == nil)
        #expect(Self.reason(of: Self.block(payload: payload + [0x02, 0x02])) == .tooManyCounts)
    }

    @Test func memoryIsBounded() {
        // Five digits over all integers: 49 MB of counters asked for by 41 bytes.
        var greedy = Self.block(payload: [0])
        greedy[15] = 5
        greedy.replaceSubrange(24..<32, with: [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
        let asked = 47 << 17
        #expect(Self.reason(of: greedy) == .tooManyCounters(asked: asked, allowed: Histogram.decodedCountersMax))
        #expect((try? Histogram(decodingV2: greedy, countersMax: asked)) != nil)
    }

    /// Whatever is accepted is a histogram like any other: it can be asked everything and written again.
    @Test func tenThousandDamagedBlocksNeverTrap() {
        // Few counters, so that ten thousand histograms take no time; the paths are the same.
        var histogram = Histogram(lowest: 1, highest: 1_000_000_000, significantDigits: 2)
        for value in HistogramTests.values(count: 500, seed: 42) { histogram.record(value) }
        let block = histogram.encodedV2()
        var generator = SeededGenerator(seed: 2_026)
        var accepted = 0
        var inconsistent = 0
        for round in 0..<10_000 {
            var bytes = round % 4 == 0 ? [] : block
            if bytes.isEmpty {
                bytes = (0..<Int.random(in: 0...120, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            }
            for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
                let offset = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[offset] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes.removeLast(Int.random(in: 0...min(bytes.count, 9), using: &generator))
                default: bytes[offset] = 0xff
                }
            }
            // Half of the rounds with a header that says the right length, so that the damage reaches the counts.
            if round % 2 == 0, bytes.count > 40 {
                let length = UInt32(bytes.count - 40)
                for position in 0..<4 {
                    bytes[4 + position] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * position))
                }
            }
            guard let histogram = try? Histogram(decodingV2: bytes) else { continue }
            accepted += 1
            let sum = Self.buckets(of: histogram).reduce(0) { $0 + $1.count }
            if sum != histogram.count || histogram.minimum > histogram.maximum { inconsistent += 1 }
            _ = histogram.value(atPercentile: 99)
            _ = histogram.encodedV2()
        }
        #expect(inconsistent == 0)
        #expect(accepted > 100)
        #expect(accepted < 9_000)
    }

    @Test func errorsSayWhatToDo() {
        let error = HistogramCodecError(.unknownCookie(0x1234), offset: 0)
        #expect(
            "\(error)"
                == "not a readable histogram at byte 0: cookie 0x1234, expected 0x1c849313; write it as uncompressed V2"
        )
    }
}

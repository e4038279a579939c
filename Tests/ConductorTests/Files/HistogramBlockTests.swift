import Measurement
import Testing

@testable import Conductor

/// Compressed histograms: what HdrHistogram's tools write is read, and what is damaged is refused.
@Suite struct HistogramBlockTests {
    private static func buckets(of histogram: Histogram) -> [[Int64]] {
        var buckets: [[Int64]] = []
        histogram.forEachBucket { buckets.append([$0, $2]) }
        return buckets
    }

    /// Written by the Python library (0.10.8) with the values that stand beside.
    @Test(
        arguments: [
            ("HISTFAAAAB14nJNpmSzMgADMUJoRyHQz2LGAwf4DRAAATjkESw==", []),
            ("HISTFAAAACV4nJNpmSzMwMDAwgABzFCaEch0M9ixgMH+A0Tg4DpGJgBlCwXB", [[999_936, 1]]),
            (
                "HISTFAAAACp4nJNpmSzMwMDAxQABTBCK+QWIvDZ5CYP9B6gECxPTWXGmy5xMAKCIB0g=",
                [[0, 1], [512, 2], [1_024, 1], [1_536, 1], [123_207_680, 1], [3_590_324_224, 1]]
            ),
        ] as [(String, [[Int64]])])
    func blocksOfThePythonLibraryAreRead(text: String, buckets: [[Int64]]) throws {
        let block = try #require(Base64.decode(text))
        #expect(Self.buckets(of: try HistogramBlock.decode(block)) == buckets)
    }

    @Test func whatIsWrittenIsReadBackAndIsSmaller() throws {
        var histogram = Histogram()
        for value in 0..<5_000 { histogram.record(Int64(value * value)) }
        let block = HistogramBlock.encode(histogram)
        #expect(Self.buckets(of: try HistogramBlock.decode(block)) == Self.buckets(of: histogram))
        #expect(block.count < histogram.encodedV2().count)
        #expect(HistogramBlock.text(histogram).hasPrefix("HISTFAAA"))
    }

    @Test func aBlockCutOrChangedAnywhereIsRefused() throws {
        var histogram = Histogram()
        for value in 0..<200 { histogram.record(Int64(value) * 1_000) }
        let block = HistogramBlock.encode(histogram)
        for place in block.indices {
            #expect(throws: (any Error).self) { try HistogramBlock.decode(Array(block.prefix(place))) }
            var changed = block
            changed[place] ^= 0x5A
            #expect(throws: (any Error).self, "byte \(place)") { try HistogramBlock.decode(changed) }
        }
    }

    @Test func aStreamThatUnfoldsWithoutEndIsRefusedInBoundedMemory() throws {
        let bomb = Zlib.deflate([UInt8](repeating: 0, count: CompressedHistogram.uncompressedMax + 1))
        #expect(bomb.count < 20_000)
        #expect(throws: ZlibError(.tooLong(limit: CompressedHistogram.uncompressedMax))) {
            try HistogramBlock.decode(CompressedHistogram.block(of: bomb))
        }
        #expect(throws: ZlibError(.tooLong(limit: 10))) { try Zlib.inflate(Zlib.deflate(Array(0...10)), limit: 10) }
    }

    @Test func eachFaultOfAStreamHasItsReason() throws {
        let stream = Zlib.deflate(Array(0..<200))
        #expect(try Zlib.inflate(stream, limit: 200) == Array(0..<200))
        #expect(throws: ZlibError(.trailingBytes)) { try Zlib.inflate(stream + [0], limit: 200) }
        #expect(throws: ZlibError(.damaged)) { try Zlib.inflate([UInt8](stream.dropLast()), limit: 201) }
        #expect(throws: ZlibError(.damaged)) { try Zlib.inflate([], limit: 200) }
        #expect(throws: ZlibError(.damaged)) { try Zlib.inflate([1, 2, 3, 4], limit: 200) }
        #expect(try Zlib.inflate(Zlib.deflate([]), limit: 0).isEmpty)
    }
}

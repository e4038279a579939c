import Measurement

/// Compressed histograms, as HdrHistogram's tools take them in logs and in base64.
enum HistogramBlock {
    /// The histogram as a compressed V2 block.
    static func encode(_ histogram: Histogram) -> [UInt8] {
        CompressedHistogram.block(of: Zlib.deflate(histogram.encodedV2()))
    }

    /// Reads a compressed V2 block, of ours or of another HdrHistogram library.
    ///
    /// - Throws: `HistogramCodecError` or ``ZlibError``: the block may come from anywhere.
    static func decode(_ block: [UInt8]) throws -> Histogram {
        let stream = try CompressedHistogram.stream(in: block)
        return try Histogram(decodingV2: try Zlib.inflate(stream, limit: CompressedHistogram.uncompressedMax))
    }

    /// The histogram in base64, as it stands in reports and in each line of a log.
    static func text(_ histogram: Histogram) -> String {
        Base64.encode(encode(histogram))
    }
}

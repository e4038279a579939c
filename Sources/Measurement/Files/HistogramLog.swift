/// A log of histograms over time, as HdrHistogram's tools write and read it (`.hlog`, format 1.3).
///
/// Each line holds the histogram of one interval, compressed, and may have a tag that says whose it is. The histograms
/// are of nanoseconds. Here they stay compressed, so a log takes little more memory than its file.
public struct HistogramLog: Sendable, Equatable {
    /// One line.
    public struct Interval: Sendable, Equatable {
        /// Whose values they are; nil for a line without a tag.
        public var tag: String?
        /// When the interval began, nanoseconds after the log's base time.
        public var startNanoseconds: UInt64
        /// How long it was, in nanoseconds.
        public var lengthNanoseconds: UInt64
        /// The largest value in milliseconds, as the line says it; the histogram knows it better.
        public var maximumText: String
        /// The compressed histogram: see ``CompressedHistogram``.
        public var block: [UInt8]

        /// A line of a log.
        ///
        /// - Parameter maximum: The largest value, in nanoseconds.
        public init(
            tag: String?, startNanoseconds: UInt64, lengthNanoseconds: UInt64, maximum: Int64, block: [UInt8]
        ) {
            self.tag = tag
            self.startNanoseconds = startNanoseconds
            self.lengthNanoseconds = lengthNanoseconds
            maximumText = DecimalText.fixed(Double(maximum) / 1e6, decimals: 3)
            self.block = block
        }

        init(line: HistogramLogLine) {
            tag = line.tag
            startNanoseconds = line.startNanoseconds
            lengthNanoseconds = line.lengthNanoseconds
            maximumText = line.maximumText
            block = line.block
        }
    }

    /// When the log begins, nanoseconds since 1970; intervals count from there.
    public var baseNanosecondsSince1970: UInt64
    /// The intervals, in the order of the file.
    public var intervals: [Interval] = []

    /// A log without intervals.
    public init(baseNanosecondsSince1970: UInt64) {
        self.baseNanosecondsSince1970 = baseNanosecondsSince1970
    }

    /// The tags of the log in the order in which they first come; nil stands for lines without one.
    public var tags: [String?] {
        var seen: Set<String?> = []
        return intervals.map(\.tag).filter { seen.insert($0).inserted }
    }

    /// A tag of these parts, separated by slashes, without the characters that the format does not allow.
    public static func tag(_ parts: [String]) -> String {
        parts.map { part in
            String(
                String.UnicodeScalarView(
                    part.unicodeScalars.map { scalar in
                        let isAllowed = scalar.value > 0x20 && scalar.value != 0x7F && scalar != ","
                        return isAllowed && !scalar.properties.isWhitespace ? scalar : "_"
                    }))
        }.joined(separator: "/")
    }

    /// The log as a file.
    ///
    /// The header's lines are short and stand before all intervals: the reader of the C library allows no more than 127
    /// characters there, and no comment after the first interval.
    ///
    /// - Parameters:
    ///   - program: Who wrote it, for instance `zbed 1.0`.
    ///   - startText: The base time for people.
    public func text(program: String, startText: String) -> String {
        let base = DecimalText.seconds(baseNanosecondsSince1970)
        func line(_ text: String) -> String { String(text.unicodeScalars.prefix(120)) + "\n" }
        var text = line("#[Logged with \(program)]")
        text += "#[Histogram log format version 1.3]\n"
        text += line("#[StartTime: \(base) (seconds since epoch), \(startText)]")
        text += "#[BaseTime: \(base) (seconds since epoch)]\n"
        text += "#[Units: histograms in nanoseconds, Interval_Max in milliseconds]\n"
        text += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
        for interval in intervals {
            if let tag = interval.tag { text += "Tag=\(tag)," }
            text += "\(DecimalText.seconds(interval.startNanoseconds)),"
            text += "\(DecimalText.seconds(interval.lengthNanoseconds)),"
            text += "\(interval.maximumText),\(Base64.encode(interval.block))\n"
        }
        return text
    }
}

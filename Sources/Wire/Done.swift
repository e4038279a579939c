/// The payload of a frame of kind `done`: tasks of one stream whose results the sink has, and whom it has heard.
public struct DonePayload: Sendable, Equatable {
    /// Consecutive tasks.
    public struct Range: Sendable, Equatable {
        /// The first of them.
        public var first: UInt64
        /// How many they are; never 0.
        public var count: UInt32

        /// Makes a range.
        public init(first: UInt64, count: UInt32) {
            self.first = first
            self.count = count
        }
    }

    /// The tasks that are done.
    public var ranges: [Range]
    /// The workers from which the sink has heard since it last said so.
    public var workers: [UInt16]

    /// The most ranges that one frame has.
    public static let rangesMax = 1_024

    /// Makes a payload.
    public init(ranges: [Range], workers: [UInt16]) {
        self.ranges = ranges
        self.workers = workers
    }

    /// The payload's bytes.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(ranges) { writer, range in
            writer.write(range.first)
            writer.write(range.count)
        }
        writer.write(workers) { $0.write($1) }
        return writer.bytes
    }

    /// Reads a payload; empty ranges, and more of anything than there can be, are refused.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        ranges = try reader.readArray("ranges", elementBytesMin: 12) { reader throws(WireError) in
            Range(
                first: try reader.read("first task", as: UInt64.self),
                count: try reader.read("number of tasks", as: UInt32.self))
        }
        guard ranges.count <= Self.rangesMax,
            ranges.allSatisfy({ $0.count > 0 && $0.first <= Header.indexMax - UInt64($0.count) })
        else { throw WireError(field: "ranges") }
        workers = try reader.readArray("workers", elementBytesMin: 2) { reader throws(WireError) in
            try reader.read("worker", as: UInt16.self)
        }
        guard workers.count <= Origin.nodesMax, reader.remaining == 0 else { throw WireError(field: "end of done") }
    }
}

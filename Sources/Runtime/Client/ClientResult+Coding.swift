import Cluster
import Measurement
public import Wire

// What one of several processes that make a load hands over, without loss (`docs/protocol.md`, section 17).
//
// What the nodes say is not in it: whoever shared the load asks them.
extension ClientResult {
    /// Times beyond this, in nanoseconds, are no clock's.
    private static let timeMax: UInt64 = 1 << 62

    /// The result as bytes.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(incarnation)
        for time in [startNanoseconds, measuredNanoseconds, lastSentNanoseconds, cpuNanoseconds, abandoned] {
            writer.write(time)
        }
        writer.write(decidedIndex)
        writer.write(isInterrupted)
        writer.write(perNode) { Self.write($1, to: &$0) }
        writer.write(streams) { writer, stream in
            writer.write(stream.origin)
            writer.write(stream.incarnation)
            Self.write(stream.counts, to: &writer)
        }
        Self.write(acknowledgement, to: &writer)
        Self.write(sendLag, to: &writer)
        Self.write(heldBack, to: &writer)
        for reasons in [rejections, answeredBad] {
            writer.write(reasons.sorted { $0.key < $1.key }) { writer, reason in
                writer.write(reason.key)
                writer.write(reason.value)
            }
        }
        writer.write(gaps.all) { Self.write($1, to: &$0) }
        writer.write(gaps.open != nil)
        if let open = gaps.open { Self.write(open, to: &writer) }
        writer.write(clocks) { Self.write($1, to: &$0) }
        return writer.bytes
    }

    /// Reads a result back; what is damaged, or too much, is refused.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        self.init()
        var reader = ByteReader(bytes)
        incarnation = try reader.read("incarnation", as: UInt32.self)
        startNanoseconds = try reader.read("start", as: UInt64.self)
        measuredNanoseconds = try reader.read("begin of the measured time", as: UInt64.self)
        lastSentNanoseconds = try reader.read("last send", as: UInt64.self)
        cpuNanoseconds = try reader.read("processor time", as: UInt64.self)
        abandoned = try Self.readCount(from: &reader)
        decidedIndex = try reader.read("decided", as: UInt64.self)
        isInterrupted = try reader.readFlag("interrupted")
        guard max(startNanoseconds, measuredNanoseconds, lastSentNanoseconds) < Self.timeMax else {
            throw WireError(field: "times")
        }
        perNode = try reader.readArray("counts by node", elementBytesMin: 72) { reader throws(WireError) in
            try Self.readCounts(from: &reader)
        }
        streams = try reader.readArray("streams", elementBytesMin: 80) { reader throws(WireError) in
            ClientStream(
                origin: try reader.read("origin", as: UInt32.self),
                incarnation: try reader.read("incarnation of a stream", as: UInt32.self),
                counts: try Self.readCounts(from: &reader))
        }
        acknowledgement = try Self.readRecorder(from: &reader)
        sendLag = try Self.readHistogram("send lag", from: &reader)
        heldBack = try Self.readHistogram("held back", from: &reader)
        rejections = try Self.readReasons(from: &reader)
        answeredBad = try Self.readReasons(from: &reader)
        for gap in try reader.readArray("gaps", elementBytesMin: 16, Self.readGap) {
            gaps.note(from: gap.start, to: gap.end)
        }
        if try reader.readFlag("open gap") {
            let open = try Self.readGap(from: &reader)
            gaps.noteOpen(from: open.start, to: open.end)
        }
        clocks = try reader.readArray("clocks", elementBytesMin: 22) { reader throws(WireError) in
            try Self.readClock(from: &reader)
        }
        guard reader.remaining == 0 else { throw WireError(field: "end of result") }
    }

    // MARK: - Parts

    private static func write(_ counts: OrderCounts, to writer: inout ByteWriter) {
        for count in [
            counts.due, counts.sent, counts.acknowledged, counts.refused, counts.rejected, counts.unanswered,
            counts.overflowed, counts.resent, counts.stray,
        ] {
            writer.write(count)
        }
    }

    private static func readCounts(from reader: inout ByteReader) throws(WireError) -> OrderCounts {
        var counts = OrderCounts()
        counts.due = try readCount(from: &reader)
        counts.sent = try readCount(from: &reader)
        counts.acknowledged = try readCount(from: &reader)
        counts.refused = try readCount(from: &reader)
        counts.rejected = try readCount(from: &reader)
        counts.unanswered = try readCount(from: &reader)
        counts.overflowed = try readCount(from: &reader)
        counts.resent = try readCount(from: &reader)
        counts.stray = try readCount(from: &reader)
        return counts
    }

    /// A count that can be added up with those of all others.
    private static func readCount(from reader: inout ByteReader) throws(WireError) -> UInt64 {
        let count = try reader.read("count", as: UInt64.self)
        guard count <= Header.indexMax else { throw WireError(field: "count") }
        return count
    }

    private static func write(_ histogram: Histogram, to writer: inout ByteWriter) {
        writer.write(histogram.count > 0 ? histogram.encodedV2() : [])
        writer.write(histogram.negativeCount)
        writer.write(histogram.mostNegative)
        writer.write(histogram.overflowCount)
    }

    private static func readHistogram(
        _ field: String, from reader: inout ByteReader
    ) throws(WireError) -> Histogram {
        var histogram = try histogram(field, try reader.readBytes(field))
        let negative = try reader.read(field, as: Int64.self)
        let mostNegative = try reader.read(field, as: Int64.self)
        let overflow = try reader.read(field, as: Int64.self)
        guard negative >= 0, mostNegative <= 0, overflow >= 0 else { throw WireError(field: field) }
        histogram.note(negative: negative, mostNegative: mostNegative, overflow: overflow)
        return histogram
    }

    /// What a block holds; it must have the range that all histograms here have, or they could not be added up.
    private static func histogram(_ field: String, _ blob: [UInt8]) throws(WireError) -> Histogram {
        let empty = Histogram()
        guard !blob.isEmpty else { return empty }
        do throws(HistogramCodecError) {
            let histogram = try Histogram(decodingV2: blob)
            if histogram.hasSameConfiguration(as: empty) { return histogram }
        } catch {
            throw WireError(field: "\(field) (\(error))")
        }
        throw WireError(field: "\(field): another range than ours")
    }

    private static func write(_ recorder: IntervalRecorder, to writer: inout ByteWriter) {
        write(recorder.total, to: &writer)
        writer.write(recorder.intervalNanoseconds)
        writer.write(recorder.droppedIntervals)
        writer.write(recorder.intervals) { writer, interval in
            writer.write(interval.number)
            writer.write(interval.blob)
            writer.write(interval.negativeCount)
        }
    }

    private static func readRecorder(from reader: inout ByteReader) throws(WireError) -> IntervalRecorder {
        let total = try readHistogram("acknowledgements", from: &reader)
        let length = try reader.read("length of an interval", as: UInt64.self)
        guard length > 0, length < 1 << 60 else { throw WireError(field: "length of an interval") }
        let dropped = try reader.read("dropped intervals", as: UInt64.self)
        let intervals = try reader.readArray("intervals", elementBytesMin: 20) { reader throws(WireError) in
            let number = try reader.read("interval", as: UInt64.self)
            let blob = try reader.readBytes("interval")
            _ = try histogram("interval", blob)
            let negative = try reader.read("interval", as: Int64.self)
            guard negative >= 0, !blob.isEmpty else { throw WireError(field: "interval") }
            return IntervalRecorder.Interval(number: number, blob: blob, negativeCount: negative)
        }
        return IntervalRecorder(
            intervalNanoseconds: length, intervals: intervals, droppedIntervals: dropped, total: total)
    }

    private static func readReasons(from reader: inout ByteReader) throws(WireError) -> [UInt16: UInt64] {
        let rows = try reader.readArray("reasons", elementBytesMin: 10) { reader throws(WireError) in
            (reason: try reader.read("reason", as: UInt16.self), count: try readCount(from: &reader))
        }
        return rows.reduce(into: [:]) { $0[$1.reason, default: 0] += $1.count }
    }

    private static func write(_ gap: LongestGaps.Gap, to writer: inout ByteWriter) {
        writer.write(gap.start)
        writer.write(gap.end)
    }

    private static func readGap(from reader: inout ByteReader) throws(WireError) -> LongestGaps.Gap {
        let start = try reader.read("gap", as: UInt64.self)
        let end = try reader.read("gap", as: UInt64.self)
        guard start <= end, end < timeMax else { throw WireError(field: "gap") }
        return LongestGaps.Gap(start: start, end: end)
    }

    private static func write(_ clock: ClockFinding, to writer: inout ByteWriter) {
        writer.write(UInt16(clock.node))
        writer.write(clock.isOneClock)
        writer.write(clock.isContradicted)
        writer.write(UInt64(clock.exchangeCount))
        writer.write(clock.errorNanoseconds)
        writer.write(clock.offset != nil)
        if let offset = clock.offset {
            writer.write(offset.lowestNanoseconds)
            writer.write(offset.highestNanoseconds)
        }
        writer.write(clock.drift != nil)
        if let drift = clock.drift {
            writer.write(drift.lowerBound.bitPattern)
            writer.write(drift.upperBound.bitPattern)
        }
    }

    private static func readClock(from reader: inout ByteReader) throws(WireError) -> ClockFinding {
        var clock = ClockFinding(
            node: Int(try reader.read("node", as: UInt16.self)), isOneClock: try reader.readFlag("one clock"),
            isContradicted: try reader.readFlag("contradiction"))
        clock.exchangeCount = Int(clamping: try reader.read("exchanges", as: UInt64.self))
        clock.errorNanoseconds = try reader.read("clock error", as: UInt64.self)
        if try reader.readFlag("offset") {
            let lowest = try reader.read("offset", as: Int64.self)
            let highest = try reader.read("offset", as: Int64.self)
            guard lowest <= highest, lowest.magnitude <= ClientClock.aheadMaxNanoseconds.magnitude,
                highest.magnitude <= ClientClock.aheadMaxNanoseconds.magnitude
            else { throw WireError(field: "offset") }
            clock.offset = ClockOffset(lowestNanoseconds: lowest, highestNanoseconds: highest)
        }
        if try reader.readFlag("drift") {
            let lowest = Double(bitPattern: try reader.read("drift", as: UInt64.self))
            let highest = Double(bitPattern: try reader.read("drift", as: UInt64.self))
            // Written so that what is not a number is refused.
            guard lowest.isFinite, highest.isFinite, lowest <= highest else { throw WireError(field: "drift") }
            clock.drift = lowest...highest
        }
        return clock
    }
}

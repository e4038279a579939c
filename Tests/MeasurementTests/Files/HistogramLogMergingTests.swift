import Testing

@testable import Measurement

@Suite struct HistogramLogMergingTests {
    private static func log(_ base: UInt64, _ tags: [String?]) -> HistogramLog {
        var log = HistogramLog(baseNanosecondsSince1970: base)
        for (place, tag) in tags.enumerated() {
            log.intervals.append(
                HistogramLog.Interval(
                    tag: tag, startNanoseconds: UInt64(place) * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                    maximum: 5, block: [UInt8(place)]))
        }
        return log
    }

    @Test func everyIntervalKeepsItsTimeAndSaysWhoseItIs() throws {
        let early = Self.log(5_000_000_000, ["a", "a"])
        let late = Self.log(5_500_000_000, ["a", nil])
        let merged = try #require(HistogramLog.merged([("two, of", late), ("one", early)]))
        #expect(merged.baseNanosecondsSince1970 == 5_000_000_000)
        #expect(merged.intervals.map(\.tag) == ["one/a", "two__of/a", "one/a", "two__of"])
        #expect(
            merged.intervals.map(\.startNanoseconds) == [0, 500_000_000, 1_000_000_000, 1_500_000_000])
        #expect(try HistogramLog(parsing: merged.text(program: "x", startText: "y")).intervals == merged.intervals)
    }

    @Test func ofNoLogsThereIsNone() throws {
        #expect(HistogramLog.merged([]) == nil)
    }
}

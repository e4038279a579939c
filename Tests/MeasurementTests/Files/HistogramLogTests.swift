import Testing

@testable import Measurement

@Suite struct HistogramLogTests {
    static let block = CompressedHistogram.block(of: [1, 2, 3])

    static func log() -> HistogramLog {
        var log = HistogramLog(baseNanosecondsSince1970: 1_763_700_000_123_456_789)
        log.intervals = [
            HistogramLog.Interval(
                tag: "ring-3/broadcast/node0", startNanoseconds: 0, lengthNanoseconds: 250_000_000, maximum: 1_000_447,
                block: block),
            HistogramLog.Interval(
                tag: nil, startNanoseconds: 61_001_999_999, lengthNanoseconds: 1_000_000_000, maximum: 499,
                block: block),
        ]
        return log
    }

    @Test func theFileIsWhatOtherToolsRead() {
        let lines = Self.log().text(program: "zbed 1.0", startText: "2025-11-21T04:40:00Z").split(separator: "\n")
        #expect(
            lines == [
                "#[Logged with zbed 1.0]",
                "#[Histogram log format version 1.3]",
                "#[StartTime: 1763700000.123 (seconds since epoch), 2025-11-21T04:40:00Z]",
                "#[BaseTime: 1763700000.123 (seconds since epoch)]",
                "#[Units: histograms in nanoseconds, Interval_Max in milliseconds]",
                "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"",
                "Tag=ring-3/broadcast/node0,0.000,0.250,1.000,HISTFAAAAAMBAgM=",
                "61.001,1.000,0.000,HISTFAAAAAMBAgM=",
            ])
    }

    @Test func headerLinesFitTheReaderOfTheCLibrary() {
        let text = Self.log().text(
            program: String(repeating: "long ", count: 100), startText: String(repeating: "x", count: 300))
        for line in text.split(separator: "\n").prefix(5) { #expect(line.utf8.count < 127) }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let log = Self.log()
        let read = try HistogramLog(parsing: log.text(program: "test", startText: "now"))
        #expect(read.intervals.map(\.tag) == log.intervals.map(\.tag))
        #expect(read.intervals.map(\.block) == log.intervals.map(\.block))
        #expect(read.intervals.map(\.startNanoseconds) == [0, 61_001_000_000], "milliseconds are kept")
        #expect(read.intervals.map(\.lengthNanoseconds) == [250_000_000, 1_000_000_000])
        #expect(read.baseNanosecondsSince1970 == 1_763_700_000_123_000_000)
        #expect(read.tags == ["ring-3/broadcast/node0", nil])
    }

    @Test(arguments: ["\n", "\r\n"]) func otherWritersLinesAreRead(end: String) throws {
        let text = [
            "#a comment of any kind", "#[Histogram log format version 1.2]",
            "#[StartTime: 1441812279.474000 (seconds since epoch), Wed Sep 09 08:24:39 PDT 2015]",
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"",
            "0.127000,1.007000,2.000000,HISTFAAAAAMBAgM=", "", "# later", "Tag=A,2.769,1,0.5,HISTFAAAAAMBAgM=",
        ].joined(separator: end)
        let log = try HistogramLog(parsing: text)
        #expect(log.baseNanosecondsSince1970 == 1_441_812_279_474_000_000, "times are relative to the start time")
        #expect(log.intervals.map(\.startNanoseconds) == [127_000_000, 2_769_000_000])
        #expect(log.tags == [nil, "A"])
    }

    @Test func absoluteTimesCountFromTheFirst() throws {
        let log = try HistogramLog(
            parsing: """
                #[Histogram log format version 1.2]
                #[StartTime: 1441812279.474 (seconds since epoch)]
                1441812280.474,1.0,2.0,HISTFAAAAAMBAgM=
                1441812281.474,1.0,2.0,HISTFAAAAAMBAgM=
                """)
        #expect(log.baseNanosecondsSince1970 == 1_441_812_280_474_000_000)
        #expect(log.intervals.map(\.startNanoseconds) == [0, 1_000_000_000])
    }

    static let version = "#[Histogram log format version 1.3]\n"

    @Test(
        arguments: [
            ("", 0, .noVersion), ("\n\n", 0, .noVersion), ("1,1,1,HISTFAAAAAMBAgM=", 0, .noVersion),
            ("#[Histogram log format version 9.9]", 1, .unknownVersion("9.9")),
            (version + "#[StartTime: soon]", 2, .badTime(" soon]")),
            (version + "#[BaseTime: -1.5 (seconds since epoch)]", 2, .badTime(" -1.5 (seconds since epoch)]")),
            (version + "0.1,0.2", 2, .fields(2)), (version + "Tag=only", 2, .fields(1)),
            (version + "1,1,1,HISTFAAAAAMBAgM=,5", 2, .fields(5)),
            (version + "1e9,1,1,HISTFAAAAAMBAgM=", 2, .badNumber(field: "start", text: "1e9")),
            (version + "1,-1,1,HISTFAAAAAMBAgM=", 2, .badNumber(field: "length", text: "-1")),
            (version + "1,1,,HISTFAAAAAMBAgM=", 2, .badNumber(field: "maximum", text: "")),
            (version + ".,1,1,HISTFAAAAAMBAgM=", 2, .badNumber(field: "start", text: ".")),
            (version + "99999999999,1,1,HISTFAAAAAMBAgM=", 2, .badNumber(field: "start", text: "99999999999")),
            (version + "1,1,1,HISTFAAAAAMBAgM", 2, .badBase64), (version + "1,1,1,<html>", 2, .badBase64),
        ] as [(String, Int, HistogramLogError.Reason)])
    func whatIsNoLogIsRefusedWithItsLine(text: String, line: Int, reason: HistogramLogError.Reason) {
        #expect(throws: HistogramLogError(reason, line: line)) { try HistogramLog(parsing: text) }
    }

    @Test func errorsAreFitForATerminal() {
        let error = HistogramLogError(.badNumber(field: "start", text: "\u{1B}[31m" + "x\n"), line: 7)
        #expect(
            "\(error)"
                == "not a readable histogram log at line 7: the start is '?[31mx?', expected digits with a decimal point"
        )
    }

    @Test(arguments: [
        (["ring-3", "broadcast", "node0"], "ring-3/broadcast/node0"), (["a,b", "c d"], "a_b/c_d"),
        (["x\ny\r", "\u{A0}é"], "x_y_/_é"), ([""], ""),
    ])
    func tagsHoldNothingThatTheFormatForbids(parts: [String], tag: String) {
        #expect(HistogramLog.tag(parts) == tag)
    }

    /// Whatever is accepted can be written again; nothing traps.
    @Test func damagedLogsNeverTrap() {
        let text = Array(Self.log().text(program: "test", startText: "now").utf8)
        var generator = SeededGenerator(seed: 11)
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let log = try? HistogramLog(parsing: String(decoding: bytes, as: UTF8.self)) else { continue }
            accepted += 1
            #expect(log.text(program: "x", startText: "").isEmpty == false)
        }
        #expect(accepted > 100 && accepted < 4_900)
    }
}

@Suite struct CompressedHistogramTests {
    private static func reason(of block: [UInt8]) -> HistogramCodecError.Reason? {
        do throws(HistogramCodecError) {
            _ = try CompressedHistogram.stream(in: block)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func aBlockHoldsItsStream() throws {
        #expect(CompressedHistogram.block(of: [7, 8]) == [0x1c, 0x84, 0x93, 0x14, 0, 0, 0, 2, 7, 8])
        #expect(try CompressedHistogram.stream(in: CompressedHistogram.block(of: [7, 8])) == [7, 8])
        #expect(try CompressedHistogram.stream(in: [0x1c, 0x84, 0x93, 0x04, 0, 0, 0, 0]).isEmpty, "any word size")
    }

    @Test func eachFaultHasItsReason() {
        #expect(Self.reason(of: []) == .shortEnvelope(bytes: 0))
        #expect(Self.reason(of: [0x1c, 0x84, 0x93, 0x14, 0, 0, 0]) == .shortEnvelope(bytes: 7))
        #expect(Self.reason(of: [0x1c, 0x84, 0x93, 0x13, 0, 0, 0, 0]) == .unknownEnvelope(0x1c84_9313))
        #expect(Self.reason(of: [0x1c, 0x84, 0x93, 0x14, 0, 0, 0, 2, 1]) == .streamLength(said: 2, found: 1))
        #expect(
            Self.reason(of: [0x1c, 0x84, 0x93, 0x14, 0xff, 0xff, 0xff, 0xff])
                == .streamLength(said: 4_294_967_295, found: 0))
    }
}

import Glibc
import TestSupport
import Testing

@testable import Runtime

@Suite struct LogTests {
    /// What a log writes into a file.
    private func lines(_ level: LogLevel, _ body: (Log) -> Void) throws -> [String] {
        let directory = try TestFolder()
        let descriptor = open(directory("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        body(Log(level: level, context: ["node": 0], descriptor: descriptor, clock: { 1_795_250_701_123_456_789 }))
        return try Files.readText(directory("log")).split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0)
        }
    }

    @Test func aLineHasTimeLevelContextEventAndFields() throws {
        let written = try lines(.info) { $0.info("ready", ["links": 4, "share": 0.5, "leader": true]) }
        #expect(written == ["2026-11-21T08:45:01.123Z info  node=0 event=ready links=4 share=0.5 leader=true", ""])
    }

    @Test func valuesThatWouldBreakTheLineAreQuotedAndEscaped() throws {
        let hostile = "a b\"c\\\n\r\t\u{1B}[31m\u{0}\u{85}\u{202E}é"
        let written = try lines(.info) {
            $0.info("x", ["peer": "\(hostile)", "empty": "", "plain": "tcp://127.0.0.1:5550"])
        }
        let escaped = #""a b\"c\\\n\r\t\u{1b}[31m\u{0}\u{85}\u{202e}é""#
        #expect(written[0].hasSuffix("event=x peer=\(escaped) empty=\"\" plain=tcp://127.0.0.1:5550"))
        #expect(written.count == 2)
    }

    @Test(arguments: LogLevel.allCases)
    func onlyWantedLevelsAreWrittenAndComputed(level: LogLevel) throws {
        var computed = 0
        func field() -> LogFields {
            computed += 1
            return [:]
        }
        let written = try lines(level) { log in
            log.error("e", field())
            log.warn("w", field())
            log.info("i", field())
            log.debug("d", field())
            log.trace("t", field())
        }
        #expect(written.count - 1 == level.rawValue)
        #expect(computed == level.rawValue)
    }

    @Test func moreContextFollowsTheFirst() throws {
        #expect(try lines(.info) { $0.with(["peer": 3]).info("up") }[0].hasSuffix("info  node=0 peer=3 event=up"))
    }

    @Test func anEndlessValueIsCut() throws {
        let written = try lines(.info) { $0.info("x", ["v": LogValue(String(repeating: "é", count: 100_000))]) }
        #expect(written[0].utf8.count < 2_000)
        #expect(written[0].hasSuffix("…\""))
        let many = try lines(.info) { log in
            let value = LogValue(String(repeating: "a", count: 1_000))
            log.info("x", ["a": value, "b": value, "c": value, "d": value, "e": value])
        }
        #expect(many.count == 2)
        #expect(many[0].utf8.count == LogSink.lineBytesMax - 1)
    }

    @Test func aFullDiskLosesLinesAndNothingElse() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let log = Log(level: .info, descriptor: descriptor)
        log.info("a")
        log.info("b")
        #expect(log.droppedLines == 2)
    }

    @Test func aReaderThatSleepsLosesLinesAndNothingElse() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let log = Log(level: .info, descriptor: ends[1])
        let value = LogValue(String(repeating: "a", count: 1_000))
        // The pipe takes 64 KiB; it blocks whoever writes more, so this test would hang if a line did.
        for _ in 0..<200 { log.info("x", ["v": value]) }
        #expect(log.droppedLines > 100)
        #expect(log.droppedLines < 200)

        var buffer = [UInt8](repeating: 0, count: 65_536)
        #expect(read(ends[0], &buffer, buffer.count) > 0)
        let before = log.droppedLines
        log.info("again")
        #expect(log.droppedLines == before)
    }

    @Test func aSourceIsLoggedOnceAndOthersToo() {
        var limiter = LogLimiter<Int>(capacity: 2)
        #expect(limiter.admit(1, at: 0) == 0)
        #expect(limiter.admit(1, at: 99) == nil)
        #expect(limiter.admit(2, at: 99) == 0)
        // Beyond the capacity all others are one source.
        #expect(limiter.admit(3, at: 99) == 0)
        #expect(limiter.admit(4, at: 99) == nil)
        #expect(limiter.admit(1, at: .max) == nil)
    }

    @Test func afterTheIntervalTheSuppressedLinesAreTold() {
        var limiter = LogLimiter<String>(intervalNanoseconds: 10)
        #expect(limiter.admit("a", at: 100) == 0)
        #expect(limiter.admit("a", at: 105) == nil)
        #expect(limiter.admit("a", at: 109) == nil)
        #expect(limiter.admit("a", at: 110) == 2)
        #expect(limiter.admit("a", at: 105) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999_999_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000_000_000, "2000-03-01T00:00:00.000Z"),
            (1_767_225_599_000_000_000, "2025-12-31T23:59:59.000Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
        ] as [(UInt64, String)])
    func timeIsTakenApart(nanoseconds: UInt64, text: String) {
        #expect(UTCTime(nanosecondsSince1970: nanoseconds).text == text)
    }

    @Test func theCompactTimeIsAFileName() {
        #expect(UTCTime(nanosecondsSince1970: 1_795_250_701_123_456_789).compactText == "20261121T084501Z")
        #expect(UTCTime(nanosecondsSince1970: .max).year == 2_554)
    }
}

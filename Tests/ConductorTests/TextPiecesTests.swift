import Testing

@testable import Conductor
@testable import Runtime

/// Small pieces of text that reports are made of.
@Suite struct TextPiecesTests {
    @Test(arguments: [
        ([], "zbed"), (["run", "--rate", "1k"], "zbed run --rate 1k"),
        (["--nodes", "tcp://[::1]:5002"], "zbed --nodes 'tcp://[::1]:5002'"), ([""], "zbed ''"),
        (["a b"], "zbed 'a b'"), (["it's"], "zbed 'it'\\''s'"), (["ümlaut"], "zbed 'ümlaut'"),
        (["--plan=10k@10s,20k"], "zbed --plan=10k@10s,20k"), (["'"], "zbed ''\\'''"), (["$HOME"], "zbed '$HOME'"),
    ])
    func commandLinesAreQuotedWhereTheyMustBe(arguments: [String], line: String) {
        #expect(Environment.commandLine("zbed", arguments) == line)
    }

    @Test func aShellReadsACommandLineBackAsItWas() throws {
        let arguments = [
            "plain", "", "two words", "it's", "''", "\"quoted\"", "$HOME", "`id`", "a;b|c&d", "*", "~", "tab\there",
            "line\nbreak", "back\\slash", "ünïcödé", "#comment", "!", "(x)", "<>", "-",
        ]
        let line = Environment.commandLine("printf", ["%s|"] + arguments)
        let shell = try ChildProcess(
            ChildRequest(program: "sh", arguments: ["-c", line], output: .pipe, diesWithParent: false))
        #expect(try shell.readOutput() == arguments.map { $0 + "|" }.joined())
        #expect(try shell.wait().isSuccess)
    }

    @Test(arguments: [
        (UInt64(0), UInt64(2_000_000_000), "0.0 of 2.0 s"), (1_450_000_000, 2_000_000_000, "1.4 of 2.0 s"),
        (9_000_000_000, 2_000_000_000, "2.0 of 2.0 s"),
    ])
    func progressNeverGoesBeyondItsEnd(elapsed: UInt64, total: UInt64, text: String) {
        #expect(ProgressLine.span(elapsed, total) == text)
    }

    @Test func progressNamesTheWarmUpAndSeparatesThousands() {
        var progress = ClientProgress(
            elapsedNanoseconds: 500_000_000, totalNanoseconds: 2_000_000_000, sent: 12_345, acknowledged: 12_340,
            refused: 0, isWarmup: true, p99Nanoseconds: 0)
        #expect(
            ProgressLine.text(of: progress)
                == "0.5 of 2.0 s  12,345 sent  12,340 acknowledged  warm-up  1.5 s left")
        progress.isWarmup = false
        #expect(ProgressLine.text(of: progress).contains("  p99 not known yet  "))
        progress.p99Nanoseconds = 1_250_000
        #expect(ProgressLine.text(of: progress).contains("  p99 1.25 ms  "))
    }

    @Test func progressSaysWhatIsLeft() {
        #expect(ProgressLine.left(500_000_000, 2_000_000_000) == "1.5 s left")
        #expect(ProgressLine.left(2_000_000_000, 2_000_000_000) == "waiting for the last deliveries")
    }

    @Test(arguments: [
        (UInt64(0), "0 ms"), (250_000_000, "250 ms"), (1_000_000_000, "1 s"), (1_500_000_000, "1.5 s"),
        (30_000_000_000, "30 s"), (1_005_000_000, "1.005 s"), (2_050_000_000, "2.05 s"),
    ])
    func durationsAreShortAndExact(nanoseconds: UInt64, text: String) {
        #expect(DurationText.of(nanoseconds) == text)
    }
}

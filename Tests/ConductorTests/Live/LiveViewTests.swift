import Reporting
import Testing
import Wire

@testable import Conductor

/// Lines for a terminal.
@Suite struct LiveViewTests {
    private static let plain = LiveStyle(hasColors: false, text: TextStyle())

    private static func cluster(_ nodes: Int, hasLeader: Bool = false) -> LiveCluster {
        var cluster = LiveCluster()
        for second in 1...2 {
            cluster.take(
                (0..<nodes).map { node in
                    var answer = LiveClusterTests.answer(node, at: Double(second)) {
                        ($0.sent, $0.delivered) = (UInt64(second * 1_234), UInt64(second * 2_468_000))
                        $0.fromDue = LiveClusterTests.delays([Int64](repeating: 1_250_000, count: second))
                        $0.process.residentBytes = 12 << 20
                    }
                    if hasLeader {
                        answer.log = .init()
                        answer.log?.role = node == 0 ? .leader : .follower
                        answer.log?.term = 3
                    }
                    return answer
                })
        }
        return cluster
    }

    @Test(arguments: [1, 10, 20, 39, 40, 60, 80, 100, 120, 200], [1, 2, 5, 24, 60])
    func nothingIsWiderOrHigherThanTheTerminal(width: Int, height: Int) {
        for nodes in [0, 1, 3, 50] {
            let lines = LiveView(style: Self.plain).screen(
                Self.cluster(nodes, hasLeader: nodes > 1), width: width, height: height)
            #expect(lines.count <= height && lines.allSatisfy { $0.count <= width })
        }
    }

    @Test func everythingIsShownWhereThereIsRoom() {
        let lines = LiveView(style: Self.plain).screen(Self.cluster(2, hasLeader: true), width: 160, height: 24)
        #expect(lines[0] == "zbed top  topology ring, 3 nodes, cluster zbed")
        #expect(
            lines[1] == "2 of 2 nodes answer, node 0 leads in term 3, 2.47k/s sent, 4.94M/s delivered, CPU 0 %")
        let heads = lines[3].split(separator: " ").joined(separator: " ")
        #expect(
            heads
                == "node state role term life out/s in/s links queued refused missing copies p50 p99 book behind CPU % memory"
        )
        let row = lines[4].split(separator: " ").joined(separator: " ")
        #expect(row == "0 running leader 3 0007 1.23k 2.47M 3/4 0 0 0 0 1.25ms 1.25ms 0 0 0 12.0MiB")
    }

    @Test func narrowTerminalsKeepWhatMattersMost() {
        func heads(_ width: Int) -> [Substring] {
            LiveTable(style: Self.plain).lines(Self.cluster(3).rows, width: width)[0].split(separator: " ")
        }
        #expect(heads(80).contains("p99") && heads(80).contains("missing") && !heads(80).contains("memory"))
        #expect(heads(40) == ["node", "state", "out/s", "in/s", "p99"])
        #expect(heads(16) == ["node", "state"])
        #expect(!heads(200).contains("role") && !heads(200).contains("behind"), "nobody has any")
    }

    @Test func nodesThatDoNotFitAreCounted() {
        let lines = LiveTable(style: Self.plain).lines(Self.cluster(50).rows, width: 80, rowsMax: 10)
        #expect(lines.count == 11 && lines[10] == "and 41 more: a higher terminal shows them")
        #expect(LiveTable(style: Self.plain).lines(Self.cluster(10).rows, width: 80, rowsMax: 10).count == 11)
    }

    @Test func coloursTakeNoRoomAndCanBeLeftOut() {
        let colored = LiveStyle(hasColors: true, text: TextStyle())
        let (with, without) = (
            LiveView(style: colored).screen(Self.cluster(3), width: 80, height: 24),
            LiveView(style: Self.plain).screen(Self.cluster(3), width: 80, height: 24)
        )
        #expect(with.map(Self.withoutCodes) == without)
        #expect(with.contains { $0.contains("\u{1B}[32mrunning\u{1B}[0m") })
        #expect(without.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func aPlainLocaleGetsPlainLetters() {
        var cluster = LiveCluster()
        for second in 1...2 {
            cluster.take([
                LiveClusterTests.answer(0, at: Double(second)) {
                    $0.fromDue = LiveClusterTests.delays([Int64](repeating: 12_000, count: second))
                }
            ])
        }
        func text(_ ascii: Bool) -> String {
            LiveView(style: LiveStyle(text: TextStyle(ascii: ascii))).plain(cluster, width: 160).joined()
        }
        #expect(text(true).unicodeScalars.allSatisfy(\.isASCII) && text(true).contains("12.0us"))
        #expect(text(false).contains("12.0µs"))
    }

    private static func withoutCodes(_ text: String) -> String {
        text.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated().map { place, part in
            place == 0 ? String(part) : String(part.drop { $0 != "m" }.dropFirst())
        }.joined()
    }
}

/// What is known of a terminal by its environment.
@Suite struct TerminalTests {
    @Test(
        arguments: [
            (true, ["TERM": "xterm"], true, true), (true, ["TERM": "xterm", "NO_COLOR": "1"], true, false),
            (true, ["TERM": "xterm", "NO_COLOR": ""], true, true), (true, ["TERM": "dumb"], false, false),
            (true, [:], false, false), (false, ["TERM": "xterm"], false, false),
        ] as [(Bool, [String: String], Bool, Bool)])
    func linesAreTakenBackAndPaintedOnlyWhereThatWorks(
        isTerminal: Bool, environment: [String: String], isInteractive: Bool, hasColors: Bool
    ) {
        let terminal = Terminal(isTerminal: isTerminal, environment: environment)
        #expect(terminal.isInteractive == isInteractive && terminal.style.hasColors == hasColors)
    }

    @Test(
        arguments: [
            (["LANG": "de_DE.UTF-8"], false), (["LANG": "C.utf8"], false), ([:], true), (["LANG": "C"], true),
            (["LANG": "de_DE.UTF-8", "LC_ALL": "C"], true), (["LC_ALL": "", "LC_CTYPE": "en_US.UTF-8"], false),
        ] as [([String: String], Bool)])
    func theLocaleSaysWhichSignsThereAre(environment: [String: String], isASCII: Bool) {
        #expect(Terminal(isTerminal: true, environment: environment).style.text.ascii == isASCII)
    }
}

/// The progress of a command.
@Suite struct ProgressTests {
    @Test func linesAreRewrittenWhereTheyStand() {
        #expect(ProgressLine.rewriting([], with: ["a"], columns: 80) == "\r\u{1B}[Ja")
        #expect(ProgressLine.rewriting([40], with: ["b"], columns: 80) == "\r\u{1B}[Jb")
        #expect(ProgressLine.rewriting([40, 79, 79], with: ["c", "d"], columns: 80) == "\r\u{1B}[2A\u{1B}[Jc\r\nd")
        #expect(ProgressLine.rewriting([79, 79], with: [], columns: 40) == "\r\u{1B}[3A\u{1B}[J", "they wrapped")
        #expect(ProgressLine.rewriting([0, 5], with: [], columns: 0) == "\r\u{1B}[5A\u{1B}[J", "whatever is said")
    }

    @Test func nodesAreSummedUpWhereTheyCannotBeRewritten() {
        let style = LiveStyle(text: TextStyle(ascii: true))
        #expect(ProgressLine.summary(LiveCluster(), style) == "")
        var cluster = LiveCluster()
        for second in 1...2 {
            cluster.take([
                LiveClusterTests.answer(0, at: Double(second)) {
                    ($0.delivered, $0.missing) = (UInt64(second) * 2_000, 1_200)
                    $0.fromDue = LiveClusterTests.delays([Int64](repeating: 12_000, count: second))
                },
                LiveClusterTests.answer(1, at: Double(second)) {
                    ($0.delivered, $0.refused) = (UInt64(second) * 3_000, 4)
                },
                LiveAnswer(node: 2, endpoint: "x", isDead: true),
            ])
        }
        #expect(
            ProgressLine.summary(cluster, style)
                == "; each node gets 2.00k to 3.00k/s, p99 at most 12.0 us, 1,200 missing or on their way, 4 refused, "
                + "node 2 is dead")
    }
}

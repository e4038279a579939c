import Testing

@testable import Runtime

/// Text of others on a terminal.
@Suite struct VisibleTextTests {
    @Test func whatSteersATerminalIsWrittenOut() {
        let hostile = "a\u{1B}]0;title\u{7}b\rc\u{9B}31md\u{202E}e\u{0}\u{7F}"
        #expect(VisibleText.lines(hostile) == #"a\u{1b}]0;title\u{7}b\rc\u{9b}31md\u{202e}e\u{0}\u{7f}"#)
    }

    @Test func linesColumnsAndLettersStayAsTheyAre() {
        let table = "NAME\tREADY\nnode-0\té \"1/1\" \\ 日本\n"
        #expect(VisibleText.lines(table) == table)
    }

    @Test func aValueIsOnOneLineAndNotTooLong() {
        #expect(VisibleText.quoted("a\n\"\u{1B}") == #""a\n\"\u{1b}""#)
        #expect(VisibleText.quoted(String(repeating: "é", count: 100)).unicodeScalars.count == 63)
    }
}

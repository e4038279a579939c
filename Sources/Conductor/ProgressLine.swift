import Reporting
import Runtime

/// How far a command is, on standard error: a line, and below it the nodes at work, rewritten in place on a terminal;
/// now and then a new line elsewhere; nothing when it is not wanted.
final class ProgressLine {
    /// Whether anything is shown at all.
    let isShown: Bool
    private let terminal: Terminal
    private var nextNanoseconds: UInt64 = 0
    /// How many columns each line takes that stands on the terminal now.
    private var shown: [Int] = []

    /// Between two lines where they cannot be rewritten.
    private static let plainIntervalNanoseconds: UInt64 = 5_000_000_000
    /// Between two rewritings.
    private static let terminalIntervalNanoseconds: UInt64 = 200_000_000

    init(isQuiet: Bool) {
        isShown = !isQuiet
        terminal = Terminal.of(2)
    }

    /// Shows a line, and the nodes if any are watched, if it is time for it.
    func show(_ text: @autoclosure () -> String, _ nodes: LiveCluster = LiveCluster()) {
        let now = MonotonicClock.now()
        guard isShown, now >= nextNanoseconds else { return }
        guard terminal.isInteractive else {
            nextNanoseconds = now + Self.plainIntervalNanoseconds
            return Program.printError(text() + Self.silence(nodes) + Self.summary(nodes, terminal.style))
        }
        nextNanoseconds = now + Self.terminalIntervalNanoseconds
        let (columns, height) = Terminal.size(2)
        // A line that wrapped could not be rewritten.
        let width = max(columns - 1, 1)
        let first = (text() + Self.silence(nodes)).prefix(width)
        var lines = [(text: String(first), columns: first.count)]
        let rowsMax = min(nodes.rows.count, height - 4, 20)
        if rowsMax > 0 {
            lines += LiveTable(style: terminal.style).lines(nodes.rows, width: width, rowsMax: rowsMax).map {
                ($0, width)
            }
        }
        Program.printErrorText(Self.rewriting(shown, with: lines.map(\.text), columns: columns))
        shown = lines.map(\.columns)
    }

    /// Takes everything away, so that what follows has the screen to itself.
    func clear() {
        guard terminal.isInteractive, !shown.isEmpty else { return }
        Program.printErrorText(Self.rewriting(shown, with: [], columns: Terminal.size(2).columns))
        shown = []
        nextNanoseconds = 0
    }

    /// What replaces lines that take so many columns each, of which the last has the cursor at its end.
    ///
    /// When the terminal became narrower, they take more lines than they were.
    static func rewriting(_ old: [Int], with lines: [String], columns: Int) -> String {
        let columns = max(columns, 1)
        let height = old.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
        let up = height > 1 ? "\u{1B}[\(height - 1)A" : ""
        return "\r\(up)\u{1B}[J" + lines.joined(separator: "\r\n")
    }

    /// Which nodes do not answer, behind whatever is shown; empty when all do.
    static func silence(_ nodes: LiveCluster) -> String {
        let silent = nodes.rows.filter { $0.state == LiveRow.silent }.map { "\($0.node)" }
        guard !silent.isEmpty else { return "" }
        return silent.count == 1
            ? ", node \(silent[0]) does not answer" : ", nodes \(silent.joined(separator: ", ")) do not answer"
    }

    /// All nodes together, behind a line that cannot be rewritten; empty as long as nothing is known.
    static func summary(_ nodes: LiveCluster, _ style: LiveStyle) -> String {
        let rates = nodes.rows.compactMap(\.inPerSecond)
        guard let least = rates.min(), let most = rates.max() else { return "" }
        var text = "; each node gets \(style.text.short(least)) to \(style.text.short(most))/s"
        if let p99 = nodes.rows.compactMap(\.p99Nanoseconds).max() {
            text += ", p99 at most \(style.text.duration(Double(p99)))"
        }
        if let missing = nodes.total(\.missing) { text += ", \(Numbers.grouped(missing)) missing or on their way" }
        if let refused = nodes.total(\.refused), refused > 0 { text += ", \(Numbers.grouped(refused)) refused" }
        let dead = nodes.rows.filter { $0.state == LiveRow.dead }.map { "node \($0.node) is \($0.state)" }
        return dead.isEmpty ? text : "\(text), \(dead.joined(separator: ", "))"
    }
}

extension ProgressLine {
    /// How far a load client is, in one line.
    static func text(of progress: ClientProgress) -> String {
        let p99 =
            progress.p99Nanoseconds > 0
            ? "p99 \(milliseconds(UInt64(progress.p99Nanoseconds))) ms" : "p99 not known yet"
        return span(progress.elapsedNanoseconds, progress.totalNanoseconds)
            + "  \(Numbers.grouped(progress.sent)) sent  \(Numbers.grouped(progress.acknowledged)) acknowledged"
            + (progress.refused > 0 ? "  \(Numbers.grouped(progress.refused)) refused" : "")
            + "  \(progress.isWarmup ? "warm-up" : p99)"
            + "  \(left(progress.elapsedNanoseconds, progress.totalNanoseconds))"
    }

    /// "3.2 of 10.0 s".
    static func span(_ elapsed: UInt64, _ total: UInt64) -> String {
        "\(tenths(min(elapsed, total))) of \(tenths(total)) s"
    }

    /// "6.8 s left", or what is done when none is.
    static func left(_ elapsed: UInt64, _ total: UInt64) -> String {
        elapsed < total ? "\(tenths(total - elapsed)) s left" : "waiting for the last deliveries"
    }

    private static func tenths(_ nanoseconds: UInt64) -> String {
        "\(nanoseconds / 1_000_000_000).\(nanoseconds / 100_000_000 % 10)"
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let hundredths = nanoseconds / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

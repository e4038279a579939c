import Glibc
import Reporting
import Runtime

/// One line on standard error that says how far a command is: rewritten in place on a terminal, now and then a new line
/// elsewhere, nothing when it is not wanted.
final class ProgressLine {
    private let isQuiet: Bool
    private let isTerminal: Bool
    private var nextNanoseconds: UInt64 = 0
    private var shown = ""

    /// Between two lines where they cannot be rewritten.
    private static let plainIntervalNanoseconds: UInt64 = 5_000_000_000
    /// Between two rewritings.
    private static let terminalIntervalNanoseconds: UInt64 = 200_000_000

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        isTerminal = isatty(2) == 1 && CurrentProcess.environment["TERM"] != "dumb"
    }

    /// Shows a line if it is time for one.
    func show(_ text: @autoclosure () -> String) {
        let now = MonotonicClock.now()
        guard !isQuiet, now >= nextNanoseconds else { return }
        nextNanoseconds = now + (isTerminal ? Self.terminalIntervalNanoseconds : Self.plainIntervalNanoseconds)
        let line = fit(text())
        if isTerminal {
            Program.printErrorText("\r\u{1B}[K" + line)
        } else {
            Program.printError(line)
        }
        shown = line
    }

    /// Takes the line away, so that what follows has the screen to itself.
    func clear() {
        guard isTerminal, !shown.isEmpty else { return }
        Program.printErrorText("\r\u{1B}[K")
        shown = ""
        nextNanoseconds = 0
    }

    /// A line that does not wrap: a wrapped one could not be rewritten.
    private func fit(_ text: String) -> String {
        guard isTerminal else { return text }
        var size = winsize()
        let columns = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        return String(text.prefix(max(10, columns - 1)))
    }
}

extension ProgressLine {
    /// Shows how far a run is.
    func show(_ state: RunProgress, label: String, nodes: Int) {
        switch state {
        case .starting: show("\(label)  starting \(Numbers.nodes(nodes))")
        case .client(let client): if let client { show(client, label: label + "  ") }
        case .broadcast(let elapsed, let total):
            show("\(label)  \(Self.span(elapsed, total))  \(Self.left(elapsed, total))")
        }
    }

    /// Shows how far a load client is.
    func show(_ progress: ClientProgress, label: String) {
        show(label + Self.text(of: progress))
    }

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

import Glibc
import Reporting
import Runtime

/// What is known of a descriptor that text goes to.
struct Terminal: Equatable {
    /// Whether lines can be taken back there.
    var isInteractive: Bool
    var style: LiveStyle

    /// Looks at a descriptor and the environment.
    static func of(_ descriptor: Int32, environment: [String: String] = CurrentProcess.environment) -> Terminal {
        Terminal(isTerminal: isatty(descriptor) == 1, environment: environment)
    }

    /// Decides by what the environment says of a terminal, or of what is none.
    init(isTerminal: Bool, environment: [String: String]) {
        let name = environment["TERM"] ?? ""
        isInteractive = isTerminal && !["", "dumb", "unknown"].contains(name)
        // https://no-color.org: any value but an empty one.
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        style = LiveStyle(
            hasColors: isInteractive && !isPlain, text: TextStyle(ascii: !Self.isUTF8(environment)))
    }

    /// Whether the locale's characters are UTF-8, by the first of the variables that says anything; none means C.
    private static func isUTF8(_ environment: [String: String]) -> Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = environment[name], !value.isEmpty else { continue }
            let letters = value.lowercased().filter { $0 != "-" }
            return letters.contains("utf8")
        }
        return false
    }

    /// Columns and lines of the terminal at a descriptor; 80 by 24 where it does not say.
    static func size(_ descriptor: Int32) -> (columns: Int, lines: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

/// The whole screen, as long as it is borrowed; what was on it comes back.
final class Screen {
    private var before: termios?
    private var isOpen = false

    /// Takes the screen, and the keys where they come from a terminal: each at once, unseen.
    func open() throws(Failure) {
        var settings = termios()
        if isatty(0) == 1, tcgetattr(0, &settings) == 0 {
            before = settings
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
            // A stopped program would leave the terminal as it is now: only Ctrl-C is a signal.
            withUnsafeMutableBytes(of: &settings.c_cc) { keys in
                keys[Int(VMIN)] = 0
                keys[Int(VTIME)] = 0
                keys[Int(VSUSP)] = 0
                keys[Int(VQUIT)] = 0
            }
            // Without it keys must be followed by Enter, and all else is as it should be.
            _ = tcsetattr(0, TCSANOW, &settings)
        }
        isOpen = true
        try Program.printText("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Gives it back.
    func close() {
        guard isOpen else { return }
        isOpen = false
        // Nobody is left to be told if the terminal is gone.
        try? Program.printText("\u{1B}[?25h\u{1B}[?1049l")
        if var before { _ = tcsetattr(0, TCSANOW, &before) }
    }

    deinit { close() }

    /// Shows these lines and nothing else; none may be wider than the terminal.
    func show(_ lines: [String]) throws(Failure) {
        let text = lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n")
        try Program.printText("\u{1B}[H\(text)\u{1B}[J")
    }

    /// Where keys are to be read from; empty where there are none.
    var keyDescriptors: [Int32] { before == nil ? [] : [0] }

    /// Whether the key that ends was pressed; all others that wait are taken and mean nothing.
    func wantsToEnd() -> Bool {
        guard before != nil else { return false }
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(0, &keys, keys.count)
        return keys.prefix(max(0, count)).contains { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }
    }
}

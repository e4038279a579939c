import Glibc
import Reporting
import Runtime
import Wire

/// `zbed top`: every node of a running cluster, again and again.
enum TopCommand {
    static let options = Inspection.table(
        "top", summary: "watch every node of a running cluster",
        options: [
            OptionSpec(
                "interval", .duration(bareUnit: .seconds), default: "1s",
                check: tooShortOrLong, help: "Time from one look to the next, 100ms to 1h"),
            OptionSpec(
                "count", .integer(1...1_000_000_000), defaultNote: "until it is ended",
                help: "End after so many looks"),
            OptionSpec("once", .flag, default: "false", help: "End after one look: --count 1"),
        ],
        rules: OptionRules.top,
        notes: [
            "Example:\n  zbed top --nodes tcp://localhost:5002,tcp://localhost:5102,tcp://localhost:5202",
            "q or Ctrl-C ends it. Where standard output is no terminal (or TERM is dumb) it prints a table for each look,\n"
                + "without colours; NO_COLOR takes those away on a terminal, too. Rates, CPU and latencies are of the time\n"
                + "between two looks, so the first table comes after one interval; counts are from each node's beginning.\n"
                + "Missing are messages that are known to exist and not here: those on their way are among them.",
            "Exit codes:\n  0 ended as asked, 2 nobody answered at the last look, 64 wrong usage",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        try Inspection.visit(options) { inspection in
            try Watch(inspection, options).run()
        }
    }

    @Sendable private static func tooShortOrLong(_ text: String) -> ValueError? {
        do throws(ValueError) {
            let interval = try ValueText.duration(text, bareUnit: .seconds)
            guard (100_000_000...3_600_000_000_000).contains(interval) else {
                return ValueError("\(text) is out of range", expected: "100ms to 1h")
            }
            return nil
        } catch {
            return error
        }
    }
}

/// Looks at a cluster until somebody has seen enough.
private final class Watch {
    private let inspection: Inspection
    private let interval: UInt64
    private let looksMax: Int
    private let isJSON: Bool
    private let terminal: Terminal
    private let screen = Screen()
    private var cluster = LiveCluster()
    private var size = Terminal.size(1)

    /// Between two looks at the terminal's size.
    private static let sizeNanoseconds: UInt64 = 200_000_000
    /// The columns of what is not printed on a terminal.
    private static let plainColumns = 160

    init(_ inspection: Inspection, _ options: ParsedOptions) {
        self.inspection = inspection
        interval = options.duration("interval")
        looksMax = options.flag("once") ? 1 : options.optionalInteger("count") ?? .max
        isJSON = options.string("format") == "json"
        terminal = Terminal.of(1)
    }

    func run() throws -> ExitCode {
        // Whoever names what is no cluster hears it before the screen is taken.
        let first = try inspection.watch(timeoutNanoseconds: wait)
        try Inspection.requireOneCluster(
            first.map { NodeAnswer(node: $0.node, endpoint: $0.endpoint, status: $0.status) })
        cluster.take(first)
        if isWhole { try screen.open() }
        defer { screen.close() }
        if isWhole { try draw() }
        let wasSeenEnough = try look()
        screen.close()
        if isWhole && wasSeenEnough { try printTable(isFirst: true) }
        return cluster.answering == 0 ? .unknown : .pass
    }

    /// Looks again and again; true when all looks were made, false when it was ended before.
    private func look() throws -> Bool {
        var next = MonotonicClock.now() + interval
        var looks = 0
        while try sleep(until: next) {
            let answers = try inspection.watch(timeoutNanoseconds: wait)
            // A look that was cut short says nothing of the nodes.
            guard !inspection.interrupts.flag.isSet else { return false }
            cluster.take(answers)
            looks += 1
            try isWhole ? draw() : printTable(isFirst: looks == 1)
            if looks >= looksMax { return true }
            if hasNoReader { return false }
            // What took longer than the interval is not made up for.
            next = max(next + interval, MonotonicClock.now())
        }
        return false
    }

    /// Whether the whole screen is used.
    private var isWhole: Bool { terminal.isInteractive && !isJSON && looksMax > 1 }

    /// A node that falls silent must not hold up the others for longer than their next look is away; one that was
    /// silent before is not waited for as long again.
    private var wait: UInt64 {
        let isComplete = cluster.answering == cluster.rows.count
        return min(interval, isComplete ? 1_000_000_000 : 200_000_000)
    }

    private func draw() throws {
        size = Terminal.size(1)
        let view = LiveView(style: terminal.style)
        try screen.show(view.screen(cluster, width: size.columns, height: size.lines))
    }

    private func printTable(isFirst: Bool) throws {
        if isJSON { return try Program.printText(json()) }
        let lines = LiveView(style: terminal.style).plain(
            cluster, width: isatty(1) == 1 ? Terminal.size(1).columns : Self.plainColumns)
        try Program.printText((isFirst ? "" : "\n") + lines.map { $0 + "\n" }.joined())
    }

    private func json() throws -> String {
        String(decoding: try ReportJSON.encode(value: cluster.rows), as: UTF8.self)
    }

    /// Whether the other end of a pipe is closed: nobody would see the next look.
    private var hasNoReader: Bool {
        var output = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&output, 1, 0) == 1 && Int32(output.revents) & POLLERR != 0
    }

    /// Sleeps, drawing anew when the terminal has another size; false when it is to end.
    private func sleep(until next: UInt64) throws -> Bool {
        while !inspection.interrupts.flag.isSet {
            if isWhole {
                if screen.wantsToEnd() { return false }
                if Terminal.size(1) != size { try draw() }
            }
            let now = MonotonicClock.now()
            guard now < next else { return true }
            let longest = isWhole ? min(next - now, Self.sizeNanoseconds) : next - now
            try inspection.interrupts.wait(
                nanoseconds: longest, orReadable: isWhole ? screen.keyDescriptors : [])
        }
        return false
    }
}

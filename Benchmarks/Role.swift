import Baseline
import Cluster
import Measurement
import Runtime
import ZMQ

/// The processes of a benchmark besides the nodes: started by this program as itself, never by a user.
enum Role {
    /// The first argument of a process that plays a role.
    static let marker = "role"

    static func run(_ words: [String]) throws -> ExitCode {
        let arguments = Array(words.dropFirst())
        switch words.first {
        case "publish": try publish(arguments)
        case "subscribe": try subscribe(arguments)
        case "echo": try check(baseline_echo(try word(arguments, 0), highWaterMark))
        case "request": try request(arguments)
        case "ping": try ping(arguments)
        case "client": try client(arguments)
        case "orders": try orders(arguments)
        default: throw Failure(.usage, "no role \(words.first ?? ""): roles are started by the benchmarks themselves")
        }
        return .pass
    }

    private static let highWaterMark = Int32(Lab.highWaterMark)

    /// Arguments: ENDPOINT SUBSCRIBERS SIZE COUNT.
    private static func publish(_ words: [String]) throws {
        let subscribers = Int32(try number(words, 1))
        let size = Int64(try number(words, 2))
        let count = Int64(try number(words, 3))
        try check(baseline_publish(try word(words, 0), highWaterMark, subscribers, nil, size, count))
    }

    /// ENDPOINT COUNT; prints deliveries per second.
    private static func subscribe(_ words: [String]) throws {
        let count = try number(words, 1)
        var nanoseconds: Int64 = 0
        try check(baseline_subscribe(try word(words, 0), highWaterMark, Int64(count), &nanoseconds))
        try Program.printText("\(Double(count - 1) * 1e9 / Double(nanoseconds))\n")
    }

    /// SIZE WINDOW COUNT ENDPOINT…; prints echoes per second.
    private static func request(_ words: [String]) throws {
        let size = Int64(try number(words, 0))
        let window = Int32(try number(words, 1))
        let count = try number(words, 2)
        let endpoints = CStringArray(Array(words.dropFirst(3)))
        var nanoseconds: Int64 = 0
        try check(
            baseline_request(
                endpoints.pointers, Int32(endpoints.count), highWaterMark, size, window, Int64(count), &nanoseconds))
        try Program.printText("\(Double(count) * 1e9 / Double(nanoseconds))\n")
    }

    /// ENDPOINT SIZE WARMUP COUNT; prints the median and the 99th percentile of the round trip in nanoseconds.
    private static func ping(_ words: [String]) throws {
        let size = Int64(try number(words, 1))
        let warmup = Int64(try number(words, 2))
        var times = [Int64](repeating: 0, count: try number(words, 3))
        try check(baseline_ping(try word(words, 0), highWaterMark, size, warmup, Int64(times.count), &times))
        // The histogram that the product's side uses, so that both are rounded alike.
        var histogram = Histogram()
        for time in times { histogram.record(time) }
        try Program.printText("\(histogram.value(atPercentile: 50)) \(histogram.value(atPercentile: 99))\n")
    }

    /// SIZE OUTSTANDING WARMUP-MS DURATION-MS ENDPOINT…: the product's own client loop; prints acknowledgements per
    /// second, the median and the 99th percentile of the time from due to acknowledged in nanoseconds, and how many
    /// there were.
    private static func client(_ words: [String]) throws {
        var settings = ClientSettings(nodes: Array(words.dropFirst(4)))
        settings.messageSizeBytes = try number(words, 0)
        settings.mode = .closed(outstanding: try number(words, 1))
        settings.warmupNanoseconds = UInt64(try number(words, 2)) * 1_000_000
        settings.durationNanoseconds = UInt64(try number(words, 3)) * 1_000_000
        let context = try Context(ioThreads: 1)
        let loop = try ClientLoop(
            settings: settings, context: context, log: Log(level: .warn), isInterrupted: { false })
        let result = try loop.run()
        let total = result.total
        guard total.acknowledged == total.due, total.stray == 0 else {
            throw Failure(
                .unavailable, "\(total.due - total.acknowledged) of \(total.due) orders were not acknowledged")
        }
        let acknowledgement = result.acknowledgement.total
        try Program.printText(
            "\(Double(total.acknowledged) * 1e9 / Double(settings.durationNanoseconds)) "
                + "\(acknowledgement.value(atPercentile: 50)) \(acknowledgement.value(atPercentile: 99)) "
                + "\(result.streams.reduce(0) { $0 + $1.counts.acknowledged })\n")
    }

    /// closed OUTSTANDING or open RATE, PACK WARMUP-MS DURATION-MS ENDPOINT…: orders for a cluster that has a leader;
    /// prints answers per second, how many there were, and when the longest time without one began and how
    /// long it was, in nanoseconds.
    private static func orders(_ words: [String]) throws {
        var settings = ClientSettings(nodes: Array(words.dropFirst(5)))
        settings.workload = .orders
        let load = try number(words, 1)
        settings.mode = try word(words, 0) == "open" ? .open(ratePerSecond: Double(load)) : .closed(outstanding: load)
        settings.packMax = try number(words, 2)
        settings.warmupNanoseconds = UInt64(try number(words, 3)) * 1_000_000
        settings.durationNanoseconds = UInt64(try number(words, 4)) * 1_000_000
        // A node that was killed answers nothing any more; what the living did the benchmark asks them itself.
        settings.collectsReports = false
        let context = try Context(ioThreads: 1)
        let result = try ClientLoop(
            settings: settings, context: context, log: Log(level: .error), isInterrupted: { false }
        ).run()
        let total = result.total
        // What the book refuses (mostly cancels of what was filled meanwhile) was agreed on and answered, too.
        let answered = total.acknowledged + total.rejected
        guard answered == total.due else {
            throw Failure(.unavailable, "\(total.due - answered) of \(total.due) orders were not answered")
        }
        try Program.printText(
            "\(Double(answered) * 1e9 / Double(settings.durationNanoseconds)) "
                + "\(result.streams.reduce(0) { $0 + $1.counts.acknowledged + $1.counts.rejected }) "
                + "\(result.gaps.longest?.start ?? 0) \(result.gaps.longest?.nanoseconds ?? 0)\n")
    }

    private static func word(_ words: [String], _ place: Int) throws -> String {
        guard place < words.count else { throw Failure(.usage, "a role lacks its argument \(place + 1)") }
        return words[place]
    }

    private static func number(_ words: [String], _ place: Int) throws -> Int {
        guard let number = Int(try word(words, place)), number >= 0 else {
            throw Failure(.usage, "a role has \"\(words[place])\" for a number")
        }
        return number
    }

    private static func check(_ result: Int32) throws {
        guard result < 0 else { return }
        throw Failure(.unavailable, "libzmq: \(ZMQError(code: -result, operation: "baseline"))")
    }
}

/// Strings as C takes them, for as long as this lives.
final class CStringArray {
    private let strings: [UnsafeMutablePointer<CChar>]
    let pointers: [UnsafePointer<CChar>?]

    init(_ texts: [String]) {
        strings = texts.map { text in
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
            text.withCString { copy.initialize(from: $0, count: text.utf8.count + 1) }
            return copy
        }
        pointers = strings.map { UnsafePointer($0) }
    }

    deinit {
        for string in strings { string.deallocate() }
    }

    var count: Int { pointers.count }
}

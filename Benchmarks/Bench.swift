import Glibc
import Measurement
import Runtime

/// What one figure is, and when it is good enough.
struct Metric: Sendable {
    let name: String
    let sizeBytes: Int?
    let unit: String
    /// Measured values are divided by this for people: 1e6 for millions.
    let scale: Double
    /// Whether more is better; then the target is the least ratio, otherwise the largest.
    let moreIsBetter: Bool
    let target: Double
}

/// What one measurement of one side yields.
struct Sample: Sendable {
    /// A value for each of the benchmark's metrics.
    let values: [Double]
    /// CPU time of all processes together for each message; nil where messages are not the point.
    let cpuNanoseconds: Double?

    init(_ values: [Double], cpuNanoseconds: Double? = nil) {
        self.values = values
        self.cpuNanoseconds = cpuNanoseconds
    }
}

/// One benchmark: two ways to measure the same things, to be run in turn.
struct Bench: Sendable {
    /// What `--only` selects.
    let name: String
    /// What each side's measurement yields, in this order.
    let metrics: [Metric]
    let baseline: @Sendable (Lab) throws -> Sample
    let product: @Sendable (Lab) throws -> Sample
    /// Whether it is measured once, however many repeats are asked for: its sample is of many events already.
    var isOfManyEvents = false

    /// Measures both sides in turn and settles the ratios.
    func run(in lab: Lab, repeats: Int) throws -> [Row] {
        let repeats = isOfManyEvents ? 1 : repeats
        let samples = try Interleaved(repeats: repeats, baseline: { try baseline(lab) }, product: { try product(lab) })
        return try metrics.enumerated().map { place, metric in try Row(metric, place: place, samples) }
    }

    /// Every benchmark, in the order of the table.
    static let all: [Bench] = [
        broadcast(receivers: 1, sizeBytes: 64, count: 6_000_000),
        broadcast(receivers: 1, sizeBytes: 1024, count: 1_000_000),
        broadcast(receivers: 4, sizeBytes: 64, count: 2_000_000),
        request(nodes: 1), request(nodes: 3), request(nodes: 10),
        ping, idleMemory, clusterStart, orderBook,
        agreement(nodes: 3, isPacked: true, ordersPerSecondMin: 1_000_000),
        agreement(nodes: 5, isPacked: true, ordersPerSecondMin: 600_000),
        agreement(nodes: 10, isPacked: true, ordersPerSecondMin: 300_000),
        agreement(nodes: 3, isPacked: false, ordersPerSecondMin: 300_000),
        agreement(nodes: 5, isPacked: false, ordersPerSecondMin: 200_000),
        agreement(nodes: 10, isPacked: false, ordersPerSecondMin: 100_000),
        failover,
    ]

    /// What `--only` can select; one name can have several sizes.
    static let names = all.map(\.name).reduce(into: [String]()) { names, name in
        if !names.contains(name) { names.append(name) }
    }
}

/// What the benchmarks share: programs, how long to measure, limits that both sides have.
struct Lab: Sendable {
    /// This program, to be started again for a role.
    let selfPath: String
    /// The product's node.
    let nodePath: String
    let isQuick: Bool

    /// Messages that the queue of a link holds at each end, for both sides: the product's default.
    static let highWaterMark = 10_000
    /// How long a role may take before the benchmark is given up.
    static let roleMillisecondsMax: Int32 = 120_000

    init(isQuick: Bool) throws {
        self.isQuick = isQuick
        // The kernel's name for this program: also right when it was found through PATH.
        selfPath = try Self.target(ofLink: "/proc/self/exe")
        let folder = selfPath[..<(selfPath.lastIndex(of: "/") ?? selfPath.startIndex)]
        nodePath = "\(folder)/znode"
        guard Files.exists(nodePath) else {
            throw Failure(
                .unavailable, "no \(nodePath): build everything with swift build -c release --static-swift-stdlib")
        }
    }

    private static func target(ofLink path: String) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes { room in room.baseAddress.map { readlink(path, $0, room.count) } ?? 0
        }
        guard count > 0, count < bytes.count else {
            throw Failure(.unavailable, "\(path) cannot be read: is /proc mounted?")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// How long the product's side runs.
    var durationMilliseconds: Int { isQuick ? 400 : 1_500 }

    /// How many messages the baseline's side takes: given those that take as long as the product's side.
    func count(_ full: Int) -> Int { isQuick ? full / 4 : full }

    /// Starts one role of this program.
    func startRole(_ words: [String]) throws -> ChildProcess {
        try ChildProcess(
            ChildRequest(program: selfPath, arguments: [Role.marker] + words, output: .pipe, errorOutput: .inherit))
    }

    /// Waits for a role and reads the numbers it printed, and the CPU time it took.
    func numbers(of role: ChildProcess) throws -> (values: [Double], cpuNanoseconds: Double) {
        guard let exit = try role.wait(milliseconds: Self.roleMillisecondsMax) else {
            throw Failure(
                .unavailable,
                "a role did not end within \(Self.roleMillisecondsMax / 1000) s: is the machine overloaded?")
        }
        guard exit.isSuccess else { throw Failure(.unavailable, "a role \(exit)") }
        let values = try role.readOutput().split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        return (values, Double(exit.cpuNanoseconds))
    }
}

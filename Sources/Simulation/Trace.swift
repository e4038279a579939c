/// What a trace tells of in lines.
public struct TraceTopics: OptionSet, Sendable {
    /// A bit for each topic.
    public let rawValue: UInt16

    /// Makes a set of topics.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Beacons of readiness.
    public static let beacons = TraceTopics(rawValue: 1 << 0)
    /// Heartbeats of leaders.
    public static let heartbeats = TraceTopics(rawValue: 1 << 1)
    /// Who asks for votes, and who gives them.
    public static let votes = TraceTopics(rawValue: 1 << 2)
    /// Entries, snapshots and how far nodes have come with them.
    public static let replication = TraceTopics(rawValue: 1 << 3)
    /// Frames also where they arrive, not only where they are published.
    public static let arrivals = TraceTopics(rawValue: 1 << 4)
    /// Frames that a link loses.
    public static let losses = TraceTopics(rawValue: 1 << 5)
    /// Subscriptions that come and go.
    public static let links = TraceTopics(rawValue: 1 << 6)
    /// What nodes say to whoever reads their log.
    public static let notices = TraceTopics(rawValue: 1 << 7)
    /// Orders and their answers.
    public static let clients = TraceTopics(rawValue: 1 << 8)
    /// What goes wrong, and when it ends.
    public static let faults = TraceTopics(rawValue: 1 << 9)
    /// Broken promises.
    static let always = TraceTopics(rawValue: 1 << 15)

    /// Everything.
    public static let all = TraceTopics(rawValue: .max)

    /// The topics by their names.
    public static let named: [String: TraceTopics] = [
        "beacons": .beacons, "heartbeats": .heartbeats, "votes": .votes, "replication": .replication,
        "arrivals": .arrivals, "losses": .losses, "links": .links, "notices": .notices, "clients": .clients,
        "faults": .faults,
    ]
}

/// What happened: always as a hash, and as text when somebody is to read it.
struct Trace {
    private(set) var hash: UInt64 = 0x6a09_e667_f3bc_c908
    private(set) var count: UInt64 = 0
    private(set) var lines: ArraySlice<String> = []
    /// The newest lines that are kept; 0: none are made.
    let linesMax: Int

    /// What the lines tell of.
    var topics: TraceTopics

    var isKept: Bool { linesMax > 0 }

    init(linesMax: Int, topics: TraceTopics) {
        self.linesMax = linesMax
        self.topics = topics
    }

    func shows(_ topic: TraceTopics) -> Bool { linesMax > 0 && topics.union(.always).contains(topic) }

    /// Takes an event into the hash.
    @inline(__always)
    mutating func mix(_ first: UInt64, _ second: UInt64) {
        count &+= 1
        let product = (hash ^ first) &* 0xff51_afd7_ed55_8ccd ^ second
        hash = product << 29 | product >> 35
    }

    mutating func write(_ time: UInt64, _ topic: TraceTopics, _ text: @autoclosure () -> String) {
        guard shows(topic) else { return }
        lines.append("\(Self.seconds(time)) \(text())")
        if lines.count > linesMax { lines.removeFirst() }
    }

    mutating func takeLines() -> [String] {
        defer { lines = [] }
        return Array(lines)
    }

    /// Seconds with six digits behind the point.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let microseconds = nanoseconds / 1_000
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction + "s"
    }
}

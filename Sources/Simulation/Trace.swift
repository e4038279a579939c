/// What happened: always as a hash, and as text when somebody is to read it.
struct Trace {
    private(set) var hash: UInt64 = 0x6a09_e667_f3bc_c908
    private(set) var count: UInt64 = 0
    private(set) var lines: ArraySlice<String> = []
    /// The newest lines that are kept; 0: none are made.
    let linesMax: Int

    var isKept: Bool { linesMax > 0 }

    init(linesMax: Int) {
        self.linesMax = linesMax
    }

    /// Takes an event into the hash.
    @inline(__always)
    mutating func mix(_ first: UInt64, _ second: UInt64) {
        count &+= 1
        let product = (hash ^ first) &* 0xff51_afd7_ed55_8ccd ^ second
        hash = product << 29 | product >> 35
    }

    mutating func write(_ time: UInt64, _ text: @autoclosure () -> String) {
        guard linesMax > 0 else { return }
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

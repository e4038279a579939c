import CLinux
import Glibc

/// What a process uses, read from /proc.
///
/// The product watches itself and its children with it.
public struct ProcessStatistics: Equatable, Sendable {
    /// The process id.
    public var pid: Int32 = 0
    /// The kernel's letter for its state, such as R, S, D or Z.
    public var state: Character = "?"
    /// CPU time of all threads, in nanoseconds, exact (the process's CPU clock).
    public var cpuNanoseconds: UInt64 = 0
    /// The part of the CPU time spent in the program, in nanoseconds, to a clock tick.
    public var userNanoseconds: UInt64 = 0
    /// The part of the CPU time spent in the kernel, in nanoseconds, to a clock tick.
    public var systemNanoseconds: UInt64 = 0
    /// Memory that is resident now, in bytes (VmRSS).
    public var residentBytes: UInt64 = 0
    /// The part of it that no file backs: the heap and the stacks (RssAnon).
    public var residentAnonymousBytes: UInt64 = 0
    /// The most memory that was ever resident, in bytes (VmHWM).
    public var peakResidentBytes: UInt64 = 0
    /// Address space, in bytes (VmSize).
    public var virtualBytes: UInt64 = 0
    /// Threads that live now.
    public var threads: Int = 0
    /// Times a thread gave up its CPU to wait, summed over the threads that live now.
    public var voluntaryContextSwitches: UInt64 = 0
    /// Times a thread lost its CPU to another, summed over the threads that live now.
    public var involuntaryContextSwitches: UInt64 = 0
    /// Open descriptors; 0 when another user's process does not show them.
    public var openFiles: Int = 0
    /// When it started, in nanoseconds since the machine's boot, to a clock tick.
    public var startNanosecondsSinceBoot: UInt64 = 0

    /// The most threads whose context switches are read; a process with more shows the sum over these.
    static let threadsReadMax = 1_024

    /// Reads the statistics of a process, or of this one.
    ///
    /// A process that has ended is an error (ENOENT or ESRCH).
    public static func read(pid: Int32? = nil) throws(SystemError) -> ProcessStatistics {
        let pid = pid ?? getpid()
        let folder = "/proc/\(pid)"
        let stat = try Files.readText("\(folder)/stat", limit: 64 << 10)
        guard var result = ProcessStatistics(stat: stat, ticksPerSecond: UInt64(clinux_ticks_per_second())) else {
            throw SystemError(operation: "make sense of", path: "\(folder)/stat", code: EPROTO)
        }
        result.addStatus(try Files.readText("\(folder)/status", limit: 64 << 10))
        let exact = clinux_process_cpu_ns(pid)
        result.cpuNanoseconds = exact >= 0 ? UInt64(exact) : result.userNanoseconds + result.systemNanoseconds
        result.openFiles = max(0, Int(clinux_directory_count("\(folder)/fd")))
        result.addContextSwitches(folder)
        return result
    }

    /// Parses /proc/PID/stat; nil when it is not of that form.
    ///
    /// The program's name stands in parentheses and may itself hold spaces and parentheses, so fields are counted from
    /// the last closing one (proc_pid_stat(5)).
    init?(stat: String, ticksPerSecond: UInt64) {
        guard let close = stat.utf8.lastIndex(of: UInt8(ascii: ")")),
            let open = stat.utf8.firstIndex(of: UInt8(ascii: "(")),
            open < close, let pid = Int32(stat[..<open].filter { $0 != " " })
        else { return nil }
        let fields = stat[stat.utf8.index(after: close)...].split(whereSeparator: \.isWhitespace)
        // Field 3 of the manual page, the state, is the first one here.
        func field(_ number: Int) -> UInt64? { number - 3 < fields.count ? UInt64(fields[number - 3]) : nil }
        func ticks(_ number: Int) -> UInt64? {
            guard let value = field(number), ticksPerSecond > 0 else { return nil }
            let (whole, rest) = value.quotientAndRemainder(dividingBy: ticksPerSecond)
            let (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
            return overflow ? nil : nanoseconds &+ rest * 1_000_000_000 / ticksPerSecond
        }
        guard let state = fields.first?.first, let user = ticks(14), let system = ticks(15),
            let threads = field(20), let start = ticks(22)
        else { return nil }
        self.pid = pid
        self.state = state
        userNanoseconds = user
        systemNanoseconds = system
        cpuNanoseconds = user &+ system
        self.threads = Int(clamping: threads)
        startNanosecondsSinceBoot = start
    }

    /// Adds the memory lines of /proc/PID/status; a zombie has none.
    mutating func addStatus(_ text: String) {
        let lines = KernelText.fields(text)
        residentBytes = KernelText.kibibytes(lines["VmRSS"])
        residentAnonymousBytes = KernelText.kibibytes(lines["RssAnon"])
        peakResidentBytes = KernelText.kibibytes(lines["VmHWM"])
        virtualBytes = KernelText.kibibytes(lines["VmSize"])
    }

    /// /proc/PID/status counts the main thread's switches only, so every thread is asked.
    private mutating func addContextSwitches(_ folder: String) {
        guard let threads = try? Files.list("\(folder)/task") else { return }  // It ended meanwhile: nothing to add.
        for thread in threads.prefix(Self.threadsReadMax) {
            guard let text = try? Files.readText("\(folder)/task/\(thread)/status", limit: 64 << 10) else { continue }
            let lines = KernelText.fields(text)
            voluntaryContextSwitches += lines["voluntary_ctxt_switches"].flatMap { UInt64($0) } ?? 0
            involuntaryContextSwitches += lines["nonvoluntary_ctxt_switches"].flatMap { UInt64($0) } ?? 0
        }
    }
}

/// Reading the kernel's "Name:  value unit" files.
enum KernelText {
    /// The lines by their name; of lines with the same name, the first.
    static func fields(_ text: String) -> [Substring: Substring] {
        var result: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = trimmed(line[..<colon])
            if result[name] == nil { result[name] = trimmed(line[line.index(after: colon)...]) }
        }
        return result
    }

    /// The bytes of a value such as "1234 kB"; 0 when it is missing or something else.
    static func kibibytes(_ value: Substring?) -> UInt64 {
        guard let value, value.hasSuffix(" kB"), let count = UInt64(trimmed(value.dropLast(3))) else { return 0 }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1_024)
        return overflow ? 0 : bytes
    }

    static func trimmed(_ text: Substring) -> Substring {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return text[first...last]
    }
}

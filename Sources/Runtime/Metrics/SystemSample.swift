import CLinux
import Glibc

/// What the process and the machine use, read when somebody asks: by the metrics server's thread, not by the loop.
struct SystemSample: Sendable, Equatable {
    /// Nil when /proc does not tell.
    var process: ProcessStatistics?
    /// When the process started, seconds since 1970.
    var processStartSeconds = 0.0
    /// 0 when /proc does not tell.
    var memoryTotalBytes: UInt64 = 0
    /// Memory that could be had without swapping.
    var memoryAvailableBytes: UInt64 = 0
    /// Traffic inside the machine.
    var loopback = NetworkBytes()
    /// Traffic of all other interfaces together.
    var network = NetworkBytes()

    /// Bytes that interfaces counted.
    struct NetworkBytes: Sendable, Equatable {
        var received: UInt64 = 0
        var sent: UInt64 = 0
    }

    /// Reads everything; what cannot be read stays nil or 0.
    static func read() -> SystemSample {
        var sample = SystemSample()
        sample.process = try? ProcessStatistics.read()  // Missing metrics say it.
        if let process = sample.process {
            let ageNanoseconds = max(0, clinux_clock_ns(CLOCK_BOOTTIME)) - Int64(process.startNanosecondsSinceBoot)
            sample.processStartSeconds = (Double(WallClock.now()) - Double(ageNanoseconds)) / 1e9
        }
        sample.addMemory(text("/proc/meminfo"))
        sample.addNetwork(text("/proc/net/dev"))
        return sample
    }

    /// Takes the memory out of /proc/meminfo.
    mutating func addMemory(_ meminfo: String) {
        let lines = KernelText.fields(meminfo)
        memoryTotalBytes = KernelText.kibibytes(lines["MemTotal"])
        memoryAvailableBytes = KernelText.kibibytes(lines["MemAvailable"])
    }

    /// Adds up the interfaces in /proc/net/dev: the first number of a line is bytes received, the ninth bytes sent.
    mutating func addNetwork(_ devices: String) {
        for (name, line) in KernelText.fields(devices) {
            let numbers = line.split(separator: " ").map { UInt64($0) }
            guard numbers.count >= 9, let received = numbers[0], let sent = numbers[8] else { continue }
            let place: WritableKeyPath<SystemSample, NetworkBytes> = name == "lo" ? \.loopback : \.network
            self[keyPath: place].received &+= received
            self[keyPath: place].sent &+= sent
        }
    }

    private static func text(_ path: String) -> String {
        (try? Files.readText(path, limit: 1 << 20)) ?? ""  // Missing in some containers, which 0 says.
    }
}

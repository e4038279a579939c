/// What of this machine's scheduling disturbs a measurement, as the kernel tells it.
public struct SchedulerRecord: Equatable, Sendable {
    /// How the first processor's clock is governed, such as "performance"; nil where the kernel does not do it, as in
    /// most virtual machines.
    public var governor: String?
    /// Whether the processors say that a hypervisor runs them.
    public var isVirtual: Bool
    /// The load averages over 1, 5 and 15 minutes; empty when unknown.
    public var loadAverage: [Double]

    /// Reads this machine's; what cannot be read is nil, false or empty.
    public static func read() -> SchedulerRecord {
        let governor = KernelText.trimmed(
            text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")[...])
        return SchedulerRecord(
            governor: governor.isEmpty ? nil : String(governor), isVirtual: isVirtual(text("/proc/cpuinfo")),
            loadAverage: loadAverage(text("/proc/loadavg")))
    }

    /// Whether the flags in /proc/cpuinfo have "hypervisor".
    static func isVirtual(_ cpuinfo: String) -> Bool {
        KernelText.fields(cpuinfo)["flags"]?.split(separator: " ").contains("hypervisor") ?? false
    }

    /// The first three numbers of /proc/loadavg.
    static func loadAverage(_ text: String) -> [Double] {
        let numbers = text.split(whereSeparator: \.isWhitespace).prefix(3).compactMap { Double($0) }
        return numbers.count == 3 ? numbers : []
    }

    private static func text(_ path: String) -> String {
        (try? Files.readText(path)) ?? ""  // Missing in some machines, which is what the record says then.
    }
}

/// Where all processors' time went since the machine started, in clock ticks.
public struct ProcessorTime: Equatable, Sendable {
    /// Everything, idle time included.
    public var total: UInt64
    /// What the hypervisor gave to others while something here wanted to run.
    public var steal: UInt64

    /// Reads /proc/stat; nil when it cannot be read.
    public static func read() -> ProcessorTime? {
        guard let text = try? Files.readText("/proc/stat", limit: 4 << 20) else { return nil }
        return ProcessorTime(stat: text)
    }

    /// Parses the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guests' time is in
    /// user's already (proc_stat(5)).
    init?(stat: String) {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        guard ticks.count == 8 else { return nil }
        total = ticks.reduce(0, &+)
        steal = ticks[7]
    }

    /// The share of the time from `earlier` to this that was stolen, in percent.
    public func stealPercent(since earlier: ProcessorTime) -> Double {
        guard total > earlier.total, steal >= earlier.steal else { return 0 }
        return 100 * Double(steal - earlier.steal) / Double(total - earlier.total)
    }
}

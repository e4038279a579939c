import CLinux
import Cluster

/// What a run ran on: numbers are only comparable between records that agree.
public struct MachineRecord: Equatable, Sendable {
    /// The host's name.
    public var hostName: String
    /// Changes at each boot; empty when unknown.
    public var bootID: String
    /// The processor's name, such as "AMD EPYC 7B13"; "unknown" where the kernel does not tell.
    public var processorModel: String
    /// The architecture, such as "x86_64".
    public var architecture: String
    /// Processors that are online.
    public var processorsOnline: Int
    /// Processors this process may run on.
    public var processorsUsable: Int
    /// Processors' worth of time that a container is limited to; nil without a limit.
    public var processorQuota: Double?
    /// The kernel's release, such as "6.1.0-18-amd64".
    public var kernelRelease: String
    /// The distribution, such as "Debian GNU/Linux 12 (bookworm)"; "unknown" where it does not tell.
    public var operatingSystem: String
    /// Memory of the machine, in bytes.
    public var memoryTotalBytes: UInt64
    /// Memory that could be had without swapping, in bytes.
    public var memoryAvailableBytes: UInt64
    /// What the kernel reads time from, such as "tsc"; a slow one costs on every message.
    public var clockSource: String

    /// Reads this machine's record.
    ///
    /// What cannot be read is "unknown", empty or 0: a record never stops a run.
    public static func read() -> MachineRecord {
        let memory = KernelText.fields(text("/proc/meminfo"))
        return MachineRecord(
            hostName: hostName(), bootID: bootID(), processorModel: processorModel(text("/proc/cpuinfo")),
            architecture: filled { clinux_architecture($0, $1) } ?? "unknown",
            processorsOnline: max(0, Int(clinux_online_cpus())), processorsUsable: usableProcessors(),
            processorQuota: processorQuota(text("/sys/fs/cgroup/cpu.max")),
            kernelRelease: line("/proc/sys/kernel/osrelease"),
            operatingSystem: operatingSystem(text("/etc/os-release")),
            memoryTotalBytes: KernelText.kibibytes(memory["MemTotal"]),
            memoryAvailableBytes: KernelText.kibibytes(memory["MemAvailable"]),
            clockSource: line("/sys/devices/system/clocksource/clocksource0/current_clocksource"))
    }

    /// The host's name.
    public static func hostName() -> String {
        filled { clinux_host_name($0, $1) } ?? "unknown"
    }

    /// Identifies this boot of this machine; empty when the kernel does not tell.
    public static func bootID() -> String {
        String(KernelText.trimmed(text("/proc/sys/kernel/random/boot_id")[...]))
    }

    /// Identifies CLOCK_MONOTONIC as this process reads it: two processes with the same one read the same clock.
    ///
    /// The boot alone does not say it: each time namespace (time_namespaces(7)) has an offset of its own. A kernel
    /// without them has one clock for all; empty when it tells nothing.
    public static func clockID() -> String {
        let space = Files.linkTarget("/proc/self/ns/time") ?? ""
        return [bootID(), space].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// What is told of ``clockID()`` on the wire.
    public static func clockDigest() -> UInt64 { NodePlan.digest(clockID()) }

    /// Processors the calling thread may run on; at least 1.
    public static func usableProcessors() -> Int {
        max(1, Int(clinux_usable_cpus()))
    }

    /// The model name in /proc/cpuinfo; ARM kernels give none.
    static func processorModel(_ cpuinfo: String) -> String {
        let lines = KernelText.fields(cpuinfo)
        let name = lines["model name"] ?? lines["Model"] ?? lines["Hardware"] ?? ""
        return name.isEmpty ? "unknown" : String(name)
    }

    /// PRETTY_NAME in os-release(5), without its quotes.
    static func operatingSystem(_ release: String) -> String {
        for line in release.split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
            let value = line.dropFirst("PRETTY_NAME=".count)
            return value.count >= 2 && value.first == value.last && (value.first == "\"" || value.first == "'")
                ? String(value.dropFirst().dropLast()) : String(value)
        }
        return "unknown"
    }

    /// cgroup version 2's "QUOTA PERIOD" in microseconds, or "max PERIOD".
    static func processorQuota(_ text: String) -> Double? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let quota = UInt64(words[0]), let period = UInt64(words[1]), period > 0 else {
            return nil
        }
        return Double(quota) / Double(period)
    }

    private static func text(_ path: String) -> String {
        (try? Files.readText(path)) ?? ""  // Missing in some containers, which is said by "unknown".
    }

    private static func line(_ path: String) -> String {
        let value = KernelText.trimmed(text(path)[...])
        return value.isEmpty ? "unknown" : String(value)
    }

    private static func filled(_ door: (UnsafeMutablePointer<CChar>?, Int) -> Int32) -> String? {
        var failed = false
        let name = String(unsafeUninitializedCapacity: 256) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                failed = door(characters.baseAddress, characters.count) < 0
                return failed ? 0 : (characters.firstIndex(of: 0) ?? 0)
            }
        }
        return failed ? nil : name
    }
}

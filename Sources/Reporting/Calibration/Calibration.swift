/// What the test bed itself adds to what it measures, on one machine: the result of `zbed calibrate`.
///
/// Times are in nanoseconds.
public struct Calibration: Codable, Sendable, Equatable {
    /// The schema that this version reads and writes.
    public static let currentSchema = "zbed-calibration/1"

    /// The name and version of the schema.
    public var schema = Calibration.currentSchema
    /// When it was measured, ISO 8601 with a time zone.
    public var createdAt: String
    /// The version of the program that measured.
    public var version: String
    /// How that was built: `release` or `debug`.
    public var build: String
    /// The version of libzmq.
    public var libzmq: String
    /// The machine's name.
    public var host: String
    /// The processor's own name.
    public var cpu: String
    /// The kernel's release.
    public var kernel: String
    /// How long measuring took, in seconds.
    public var seconds: Double
    /// What a reading of the clock is worth.
    public var clock: ClockCalibration
    /// How late waits end, by their length.
    public var waits: [WaitCalibration]
    /// How well the load client keeps to its schedule, by its rate.
    public var pacing: [PacingCalibration]
    /// What accounting for a message costs.
    public var accounting: AccountingCalibration
    /// What disturbs.
    public var scheduler: SchedulerCalibration

    /// Makes a result of its parts.
    public init(
        createdAt: String, version: String, build: String, environment: EnvironmentReport, seconds: Double,
        clock: ClockCalibration, waits: [WaitCalibration], pacing: [PacingCalibration],
        accounting: AccountingCalibration, scheduler: SchedulerCalibration
    ) {
        self.createdAt = createdAt
        self.version = version
        self.build = build
        libzmq = environment.libzmq
        host = environment.host
        cpu = environment.cpu
        kernel = environment.kernel
        self.seconds = seconds
        self.clock = clock
        self.waits = waits
        self.pacing = pacing
        self.accounting = accounting
        self.scheduler = scheduler
    }

    /// Why it says nothing of what is measured there with that version; nil when it does.
    public func objection(to environment: EnvironmentReport, version: String, build: String) -> String? {
        let pairs = [
            ("host", host, environment.host), ("processor", cpu, environment.cpu),
            ("kernel", kernel, environment.kernel), ("libzmq", libzmq, environment.libzmq),
            ("zbed", self.version, version), ("build", self.build, build),
        ]
        let others = pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) instead of \($0.2)" }
        return others.isEmpty ? nil : others.joined(separator: ", ")
    }

    /// How late waits end of the length that stands for all: the one of a millisecond, or the first there is.
    public var wakeUp: WaitCalibration? {
        waits.first { $0.asked == Self.wakeUpNanoseconds } ?? waits.first
    }

    /// The length of a wait that stands for all: between the messages of a load of 1,000 per second.
    public static let wakeUpNanoseconds: UInt64 = 1_000_000
}

/// What a reading of the clock is worth.
public struct ClockCalibration: Codable, Sendable, Equatable {
    /// What the kernel reads time from.
    public var source: String
    /// What the kernel says the resolution is.
    public var resolution: UInt64
    /// The smallest step between two readings that differed.
    public var step: UInt64
    /// What a reading costs.
    public var reading: Double

    /// Makes a finding.
    public init(source: String, resolution: UInt64, step: UInt64, reading: Double) {
        self.source = source
        self.resolution = resolution
        self.step = step
        self.reading = reading
    }
}

/// How late waits of one length end.
public struct WaitCalibration: Codable, Sendable, Equatable {
    /// The length that was asked for.
    public var asked: UInt64
    /// Waits that were measured.
    public var count: UInt64
    /// The median of how late they ended.
    public var median: UInt64
    /// The 99th percentile of how late they ended.
    public var p99: UInt64
    /// How late the latest ended.
    public var max: UInt64

    /// Makes a finding.
    public init(asked: UInt64, count: UInt64, median: UInt64, p99: UInt64, max: UInt64) {
        self.asked = asked
        self.count = count
        self.median = median
        self.p99 = p99
        self.max = max
    }
}

/// How well the load client keeps to a schedule of one rate.
public struct PacingCalibration: Codable, Sendable, Equatable {
    /// Messages per second that were asked for.
    public var asked: Double
    /// Messages per second that were sent.
    public var achieved: Double
    /// Messages that were sent.
    public var count: UInt64
    /// The median of how much later than due they were sent.
    public var lagMedian: UInt64
    /// The 99th percentile of that.
    public var lagP99: UInt64
    /// The greatest of that.
    public var lagMax: UInt64

    /// Makes a finding.
    public init(asked: Double, achieved: Double, count: UInt64, lagMedian: UInt64, lagP99: UInt64, lagMax: UInt64) {
        self.asked = asked
        self.achieved = achieved
        self.count = count
        self.lagMedian = lagMedian
        self.lagP99 = lagP99
        self.lagMax = lagMax
    }

    /// Whether the rate was reached as a run must reach it.
    public var isReached: Bool { achieved >= asked * Judge.leastShareOfAskedRate }
}

/// What a message costs its receiver: the node's loop with its ledger and histograms, and a bare loop of libzmq in C,
/// both fed by the same sender, in turn.
public struct AccountingCalibration: Codable, Sendable, Equatable {
    /// Bytes of a message, header included.
    public var messageSizeBytes: Int
    /// Messages of each turn.
    public var messages: UInt64
    /// Turns of each side.
    public var repeats: Int
    /// CPU time of the bare loop's thread for a message, median over the turns.
    public var bare: Double
    /// CPU time of the node's loop for a message, median over the turns.
    public var node: Double
    /// Median of the differences of neighbouring turns: what the account costs.
    public var cost: Double
    /// The least and the greatest of those differences.
    public var costRange: [Double]
    /// Messages per second of the bare loop, median over the turns.
    public var bareRate: Double
    /// Messages per second of the node's loop, median over the turns.
    public var nodeRate: Double

    /// Makes a finding.
    public init(
        messageSizeBytes: Int, messages: UInt64, repeats: Int, bare: Double, node: Double, cost: Double,
        costRange: [Double], bareRate: Double, nodeRate: Double
    ) {
        self.messageSizeBytes = messageSizeBytes
        self.messages = messages
        self.repeats = repeats
        self.bare = bare
        self.node = node
        self.cost = cost
        self.costRange = costRange
        self.bareRate = bareRate
        self.nodeRate = nodeRate
    }
}

/// What of the machine disturbs a measurement.
public struct SchedulerCalibration: Codable, Sendable, Equatable {
    /// Processors that are online.
    public var processorsOnline: Int
    /// Processors that this process may use.
    public var processorsUsable: Int
    /// Processors' worth of time that a container is limited to; absent without a limit.
    public var processorQuota: Double?
    /// How the processors' clock is governed; absent where the kernel does not do it.
    public var governor: String?
    /// Whether the processors are a virtual machine's.
    public var isVirtual: Bool
    /// The share of processor time that the hypervisor took for others while this was measured, in percent.
    public var stealPercent: Double
    /// The load averages over 1, 5 and 15 minutes, before measuring.
    public var loadAverage: [Double]

    /// Makes a finding.
    public init(
        processorsOnline: Int, processorsUsable: Int, processorQuota: Double?, governor: String?, isVirtual: Bool,
        stealPercent: Double, loadAverage: [Double]
    ) {
        self.processorsOnline = processorsOnline
        self.processorsUsable = processorsUsable
        self.processorQuota = processorQuota
        self.governor = governor
        self.isVirtual = isVirtual
        self.stealPercent = stealPercent
        self.loadAverage = loadAverage
    }
}

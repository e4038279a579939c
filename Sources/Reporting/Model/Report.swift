/// What the report is about: one cluster, or several compared.
public enum ReportKind: String, Codable, Sendable, Equatable {
    /// One topology, once or repeated.
    case run
    /// Several topologies or sizes, side by side.
    case compare
}

/// The whole report of one invocation: what `report.json` holds and every other document is made of.
///
/// The schema is published as `docs/report.schema.json`. All floating-point members must be finite.
public struct Report: Codable, Sendable, Equatable {
    /// The schema that this version reads and writes.
    public static let currentSchema = "zbed-report/1"

    /// The name and version of the schema.
    public var schema: String
    /// The user's name for the scenario.
    public var name: String
    /// One cluster or a comparison.
    public var kind: ReportKind
    /// When the report was made, ISO 8601 with a time zone.
    public var createdAt: String
    /// When the command began, ISO 8601 with a time zone: what its folder is called after; absent in older reports.
    public var startedAt: String?
    /// The version of the program that made it.
    public var version: String
    /// The command that makes it again.
    public var commandLine: String
    /// Options with another value than their default, wherever it came from: the command line alone is not enough.
    public var options: [OptionReport]
    /// The seed of all pseudo-random choices.
    public var seed: UInt64
    /// Where it was measured.
    public var environment: EnvironmentReport
    /// The worst verdict of all runs.
    public var verdict: Verdict
    /// Every run, in the order in which they were made.
    public var runs: [RunReport]
    /// The runs grouped and ranked; absent for a single cluster.
    public var comparison: ComparisonReport?
    /// The reports that this one was put together of; absent for one that was measured.
    public var contributions: [ContributionReport]?
    /// How the runs stand to an earlier report; absent without one.
    public var baseline: BaselineReport?
    /// What the test bed itself adds on the machine that this was measured on; absent where nobody calibrated it.
    public var calibration: Calibration?
    /// Latency at several rates, of a search or an exploration; absent otherwise.
    public var loadCurve: LoadCurveReport?

    /// Makes a report; without a verdict it says that nobody judged it (see ``Judge``).
    public init(
        name: String, kind: ReportKind, createdAt: String, version: String, commandLine: String,
        options: [OptionReport] = [], seed: UInt64, environment: EnvironmentReport, verdict: Verdict = .notJudged,
        runs: [RunReport],
        comparison: ComparisonReport? = nil
    ) {
        self.schema = Report.currentSchema
        self.name = name
        self.kind = kind
        self.createdAt = createdAt
        self.version = version
        self.commandLine = commandLine
        self.options = options
        self.seed = seed
        self.environment = environment
        self.verdict = verdict
        self.runs = runs
        self.comparison = comparison
    }
}

extension Report {
    /// When it was made: from when the command began to when the report was written.
    var times: String {
        guard let startedAt else { return "written \(createdAt)" }
        return startedAt == createdAt ? "begun and written \(createdAt)" : "begun \(startedAt), written \(createdAt)"
    }
}

/// The machine and the libraries that a report was measured on.
public struct EnvironmentReport: Codable, Sendable, Equatable {
    /// The processor's own name.
    public var cpu: String
    /// Logical processors available to the run.
    public var cores: Int
    /// Kernel name and release.
    public var kernel: String
    /// Installed memory in bytes.
    public var memoryBytes: UInt64
    /// The version of libzmq that was linked at run time.
    public var libzmq: String
    /// The machine's name.
    public var host: String
    /// Which clock times were read from, and how far clocks of different hosts can be trusted.
    public var clock: String
    /// The distribution.
    public var operatingSystem: String?
    /// The processor's architecture.
    public var architecture: String?
    /// Logical processors that are online in the machine.
    public var coresOnline: Int?
    /// Processors' worth of time that a container is limited to; absent without a limit.
    public var processorQuota: Double?
    /// What libzmq was told for each kind of socket.
    public var sockets: [SocketReport]?
    /// What was done to the network on purpose, as whoever did it says; absent where nobody did.
    public var shaping: String?

    /// Makes the record of a machine.
    public init(
        cpu: String, cores: Int, kernel: String, memoryBytes: UInt64, libzmq: String, host: String, clock: String
    ) {
        self.cpu = cpu
        self.cores = cores
        self.kernel = kernel
        self.memoryBytes = memoryBytes
        self.libzmq = libzmq
        self.host = host
        self.clock = clock
    }
}

/// The options of a kind of socket, as libzmq says they are.
public struct SocketReport: Codable, Sendable, Equatable {
    /// What the socket is for: `events`, `links`, `orders`, `client`, `tasks in`, `tasks out`.
    public var name: String
    /// The kind, as ZeroMQ writes it: `XPUB`.
    public var kind: String
    /// Values by the names of libzmq's manual: `ZMQ_SNDHWM`.
    public var options: [String: Int64]

    /// Makes the record of a kind of socket.
    public init(name: String, kind: String, options: [String: Int64]) {
        self.name = name
        self.kind = kind
        self.options = options
    }
}

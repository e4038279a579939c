import Cluster
import Runtime
import Wire

/// Which processes make the load of a scenario, instead of a thread of the conductor.
struct CrewSettings: Sendable, Equatable {
    /// Workers that the conductor starts on this machine.
    var own = 0
    /// Workers that somebody starts elsewhere.
    var expected = 0
    /// Where they register; 0: any port that is free.
    var port = 0
    /// The local address to listen on, there and with the nodes.
    var bind = Self.loopback
    /// The name that they must have been told.
    var cluster = "zbed"
    /// How long all of them may take to come, in nanoseconds.
    var registerNanoseconds: UInt64 = 30_000_000_000

    static let loopback = "127.0.0.1"
    /// Where workers register that are started elsewhere, if nobody says otherwise.
    static let portDefault = 5990

    /// How many there are.
    var count: Int { own + expected }
    /// Whether workers may come from other machines, which must reach the nodes too.
    var isOpen: Bool { bind != Self.loopback }
    /// The address by which this machine reaches itself.
    var ownAddress: String { bind == "0.0.0.0" ? Self.loopback : bind }

    static let options = OptionGroup(
        "Workers",
        [
            OptionSpec(
                "workers", .integer(1...CrewShare.workersMax), defaultNote: "none: zbed makes the load itself",
                help: "Load from so many processes on this machine, each with its part of the clients and of the rate"),
            OptionSpec(
                "expect-workers", .integer(1...CrewShare.workersMax), defaultNote: "none",
                help:
                    "Wait for so many workers that are started by hand, here or on other machines: loadclient --worker "
                    + "tcp://HOST:PORT"),
            OptionSpec(
                "worker-port", .integer(1...65_535), defaultNote: "any free; \(portDefault) with --expect-workers",
                help: "Where workers register"),
            OptionSpec(
                "worker-bind", .string, default: loopback, valueName: "ADDRESS", check: addressProblem,
                help:
                    "IPv4 address of this machine to listen on for workers, and the nodes for their orders: 0.0.0.0 is all"
            ),
            OptionSpec(
                "worker-timeout", .duration(bareUnit: .seconds), default: "30s",
                help: "Longest wait for all workers to come"),
            LoadWorkerOptions.cluster,
        ])

    private static func addressProblem(_ text: String) -> ValueError? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return isAddress ? nil : ValueError("expected an IPv4 address of this machine, such as 192.168.1.5 or 0.0.0.0")
    }

    /// What the options say; nil without workers.
    init?(_ options: ParsedOptions) {
        own = options.optionalInteger("workers") ?? 0
        expected = options.optionalInteger("expect-workers") ?? 0
        guard count > 0 else { return nil }
        port = options.optionalInteger("worker-port") ?? (expected > 0 ? Self.portDefault : 0)
        bind = options.string("worker-bind")
        cluster = options.string("cluster")
        registerNanoseconds = options.duration("worker-timeout")
    }

    /// Settings for so many workers of this machine.
    init(own: Int) {
        self.own = own
    }
}

extension Scenario {
    /// Finds workers that would have nothing to do, or could not be reached.
    func checkCrew() throws(Failure) {
        guard let crew else { return }
        guard crew.count <= CrewShare.workersMax else {
            throw Failure(
                .usage,
                "--workers \(crew.own) and --expect-workers \(crew.expected) are \(crew.count) workers: expected at most "
                    + "\(CrewShare.workersMax), as a node keeps the latencies of so many apart")
        }
        guard clients >= crew.count else {
            throw Failure(
                .usage,
                "--clients \(clients) are too few for \(crew.count) workers: expected at least one for each")
        }
        guard !crew.isOpen || transport == "tcp" else {
            throw Failure(.usage, "--worker-bind \(crew.bind) needs --transport tcp: other machines reach no files")
        }
    }

    /// The load as arguments of `loadclient`, for workers.
    var loadArguments: [String] {
        var arguments = [
            "--duration", "\(durationNanoseconds)ns", "--warmup", "\(warmupNanoseconds)ns",
            "--drain", "\(drainNanoseconds)ns", "--connect-timeout", "\(readyNanoseconds)ns",
            "--clients", "\(clients)", "--seed", "\(seed)",
        ]
        if let outstanding {
            arguments += ["--outstanding", "\(outstanding)"]
        } else if shape.rates == nil, shape.replay == nil {
            arguments += ["--rate", "\(rate ?? 1000)"]
        }
        for (name, value) in shape.words.sorted(by: { $0.key < $1.key }) { arguments.append("--\(name)=\(value)") }
        let saysSizes = shape.words["message-size-bytes"] != nil || payloads != nil
        if case .sizes? = shape.replay?.content {
            // The recording says how large orders are.
        } else if !saysSizes {
            arguments += ["--message-size-bytes", "\(messageSizeBytes)"]
        }
        if workload == .orders {
            arguments += ["--workload", "orders", "--resting", "\(restingOrders)", "--bad-orders", "\(badShare)"]
        }
        arguments += consensus == .none ? ["--balance", balance.rawValue] : ["--pack", "\(packMax)"]
        return arguments
    }
}

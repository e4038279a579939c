import Cluster
import Measurement
import Runtime
import Wire

// What the options of `loadclient` mean together.
extension LoadClientProgram {
    /// The settings that the options describe, for these nodes.
    static func settings(of options: ParsedOptions, nodes: [String]) throws -> ClientSettings {
        var settings = ClientSettings(nodes: nodes)
        settings.workload = Workload(rawValue: options.string("workload")) ?? .events
        let shape = try LoadShapeOptions.shape(of: options, workload: settings.workload)
        settings.shape = shape
        guard Rate.rangePerSecond.contains(options.rate("rate")) else {
            throw options.error("rate", "is out of range: expected 0.001 to 1G orders per second")
        }
        settings.durationNanoseconds = LoadShapeOptions.durationNanoseconds(of: options, shape)
        settings.warmupNanoseconds = LoadShapeOptions.warmupNanoseconds(of: options, shape)
        settings.mode =
            options.optionalInteger("outstanding").map { .closed(outstanding: $0) }
            ?? .open(
                ratePerSecond: shape.meanRate(steady: options.rate("rate"), within: settings.durationNanoseconds))
        settings.drainNanoseconds = options.duration("drain")
        settings.connectNanoseconds = options.duration("connect-timeout")
        settings.clients = options.integer("clients")
        settings.firstClient = (options.integer("machine") - 1) * clientsPerMachine
        settings.payloads = try LoadShapeOptions.payloads(of: options, workload: settings.workload)
        settings.messageSizeBytes = try LoadShapeOptions.sizes(
            of: options, shape, settings.payloads, workload: settings.workload
        ).upperBound
        settings.balance = BalancePolicy(rawValue: options.string("balance")) ?? .roundRobin
        settings.seed = UInt64(options.integer("seed"))
        settings.packMax = options.integer("pack")
        settings.onlyWithLeader = ["pack"].filter { options.source(of: $0) == .commandLine }.map { "--\($0)" }
        settings.onlyWithoutLeader = ["balance"].filter { options.source(of: $0) == .commandLine }.map { "--\($0)" }
        settings.restingOrders = options.integer("resting")
        settings.badShare = options.number("bad-orders")
        guard settings.durationNanoseconds > 0 else {
            throw Failure(.usage, "--duration 0 measures nothing: expected more")
        }
        guard settings.firstClient + settings.clients <= Origin.clientsMax,
            settings.clients <= clientsPerMachine || options.integer("machine") == 1
        else {
            throw Failure(
                .usage,
                "--clients \(settings.clients) with --machine \(options.integer("machine")): expected at most "
                    + "\(clientsPerMachine) clients on each of at most \(Origin.clientsMax / clientsPerMachine) machines"
            )
        }
        return settings
    }

    /// The load that a coordinator's arguments describe, for these nodes.
    static func load(_ arguments: [String], nodes: [String]) throws -> ClientSettings {
        // Variables of this process's environment are about loads of its own.
        guard case .run(let parsed) = try options.parse(arguments: arguments, environment: [:]) else {
            throw Failure(.usage, "the coordinator's arguments describe no load: \(arguments.joined(separator: " "))")
        }
        return try settings(of: parsed, nodes: nodes)
    }

    /// Client numbers that each machine has for itself.
    private static let clientsPerMachine = 512
}

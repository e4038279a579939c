import Cluster
import Simulation
import Topology
import Wire

/// Plays the commands of conversations about clusters that have a leader.
///
///     cluster SHAPE nodes=N [leader=I] [late=I] [seed=S] [delay=MS] [rotation=MS] [log=BYTES] [part=BYTES]
///     show TOPIC… | hide TOPIC…     what the trace tells of (TraceTopics); at first: faults, notices, clients
///     run MS                        time passes
///     order first=K count=N to=I [client=C]     orders of a client arrive at a node
///     cut A… | B… [| C…]            nodes of different groups hear nothing of each other any more
///     deafen I                      a node hears nothing any more, but is heard; `mute I`: the other way round
///     mend                          all links are whole again
///     crash I, restart I            a node loses everything; it begins a new life
///     pause I, resume I             a node stands still; it goes on
///     transfer from=I [to=J]        a node is told to hand leadership over
///     forge WHAT from=I at=J life=L [index=N]   node J gets a frame that node I is said to have made (Forgery)
///     status                        what each node is to the log
///     log                           the entries that each node holds, as their terms
struct Stage {
    private var cluster: SimulatedCluster?
    private let mutant: Mutant?

    init(mutant: Mutant? = nil) {
        self.mutant = mutant
    }

    /// The promise that was broken, if one was.
    var violation: Violation? { cluster?.violation }

    mutating func obey(_ command: ConversationCommand) throws -> [String] {
        if command.name == "cluster" {
            let made = try Self.cluster(command, mutant: mutant)
            cluster = made
            return ["\(made.graph.nodeCount) nodes, \(made.graph.links.count) links"]
        }
        guard var cluster else { throw ConversationError("'\(command.line)': begin with 'cluster SHAPE nodes=N'") }
        defer { self.cluster = cluster }
        switch command.name {
        case "status": return (0..<cluster.plan.nodeCount).map { Self.status(of: $0, in: cluster) }
        case "log": return (0..<cluster.plan.nodeCount).map { Self.log(of: $0, in: cluster) }
        default: break
        }
        let said = try Self.change(&cluster, command)
        return cluster.takeLines() + said
    }

    private static func cluster(_ command: ConversationCommand, mutant: Mutant?) throws -> SimulatedCluster {
        var plan = SimulationPlan(
            seed: UInt64(try command.number("seed", default: 1)), shape: try Shape(parsing: try command.word(0)),
            nodeCount: try command.number("nodes"))
        plan.preferredLeader = try command.numberIfAny("leader")
        if let late = try command.numberIfAny("late") { plan.lateNodes = [late] }
        plan.network.delayNanoseconds = UInt64(try command.number("delay", default: 1)) * 1_000_000
        plan.rotationNanoseconds = try command.numberIfAny("rotation").map { UInt64($0) * 1_000_000 }
        plan.logBytesMax = try command.number("log", default: plan.logBytesMax)
        plan.partBytesMax = try command.number("part", default: plan.partBytesMax)
        // Clients send what they are told to, and faults come when they are told to.
        plan.clientCount = 2
        plan.ordersPerClient = 0
        plan.faultsBeginNanoseconds = .max / 2
        plan.mutant = mutant
        return try SimulatedCluster(plan, traceLinesMax: 10_000, topics: [.faults, .notices, .clients])
    }

    private static func change(_ cluster: inout SimulatedCluster, _ command: ConversationCommand) throws -> [String] {
        switch command.name {
        case "show": cluster.traceTopics.formUnion(try topics(command))
        case "hide": cluster.traceTopics.subtract(try topics(command))
        case "run": cluster.run(until: cluster.now + UInt64(try command.integer(0)) * 1_000_000)
        case "order":
            cluster.submit(
                client: try command.number("client", default: 0), first: UInt64(try command.number("first")),
                count: UInt64(try command.number("count")), to: try command.number("to"))
        case "cut", "deafen", "mute": try cut(&cluster, command)
        case "mend": cluster.mend()
        case "crash":
            let node = try command.integer(0)
            if !cluster.crash(node) { return ["node \(node) goes on: without it the cluster would lose what it knows"] }
        case "restart": cluster.restart(try command.integer(0))
        case "pause": cluster.pause(try command.integer(0))
        case "resume": cluster.resume(try command.integer(0))
        case "forge":
            guard let forgery = Forgery(rawValue: try command.word(0)) else {
                throw ConversationError("'\(command.line)': expected one of \(Forgery.allCases.map(\.rawValue))")
            }
            cluster.forge(
                forgery, from: try command.number("from"), life: UInt32(try command.number("life")),
                index: UInt64(try command.number("index", default: 0)), at: try command.number("at"))
        case "transfer":
            let node = try command.number("from")
            let refusal = cluster.transfer(from: node, to: try command.numberIfAny("to"))
            if let refusal { return ["node \(node) refuses: \(refusal)"] }
        default: throw ConversationError("'\(command.line)' is not a command: see the list in Stage.swift")
        }
        return []
    }

    private static func topics(_ command: ConversationCommand) throws -> TraceTopics {
        try command.words.reduce(into: []) { topics, name in
            guard let topic = TraceTopics.named[name] else {
                throw ConversationError(
                    "'\(name)' is no topic; expected one of \(TraceTopics.named.keys.sorted().joined(separator: ", "))")
            }
            topics.formUnion(topic)
        }
    }

    private static func cut(_ cluster: inout SimulatedCluster, _ command: ConversationCommand) throws {
        if command.name != "cut" {
            let node = try command.integer(0)
            let isDeaf = command.name == "deafen"
            cluster.cut { from, to in isDeaf ? to == node : from == node }
            return
        }
        var groups: [Int: Int] = [:]
        var group = 0
        for word in command.words {
            if word == "|" {
                group += 1
            } else if let node = Int(word) {
                groups[node] = group
            }
        }
        guard groups.count == cluster.plan.nodeCount, group > 0 else {
            throw ConversationError("'\(command.line)': expected every node once, in groups with '|' between them")
        }
        cluster.cut { from, to in groups[from] != groups[to] }
    }

    // MARK: - What is asked

    private static func status(of node: Int, in cluster: SimulatedCluster) -> String {
        guard cluster.isAlive(node), let seen = cluster.core(node).logObservation else { return "node \(node): dead" }
        let role =
            seen.role == .follower ? seen.leader.map { "follows node \($0)" } ?? "follows nobody" : "\(seen.role)"
        let voters = cluster.core(node).logVoters?.all ?? []
        return "node \(node): \(role), term \(seen.term), log to \(seen.lastIndex), decided \(seen.commit), "
            + "executed \(seen.executed), state \(hex(seen.stateHash)), \(voters.count) voters"
    }

    private static func log(of node: Int, in cluster: SimulatedCluster) -> String {
        guard cluster.isAlive(node), let seen = cluster.core(node).logObservation else { return "node \(node): dead" }
        let first = seen.baseIndex + 1
        let terms =
            first > seen.lastIndex ? [] : (first...seen.lastIndex).map { cluster.core(node).logTerm(at: $0) ?? 0 }
        let base = seen.baseIndex == 0 ? "" : "snapshot to \(seen.baseIndex), "
        return "node \(node): \(base)terms \(terms.map { "\($0)" }.joined(separator: " "))"
    }

    private static func hex(_ hash: UInt64) -> String {
        let digits = String(hash >> 40, radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}

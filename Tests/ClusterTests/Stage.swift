import Cluster
import Simulation
import Topology
import Wire

/// The commands of the conversations.
///
///     cluster SHAPE nodes=N [leader=I] [mode=all|one|rr|none] [broadcaster=I] [rate=R] [round=MS]
///     hide KIND…                 frames of these kinds are not shown from here on
///     connect A B | connect all  node B's subscription at node A comes into force
///     disconnect A B             … and goes away
///     kill I, restart I          a node dies; a node begins a new life
///     lose N KIND A B            the link from A to B loses the next N frames of a kind
///     start MS+MS [at=MS] [node=I]   broadcast: warm-up and measured time, at a time (or now), at one node (or all)
///     stop I                     stop broadcasting
///     order I client=C index=K   a client's order arrives at node I
///     run MS                     time passes
///     status                     what each node says of itself
///     streams I                  what node I accounted
struct Stage {
    private var cluster: SimulatedCluster?

    mutating func obey(_ command: ConversationCommand) throws -> [String] {
        if command.name == "cluster" {
            cluster = try Self.cluster(command)
            let graph = try Self.found(cluster, "a cluster").graph
            return ["\(graph.nodeCount) nodes, \(graph.links.count) links"]
        }
        var cluster = try Self.found(self.cluster, "a cluster: begin with 'cluster SHAPE nodes=N'")
        defer { self.cluster = cluster }
        if let said = try Self.ask(cluster, command) { return said }
        guard try Self.change(&cluster, command) || Self.order(&cluster, command) else {
            throw ConversationError("'\(command.line)' is not a command: see the list in Stage.swift")
        }
        return cluster.trace?.takeLines() ?? []
    }

    private static func cluster(_ command: ConversationCommand) throws -> SimulatedCluster {
        let graph = try LinkGraph(try Shape(parsing: try command.word(0)), nodes: try command.number("nodes"))
        let mode = try found(BroadcastMode(rawValue: command.options["mode"] ?? "none"), "a mode")
        let settings = BroadcastSettings(
            mode: mode, broadcaster: try command.number("broadcaster", default: 0),
            ratePerSecond: Double(try command.number("rate", default: 10)),
            roundNanoseconds: UInt64(try command.number("round", default: 1_000)) * 1_000_000)
        let leader = command.options["leader"].flatMap { Int($0) }
        var cluster = SimulatedCluster(graph, order: .breadthFirst, settings: { _ in settings }, leader: leader)
        cluster.trace = Trace()
        return cluster
    }

    private static func change(_ cluster: inout SimulatedCluster, _ command: ConversationCommand) throws -> Bool {
        switch command.name {
        case "hide":
            let kinds = command.words.compactMap { name in Kind.allCases.first { "\($0)" == name } }
            guard kinds.count == command.words.count else { throw ConversationError("no such kind") }
            cluster.trace?.hidden.formUnion(kinds)
        case "connect" where command.words == ["all"]:
            for link in cluster.graph.links where cluster.links[link]?.isUp == false { cluster.connect(link) }
        case "connect": cluster.connect(try link(command, 0))
        case "disconnect": cluster.disconnect(try link(command, 0))
        case "kill": cluster.kill(try command.integer(0))
        case "restart": cluster.restart(try command.integer(0))
        case "lose":
            let kind = try found(Kind.allCases.first { "\($0)" == command.words[1] }, "a kind")
            cluster.lose(try command.integer(0), of: kind, on: try link(command, 2))
        case "run": cluster.run(until: cluster.now + UInt64(try command.integer(0)) * 1_000_000)
        default: return false
        }
        return true
    }

    private static func order(_ cluster: inout SimulatedCluster, _ command: ConversationCommand) throws -> Bool {
        switch command.name {
        case "start":
            let times = try command.word(0).split(separator: "+").compactMap { UInt64($0) }
            guard times.count == 2 else { throw ConversationError("expected WARMUP+DURATION") }
            let at = UInt64(try command.number("at", default: Int(cluster.now / 1_000_000)))
            let order = StartOrder(
                startNanoseconds: at * 1_000_000, warmupNanoseconds: times[0] * 1_000_000,
                durationNanoseconds: times[1] * 1_000_000)
            let only = command.options["node"].flatMap { Int($0) }
            for node in cluster.cores.indices where only == nil || node == only { cluster.start(node, order) }
        case "stop": cluster.stop(try command.integer(0))
        case "order":
            let node = try command.integer(0)
            let refusal = cluster.submit(
                client: try command.number("client"), index: UInt64(try command.number("index")), to: node)
            cluster.trace?.note(
                at: cluster.now, "node \(node) \(refusal.map { "refuses the order: \($0)" } ?? "takes the order")")
            cluster.settle()
        default: return false
        }
        return true
    }

    private static func ask(_ cluster: SimulatedCluster, _ command: ConversationCommand) throws -> [String]? {
        switch command.name {
        case "status":
            return cluster.cores.map { core in
                let status = core.status(at: cluster.now)
                return
                    "node \(status.node): \(status.state), out \(status.outboundReady) of \(status.outboundExpected), "
                    + "in \(status.inboundReady) of \(status.inboundExpected), nodes ready \(status.nodesReady)"
            }
        case "leader":
            return cluster.cores.map { core in
                let seen = core.report(at: cluster.now, mayDrop: false).leader
                return "node \(core.plan.id): heartbeats \(seen.heartbeats), missed \(seen.missed), "
                    + "silences \(seen.silences)\(seen.isSilent ? ", silent now" : "")"
            }
        case "streams":
            let report = cluster.cores[try command.integer(0)].report(at: cluster.now, mayDrop: false)
            return report.streams.map { stream in
                let who =
                    Origin.clientNumber(of: stream.origin).map {
                        "client \($0) at node \(Origin.entryNode(of: stream.origin))"
                    }
                    ?? "node \(stream.origin)"
                let part = stream.incarnation & Header.warmupBit == 0 ? "" : " warm-up"
                let end = stream.announced.map { ", end says \($0)" } ?? ""
                return
                    "\(who)\(part): sent \(stream.sent), unique \(stream.unique), duplicate \(stream.duplicate)\(end)"
            }
        default: return nil
        }
    }

    private static func found<Value>(_ value: Value?, _ what: String) throws -> Value {
        guard let value else { throw ConversationError("expected \(what)") }
        return value
    }

    /// The link whose ends are the words from a place on.
    private static func link(_ command: ConversationCommand, _ place: Int) throws -> Link {
        Link(from: try command.integer(place), to: try command.integer(place + 1))
    }
}

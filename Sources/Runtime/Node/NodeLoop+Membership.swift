import Cluster
import Topology
import Wire
import ZMQ

// Who the other nodes' processes are: newcomers are answered, and this node says who and where it is.
extension NodeLoop {
    /// What the links tell of each node, by id.
    private var sights: [MemberRegister.Sight] {
        (0..<core.plan.nodeCount).map { node in
            // The end of a connection that this node made is not reported as the end of a subscription.
            let reports = core.plan.outbound.contains(node) && !core.plan.dialsIn(to: node)
            return MemberRegister.Sight(
                subscribes: reports ? core.isSubscribed(node) : nil, isSender: core.plan.inbound.contains(node))
        }
    }

    mutating func receive(_ request: JoinRequest) -> ControlResponse {
        let sights = sights
        let before = register.turnedAway
        let answer = register.receive(request, at: MonotonicClock.now()) { sights[$0] }
        if register.turnedAway > before, case .refused(let reason) = answer { say(reason, to: request.endpoint) }
        return .membership(answer)
    }

    mutating func receive(_ greeting: Greeting) throws(ZMQError) -> ControlResponse {
        let sights = sights
        let (answer, change) = register.receive(greeting, at: MonotonicClock.now()) { sights[$0] }
        switch answer {
        case .refused(let reason), .stranger(let reason):
            say(reason, to: greeting.endpoint.isEmpty ? "node \(greeting.node)" : greeting.endpoint)
        default: break
        }
        if let change { try follow(change) }
        return .membership(answer)
    }

    mutating func receive(_ leave: Leave) throws(ZMQError) -> ControlResponse {
        if let change = register.receive(leave) { try follow(change) }
        return .done
    }

    private mutating func say(_ reason: String, to newcomer: String) {
        if malformedSources.admit("newcomer \(newcomer)", at: MonotonicClock.now()) != nil {
            log.warn("turned_away", ["who": LogValue(newcomer), "why": LogValue(reason)])
        }
    }

    private mutating func follow(_ change: MemberRegister.Change) throws(ZMQError) {
        switch change {
        case .left(let node): log.info("node_left", ["node": LogValue(node)])
        case .moved(let node, let old, let new):
            log.info("node_moved", ["node": LogValue(node), "from": LogValue(old), "to": LogValue(new)])
            guard let old = NodeAddress(baseEndpoint: old), let new = NodeAddress(baseEndpoint: new) else { return }
            // Who waits for an answer from the place where the node was need not wait any more.
            greetings?.followTo(node, at: MonotonicClock.now())
            if core.plan.dialsIn(to: node) { try sockets.events.socket.redial(.inbox, from: old, to: new) }
            for link in sockets.links where link.slot.map({ core.plan.inbound[$0] }) == node {
                // Subscriptions belong to the socket: it repeats them on the new connection.
                try link.socket.redial(.events, from: old, to: new)
                link.hasMore = true
            }
        }
    }

    /// A neighbour's subscription went away: its process may be another one when it comes back, or this one may have
    /// been given up.
    mutating func greetAgain(_ node: Int) {
        guard settings.membership != nil, core.plan.outbound.contains(node) else { return }
        if greetings == nil { greetings = Greetings(targets: [], context: context) }
        greetings?.greetAgain(node, at: MonotonicClock.now())
    }

    /// Looks after those whose leaving the links do not tell: their beacons stay away.
    mutating func lookAfterNeighbours(at now: UInt64) {
        membershipDueNanoseconds = now + 1_000_000_000
        for node in core.plan.outbound
        where core.plan.dialsIn(to: node) && core.plan.inbound.contains(node) && !register.hears(node, at: now) {
            greetAgain(node)
        }
    }

    /// Greets the others for as long as there is somebody to greet.
    mutating func greet(at now: UInt64) throws(ZMQError) {
        guard let round = greetings, now >= round.nextNanoseconds else { return }
        let greeting = Greeting(
            node: UInt16(settings.id), incarnation: core.incarnation, instance: settings.instance,
            clusterDigest: core.plan.clusterDigest,
            endpoint: settings.membership.map { $0.members[settings.id].endpoint } ?? "", terms: settings.terms)
        let members = register.members
        let ports = settings.ports
        let outcomes = try round.turn(greeting, at: now, isReady: core.isClusterReady) { node in
            if members.isEmpty { return ports.knows(node) ? ports.endpoint(.orders, of: node) : nil }
            return NodeAddress(baseEndpoint: members[node].endpoint)?.endpoint(.orders)
        }
        for (node, outcome) in outcomes {
            switch outcome {
            case .stranger(let reason):
                log.error("stranger", ["to": LogValue(node), "why": LogValue(reason)])
            case .table(let table): for change in register.merge(table) { try follow(change) }
            case .turnedAway(let reason):
                log.error("turned_away_by", ["node": LogValue(node), "why": LogValue(reason)])
                expulsion = expulsion ?? "node \(node) does not take this process for node \(settings.id): \(reason)"
            }
        }
        if round.nextNanoseconds == .max { greetings = nil }
    }

    /// Who is greeted at the beginning: the neighbours, or, after taking another process's place, everybody.
    static func firstGreetings(_ settings: NodeSettings, _ plan: NodePlan, _ context: Context) -> Greetings? {
        // Within one process nobody can be started twice by mistake.
        guard settings.ports.transport != .inproc else { return nil }
        let neighbours = Set(plan.inbound + plan.outbound)
        let isReplacement = settings.membership?.isReplacement ?? false
        let targets = (0..<plan.nodeCount).filter { $0 != plan.id && (isReplacement || neighbours.contains($0)) }
        return targets.isEmpty ? nil : Greetings(targets: targets, context: context)
    }

    /// Tells the others that this process leaves, so that its place is free at once.
    func sayFarewell() throws(ZMQError) {
        guard settings.membership != nil, expulsion == nil else { return }
        let others = register.members.indices.filter {
            $0 != settings.id && register.members[$0].instance != Member.vacant
        }
        let endpoints = others.compactMap {
            NodeAddress(baseEndpoint: register.members[$0].endpoint)?.endpoint(.orders)
        }
        try Farewell.say(
            Leave(node: UInt16(settings.id), instance: settings.instance), to: endpoints, context: context)
    }
}

extension Socket {
    /// Ends the connection to a node's service at one address, and makes one at another.
    fileprivate func redial(_ service: Service, from old: NodeAddress, to new: NodeAddress) throws(ZMQError) {
        guard let before = old.endpoint(service), let after = new.endpoint(service) else { return }
        // A connection that is not there any more is as good as ended.
        try? disconnect(before)
        try connect(after)
    }
}

import Cluster
import Measurement
import Wire

/// The end of a fault.
enum Heal {
    case partition(number: UInt64)
    case burst
    case resume(node: Int)
    case restart(node: Int)
}

// What goes wrong, and how it ends.
extension SimulatedCluster {
    mutating func planFaults() {
        for node in nodes.indices where !nodes[node].isAlive {
            events.add(
                .heal, at: plan.faultsBeginNanoseconds + random.upTo(1_000_000_000),
                value: heals.put(.restart(node: node)))
        }
        for source in plan.faults.indices { planStrike(of: source, after: plan.faultsBeginNanoseconds) }
        guard plan.faultsEndNanoseconds > 0 else { return }
        events.add(.healAll, at: plan.faultsEndNanoseconds)
        events.add(.look, at: plan.faultsEndNanoseconds + 1)
    }

    private mutating func planStrike(of source: Int, after time: UInt64) {
        let next = time + random.around(plan.faults[source].intervalNanoseconds)
        if next < plan.faultsEndNanoseconds { events.add(.fault, at: next, place: source) }
    }

    /// A source of faults strikes, unless the cluster would not survive it.
    mutating func strike(source place: Int) {
        let source = plan.faults[place]
        strikes[place] += 1
        if strikes[place] < source.strikesMax { planStrike(of: place, after: now) }
        let end = now + random.around(source.durationNanoseconds)
        let all = Array(nodes.indices)
        switch source.kind {
        case .halves: cut(halves(of: all), until: end)
        case .isolateOne: cut(around: random.pick(all), until: end)
        case .isolateLeader: if let leader { cut(around: leader, until: end) }
        case .asymmetric: cut(oneWay(), until: end)
        case .majoritiesRing: cut(majoritiesRing(), until: end)
        case .bridge: cut(bridge(), until: end)
        case .clog:
            for link in links.indices where random.chance(400) {
                links[link].cloggedUntil = max(
                    links[link].cloggedUntil, now + random.around(source.durationNanoseconds))
            }
        case .crash: crash(random.pick(all), until: end)
        case .crashLeader: if let leader { crash(leader, until: end) }
        case .pause: pause(random.pick(all), until: end)
        case .pauseLeader: if let leader { pause(leader, until: end) }
        case .loss:
            burstLossPerMille = random.pick([100, 300, 700])
            events.add(.heal, at: end, value: heals.put(.burst))
        case .transfer: if let leader { transfer(from: leader, to: random.chance(500) ? random.pick(all) : nil) }
        case .forgery: forge()
        }
        faultCounts[source.kind, default: 0] += 1
        trace.write(now, .faults, "fault: \(source.kind)")
    }

    // MARK: - Partitions

    /// Cuts links, in place of those that were cut before.
    public mutating func cut(_ isCut: (_ from: Int, _ to: Int) -> Bool) {
        cut(links.indices.filter { isCut(links[$0].from, links[$0].to) }, until: .max)
    }

    private mutating func cut(_ places: [Int], until end: UInt64) {
        unblockAll()
        partitionNumber += 1
        let how: SimulatedLink.Blockage = end == .max ? .drops : random.pick([.drops, .holds, .broken])
        block(places, how)
        let names = places.map { "\(links[$0].from)>\(links[$0].to)" }.joined(separator: " ")
        trace.write(now, .faults, "links are cut (\(how)): \(names)")
        if end < .max { events.add(.heal, at: end, value: heals.put(.partition(number: partitionNumber))) }
    }

    private mutating func cut(around node: Int, until end: UInt64) {
        cut(links.indices.filter { links[$0].from == node || links[$0].to == node }, until: end)
    }

    private mutating func halves(of all: [Int]) -> [Int] {
        let group = Set(all.filter { _ in random.chance(500) })
        return links.indices.filter { group.contains(links[$0].from) != group.contains(links[$0].to) }
    }

    private mutating func oneWay() -> [Int] {
        if random.chance(500) {
            let node = random.pick(Array(nodes.indices))
            let isDeaf = random.chance(500)
            return links.indices.filter { isDeaf ? links[$0].to == node : links[$0].from == node }
        }
        return links.indices.filter { _ in random.chance(300) }
    }

    /// The nodes stand in a circle, and each hears the nearest, a majority with itself.
    private mutating func majoritiesRing() -> [Int] {
        let circle = nodes.indices.shuffled(using: &random)
        let reach = (nodes.count / 2 + 1) / 2
        var place = Array(repeating: 0, count: nodes.count)
        for (index, node) in circle.enumerated() { place[node] = index }
        return links.indices.filter { link in
            let distance = abs(place[links[link].from] - place[links[link].to])
            return min(distance, nodes.count - distance) > reach
        }
    }

    private mutating func bridge() -> [Int] {
        let order = nodes.indices.shuffled(using: &random)
        let bridge = order[0]
        let group = Set(order[1..<max(1, nodes.count / 2 + 1)])
        return links.indices.filter { link in
            let (from, to) = (links[link].from, links[link].to)
            return from != bridge && to != bridge && group.contains(from) != group.contains(to)
        }
    }

    // MARK: - Nodes

    /// A node loses everything, if the cluster survives that; answers whether it did.
    @discardableResult
    public mutating func crash(_ node: Int, until end: UInt64 = .max) -> Bool {
        guard nodes[node].isAlive, checker.survivesLoss(of: node, alive: nodes.map(\.isAlive), at: now)
        else { return false }
        trace.write(now, .faults, "node \(node) dies")
        nodes[node].isAlive = false
        nodes[node].isPaused = false
        nodes[node].sleeperTerm = nil
        nodes[node].goesOnMidRound = false
        nodes[node].inbox = []
        nodes[node].orders = []
        nodes[node].life += 1
        checker.forget(node, nextLife: nodes[node].life, at: now)
        for link in incoming[node] { disconnect(link) }
        for link in outgoing[node] {
            links[link].connection += 1
            links[link].hasSubscribed = false
            links[link].subscriptions = 0
        }
        if end < .max { events.add(.heal, at: end, value: heals.put(.restart(node: node))) }
        return true
    }

    /// A dead node begins a new life with nothing but what it is told at birth.
    public mutating func restart(_ node: Int) {
        guard !nodes[node].isAlive else { return }
        trace.write(now, .faults, "node \(node) starts, life \(nodes[node].life)")
        nodes[node].core = core(of: node, life: nodes[node].life)
        nodes[node].isAlive = true
        nodes[node].hasRoundPlanned = false
        nodes[node].wakePlanned = .max
        for link in incoming[node] + outgoing[node] { connect(link) }
        planRound(node, at: now + random.upTo(10_000_000))
    }

    /// A node stands still.
    public mutating func pause(_ node: Int, until end: UInt64 = .max) {
        guard nodes[node].isAlive, !nodes[node].isPaused else { return }
        trace.write(now, .faults, "node \(node) stands still")
        nodes[node].isPaused = true
        nodes[node].pauseReading = nodes[node].clock.reading(at: now)
        if end < .max { events.add(.heal, at: end, value: heals.put(.resume(node: node))) }
    }

    /// A node goes on.
    public mutating func resume(_ node: Int) {
        guard nodes[node].isAlive, nodes[node].isPaused else { return }
        trace.write(now, .faults, "node \(node) goes on")
        nodes[node].isPaused = false
        nodes[node].hasRoundPlanned = false
        nodes[node].goesOnMidRound = random.chance(500)
        let still = nodes[node].clock.reading(at: now) - nodes[node].pauseReading
        if let seen = checker.seen[node], seen.role == .leader, nodes[node].core.logVoters?.quorum ?? 1 > 1,
            still > plan.heartbeatNanoseconds + 2 * plan.electionNanoseconds
        {
            nodes[node].sleeperTerm = seen.term
        }
        planRound(node, at: now)
    }

    /// A node is told to hand leadership over; answers why it does not, or nil.
    @discardableResult
    public mutating func transfer(from node: Int, to target: Int?) -> String? {
        guard nodes[node].isAlive, !nodes[node].isPaused else { return "the node does not answer" }
        let reading = nodes[node].clock.reading(at: now)
        let (refusal, effects) = nodes[node].core.transferLeadership(to: target, at: reading)
        perform(effects, at: node)
        settle(node)
        return refusal
    }

    // MARK: - The end

    mutating func heal(_ heal: Heal) {
        switch heal {
        case .partition(let number):
            guard number == partitionNumber else { return }
            mend()
        case .burst: burstLossPerMille = 0
        case .resume(let node): resume(node)
        case .restart(let node): restart(node)
        }
    }

    /// Makes all links whole.
    public mutating func mend() {
        trace.write(now, .faults, "all links are whole")
        unblockAll()
    }

    mutating func healAll() {
        trace.write(now, .faults, "all faults end")
        isHealed = true
        mend()
        burstLossPerMille = 0
        conditions.lossPerMille = 0
        conditions.reorders = false
        for link in links.indices { links[link].cloggedUntil = 0 }
        for node in nodes.indices {
            resume(node)
            restart(node)
        }
    }
}

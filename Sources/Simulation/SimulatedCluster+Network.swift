import Cluster
import Measurement
import Wire

// What happens between nodes.
extension SimulatedCluster {
    /// Hands a frame to all neighbours that ask for its route.
    mutating func publish(_ header: Header, _ payload: [UInt8], from node: Int) {
        for place in outgoing[node] where links[place].subscriptions > 0 {
            guard links[place].routes.contains(header.route) else { continue }
            let frame = FrameUnderWay(
                header: header, payload: payload, receiverLife: nodes[links[place].to].life)
            send(frame, by: place)
        }
    }

    private mutating func send(_ frame: FrameUnderWay, by place: Int) {
        switch links[place].blockage {
        case .drops, .broken: return
        case .holds:
            if links[place].held.count < SimulatedLink.heldMax { links[place].held.append(frame) }
            return
        case .none: break
        }
        let loss = conditions.lossPerMille + burstLossPerMille
        if random.chance(loss) {
            trace.write(
                now, .losses,
                "the link from \(links[place].from) to \(links[place].to) loses \(Trace.words(frame))")
            return
        }
        transmit(frame, by: place)
        if random.chance(conditions.duplicatePerMille) { transmit(frame, by: place) }
    }

    private mutating func transmit(_ frame: FrameUnderWay, by place: Int) {
        var arrival = now + conditions.delayNanoseconds + random.upTo(conditions.jitterNanoseconds)
        arrival = max(arrival, links[place].cloggedUntil)
        if !conditions.reorders {
            arrival = max(arrival, links[place].lastArrival)
            links[place].lastArrival = arrival
        }
        events.add(.frame, at: arrival, place: place, value: frames.put(frame))
    }

    /// A frame reaches the node at the end of its link.
    mutating func arrive(_ frame: FrameUnderWay, by place: Int) {
        let node = links[place].to
        guard nodes[node].isAlive, nodes[node].life == frame.receiverLife, links[place].blockage != .broken,
            nodes[node].inbox.count < SimulatedNode.inboxMax
        else { return }
        nodes[node].inbox.append(
            SimulatedNode.Arrived(header: frame.header, payload: frame.payload, slot: links[place].slot))
        planRound(node, at: now + random.upTo(plan.roundDelayNanosecondsMax))
    }

    // MARK: - Connections

    /// The receiver of a link dials: its subscription will come into force at the publisher.
    mutating func connect(_ place: Int) {
        guard nodes[links[place].from].isAlive, nodes[links[place].to].isAlive, links[place].blockage != .broken
        else { return }
        links[place].connection += 1
        links[place].hasSubscribed = false
        let delay = conditions.delayNanoseconds + random.upTo(30_000_000)
        events.add(.subscribe, at: now + delay, place: place, value: links[place].connection)
    }

    /// A link's connection is lost; its publisher finds out after a while.
    mutating func disconnect(_ place: Int) {
        links[place].connection += 1
        guard links[place].hasSubscribed else { return }
        links[place].hasSubscribed = false
        let publisher = links[place].from
        guard nodes[publisher].isAlive else { return }
        events.add(
            .unsubscribe, at: now + random.upTo(300_000_000), place: place,
            value: Int32(bitPattern: nodes[publisher].life))
    }

    mutating func subscribe(_ place: Int, connection: Int32) {
        guard links[place].connection == connection else { return }
        let node = links[place].from
        guard !nodes[node].isPaused else {
            events.add(.subscribe, at: now + 10_000_000, place: place, value: connection)
            return
        }
        links[place].hasSubscribed = true
        links[place].subscriptions += 1
        trace.write(now, .links, "node \(node) sees node \(links[place].to) subscribe")
        let effects = nodes[node].core.subscribed(links[place].to, at: nodes[node].clock.reading(at: now))
        perform(effects, at: node)
        settle(node)
    }

    mutating func unsubscribe(_ place: Int, publisherLife: Int32) {
        let node = links[place].from
        guard nodes[node].isAlive, Int32(bitPattern: nodes[node].life) == publisherLife else { return }
        links[place].subscriptions -= 1
        trace.write(now, .links, "node \(node) sees node \(links[place].to) unsubscribe")
        nodes[node].core.unsubscribed(links[place].to, at: nodes[node].clock.reading(at: now))
    }

    // MARK: - Partitions

    /// Cuts links in one of several ways.
    mutating func block(_ places: [Int], _ how: SimulatedLink.Blockage) {
        for place in places where links[place].blockage == .none {
            links[place].blockage = how
            if how == .broken { disconnect(place) }
        }
    }

    /// Makes all links whole.
    mutating func unblockAll() {
        for place in links.indices where links[place].blockage != .none {
            let was = links[place].blockage
            links[place].blockage = .none
            if was == .broken { connect(place) }
            let held = links[place].held
            links[place].held = []
            for frame in held { transmit(frame, by: place) }
        }
    }
}

import Cluster
import Measurement
import Wire

// What the node's loop does.
extension SimulatedCluster {
    /// A node begins a round soon, unless one is planned.
    mutating func planRound(_ node: Int, at time: UInt64) {
        guard nodes[node].isAlive, !nodes[node].isPaused, !nodes[node].hasRoundPlanned else { return }
        nodes[node].hasRoundPlanned = true
        events.add(.round, at: max(time, now), place: node, value: Int32(bitPattern: nodes[node].life))
    }

    mutating func wake(_ node: Int) {
        guard nodes[node].wakePlanned <= now else { return }
        nodes[node].wakePlanned = .max
        guard nodes[node].isAlive, !nodes[node].isPaused else { return }
        round(of: node)
    }

    /// One round: time, then what arrived, then what it led to.
    mutating func round(of node: Int) {
        nodes[node].hasRoundPlanned = false
        guard nodes[node].isAlive, !nodes[node].isPaused else { return }
        let reading = nodes[node].clock.reading(at: now)
        plan.mutant?.beforeTick(&nodes[node].core, at: reading)
        perform(nodes[node].core.tick(at: reading), at: node)
        settle(node)
        var taken = 0
        while taken < Self.drainMax, checker.violation == nil, let arrived = nodes[node].inbox.popFirst() {
            taken += 1
            receive(arrived, at: node, reading: reading)
        }
        while checker.violation == nil, let message = nodes[node].orders.popFirst() {
            enter(message, at: node, reading: reading)
        }
        perform(nodes[node].core.flush(at: reading), at: node)
        settle(node)
        answerClients(of: node)
        if !nodes[node].inbox.isEmpty { planRound(node, at: now) }
        planWake(node)
    }

    private static let drainMax = 64

    private mutating func planWake(_ node: Int) {
        let due = nodes[node].core.nextTickNanoseconds
        guard due < .max else { return }
        let time = max(nodes[node].clock.time(of: due), now + 1_000)
        guard time < nodes[node].wakePlanned else { return }
        nodes[node].wakePlanned = time
        events.add(.wake, at: time, place: node)
    }

    private mutating func receive(_ arrived: SimulatedNode.Arrived, at node: Int, reading: UInt64) {
        var header = arrived.header
        var payload = arrived.payload
        plan.mutant?.beforeReceive(&nodes[node].core, &header, &payload, at: reading)
        trace.mix(UInt64(header.kind.rawValue) << 56 | header.index, UInt64(header.origin) << 32 | UInt64(node))
        trace.write(now, "node \(node) has \(Trace.words(header, payload)) by its link \(arrived.slot)")
        let outcome: (forwards: Bool, effects: [NodeCore.Effect])
        do throws(WireError) {
            outcome = try nodes[node].core.receiveControl(header, payload: payload, by: arrived.slot, at: reading)
        } catch {
            checker.report(.wire, why: "node \(node) cannot read \(Trace.words(header, payload)): \(error)")
            return
        }
        if outcome.forwards {
            var onward = arrived.header
            onward.route = UInt16(nodes[node].core.plan.inbound[arrived.slot])
            onward.hop &+= 1
            publish(onward, arrived.payload, from: node)
        }
        plan.mutant?.afterReceive(&nodes[node].core, at: reading)
        perform(outcome.effects, at: node)
        settle(node)
    }

    /// Does what a core says.
    mutating func perform(_ effects: [NodeCore.Effect], at node: Int) {
        for effect in effects {
            switch effect {
            case .publish(let header, var payload):
                plan.mutant?.beforePublish(nodes[node].core, header, &payload)
                trace.write(now, "node \(node) publishes \(Trace.words(header, payload))")
                if header.kind == .peer, Int(header.origin) == node {
                    let quorum = nodes[node].core.logVoters?.quorum ?? 1
                    checker.noteSaid(payload, by: node, life: nodes[node].life, quorum: quorum)
                }
                publish(header, payload, from: node)
            case .notice(let notice):
                trace.write(now, "node \(node) says: \(Trace.words(notice))")
                if case .stateDiverged(let entry) = notice {
                    checker.report(.stateMachineSafety, why: "node \(node) says that its state is another after \(entry)")
                }
            }
        }
    }

    /// Looks at a node after something happened to it.
    mutating func settle(_ node: Int) {
        checker.look(at: nodes[node].core, of: node, life: nodes[node].life)
        if let violation = checker.violation { trace.write(now, "\(violation)") }
        if nodes[node].wakePlanned == .max { planWake(node) }
    }

    // MARK: - Orders

    private mutating func enter(_ message: OrderMessage, at node: Int, reading: UInt64) {
        let frames = clients[message.client].frames(of: message)
        trace.write(
            now, "node \(node) has orders \(message.first)+\(message.count) of client \(message.client)")
        if nodes[node].core.role == .leader, let effects = nodes[node].core.propose(orders: frames, at: reading) {
            perform(effects, at: node)
            plan.mutant?.afterProposal(&nodes[node].core)
            settle(node)
        } else {
            let reason: RefusalReason = nodes[node].core.role == .leader ? .queueFull : .notLeader
            answer(
                ClientAnswer(
                    client: message.client, first: message.first, count: message.count, reason: reason.rawValue,
                    node: node, leader: nodes[node].core.knownLeader))
        }
    }

    private mutating func answerClients(of node: Int) {
        for range in nodes[node].core.takeAnswers() {
            guard let client = Origin.clientNumber(of: range.origin) else { continue }
            if range.reason == 0 { checker.noteAcknowledged(range, by: node) }
            answer(
                ClientAnswer(
                    client: client, first: range.first, count: UInt64(range.count), reason: range.reason, node: node,
                    leader: node))
        }
    }

    private mutating func answer(_ answer: ClientAnswer) {
        let delay = plan.network.delayNanoseconds + random.upTo(plan.network.jitterNanoseconds)
        events.add(.answer, at: now + delay, place: answer.client, value: answers.put(answer))
    }

    // MARK: - Clients

    mutating func takeOrders(_ message: OrderMessage, at node: Int) {
        guard nodes[node].isAlive else { return }
        nodes[node].orders.append(message)
        planRound(node, at: now + random.upTo(plan.roundDelayNanosecondsMax))
    }

    mutating func takeAnswer(_ answer: ClientAnswer) {
        let place = answer.client
        trace.write(
            now,
            "client \(place) hears from node \(answer.node) of \(answer.first)+\(answer.count): "
                + (answer.reason == 0 ? "taken" : "refused, \(RefusalReason(rawValue: answer.reason) ?? .notReady)"))
        if answer.reason == 0 {
            // Orders are taken one after the other, so what comes before an answered one was taken too.
            let end = answer.first + answer.count
            if end > clients[place].next {
                clients[place].next = end
                clients[place].sent = max(clients[place].sent, end)
                clients[place].patienceEnds = now + plan.patienceNanoseconds
            }
        } else if answer.node == clients[place].target || answer.reason == RefusalReason.outOfOrder.rawValue {
            clients[place].sent = clients[place].next
            if let leader = answer.leader {
                if leader == answer.node { clients[place].restsUntil = now + 20_000_000 }
                clients[place].target = leader
            } else {
                clients[place].target = random.below(plan.nodeCount)
                clients[place].restsUntil = now + 50_000_000
            }
        }
        advance(client: place)
    }

    /// A client sends what it may, or goes back.
    mutating func advance(client place: Int) {
        guard !clients[place].isDone else { return }
        if clients[place].sent > clients[place].next && now >= clients[place].patienceEnds {
            clients[place].sent = clients[place].next
            clients[place].target = random.below(plan.nodeCount)
        }
        var client = clients[place]
        if now >= client.restsUntil {
            while client.sent < min(client.total, client.next + plan.window) {
                let count = min(plan.ordersPerMessage, client.total - client.sent)
                let message = OrderMessage(client: place, first: client.sent, count: count)
                if client.sent == client.next { client.patienceEnds = now + plan.patienceNanoseconds }
                client.sent += count
                let delay = plan.network.delayNanoseconds + random.upTo(plan.network.jitterNanoseconds)
                // One connection, so what is sent first arrives first.
                client.lastArrival = max(client.lastArrival, now + delay)
                events.add(.orders, at: client.lastArrival, place: client.target, value: orders.put(message))
                guard plan.thinkNanosecondsMax > 0 else { continue }
                client.restsUntil = now + random.upTo(min(plan.thinkNanosecondsMax, isHealed ? 100_000_000 : .max))
                break
            }
        }
        if !client.hasTimer {
            client.hasTimer = true
            events.add(.client, at: max(now + 50_000_000, client.restsUntil), place: place)
        }
        clients[place] = client
    }
}

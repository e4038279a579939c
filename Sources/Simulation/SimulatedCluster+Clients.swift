import Cluster
import Measurement
import Wire

// What happens between clients and nodes.
extension SimulatedCluster {
    mutating func enter(_ message: OrderMessage, at node: Int, reading: UInt64) {
        let frames = clients[message.client].frames(of: message)
        trace.write(
            now, .clients, "node \(node) has orders \(message.first)+\(message.count) of client \(message.client)")
        if nodes[node].core.role == .leader, let effects = nodes[node].core.propose(orders: frames, at: reading) {
            checker.noteTakenIn(
                by: node, term: nodes[node].core.replica?.term ?? 0, sleeper: nodes[node].sleeperTerm)
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

    mutating func answerClients(of node: Int) {
        for range in nodes[node].core.takeAnswers() {
            guard let client = Origin.clientNumber(of: range.origin) else { continue }
            if Self.isExecuted(range.reason) { checker.noteAcknowledged(range, by: node) }
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

    /// Orders of a client arrive at a node, apart from those that clients send by themselves.
    public mutating func submit(client: Int, first: UInt64, count: UInt64, to node: Int) {
        events.add(
            .orders, at: now + conditions.delayNanoseconds, place: node,
            value: orders.put(OrderMessage(client: client, first: first, count: count)))
    }

    /// Whether an order had its turn, though the book may have refused it.
    private static func isExecuted(_ reason: UInt16) -> Bool { reason == 0 || reason >= RefusalReason.ofTheBook }

    private static func words(_ answer: ClientAnswer) -> String {
        if answer.reason == 0 { return "taken" }
        guard let reason = RefusalReason(rawValue: answer.reason) else { return "refused by the book" }
        guard reason == .notLeader else { return "refused, \(reason)" }
        return answer.leader.map { "refused, node \($0) leads" } ?? "refused, nobody leads"
    }

    mutating func takeOrders(_ message: OrderMessage, at node: Int) {
        guard nodes[node].isAlive else { return }
        nodes[node].orders.append(message)
        planRound(node, at: now + random.upTo(plan.roundDelayNanosecondsMax))
    }

    mutating func takeAnswer(_ answer: ClientAnswer) {
        let place = answer.client
        trace.write(
            now, .clients,
            "client \(place) hears from node \(answer.node) of \(answer.first)+\(answer.count): "
                + Self.words(answer))
        if Self.isExecuted(answer.reason) {
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

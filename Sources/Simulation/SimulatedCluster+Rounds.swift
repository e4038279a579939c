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
        if nodes[node].goesOnMidRound {
            nodes[node].goesOnMidRound = false
            enterOrders(at: node, reading: reading)
        }
        perform(nodes[node].core.tick(at: reading), at: node)
        settle(node)
        var taken = 0
        while taken < Self.drainMax, checker.violation == nil, let arrived = nodes[node].inbox.popFirst() {
            taken += 1
            receive(arrived, at: node, reading: reading)
        }
        enterOrders(at: node, reading: reading)
        perform(nodes[node].core.flush(at: reading), at: node)
        settle(node)
        answerClients(of: node)
        if !nodes[node].inbox.isEmpty { planRound(node, at: now) }
        planWake(node)
    }

    private mutating func enterOrders(at node: Int, reading: UInt64) {
        while checker.violation == nil, let message = nodes[node].orders.popFirst() {
            enter(message, at: node, reading: reading)
        }
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
        if trace.shows(.arrivals) {
            trace.write(
                now, Trace.topic(header, payload),
                "node \(node) has \(Trace.words(header, payload)) by its link \(arrived.slot)")
        }
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
            case .publish(let header, let payload):
                if trace.isKept {
                    let words = Int(header.origin) == node ? Trace.what : Trace.words
                    trace.write(
                        now, Trace.topic(header, payload),
                        "node \(node) publishes \(words(header, payload))"
                    )
                }
                if header.kind == .peer, Int(header.origin) == node {
                    let quorum = nodes[node].core.logVoters?.quorum ?? 1
                    checker.noteSaid(payload, by: node, life: nodes[node].life, quorum: quorum)
                }
                publish(header, payload, from: node)
            case .notice(let notice):
                trace.write(now, .notices, "node \(node) says: \(Trace.words(notice))")
                if case .stateDiverged(let entry) = notice {
                    checker.report(
                        .stateMachineSafety, why: "node \(node) says that its state is another after \(entry)")
                }
            }
        }
    }

    /// Looks at a node after something happened to it.
    mutating func settle(_ node: Int) {
        checker.look(at: nodes[node].core, of: node, life: nodes[node].life)
        if let violation = checker.violation { trace.write(now, .always, "\(violation)") }
        if nodes[node].wakePlanned == .max { planWake(node) }
    }
}

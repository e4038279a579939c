/// What must stand beside a run's numbers so that a dash or a difference is not misread; in the same words everywhere.
enum RunNotes {
    /// Of nodes that were not there all the time.
    static func nodes(_ run: RunReport) -> [String] {
        let deaths = run.perNode.compactMap { node -> String? in
            // Of a worker others know what it got, and of one that only hangs its processor time can be read.
            let unknown = [
                node.cpuPercent == nil || node.residentBytes == nil ? "used" : nil,
                node.uniqueDeliveries == nil ? "got" : nil,
            ].compactMap { $0 }
            guard !unknown.isEmpty else { return nil }
            return node.fate.map { "Node \(node.id) \($0): what it had \(list(unknown)) is not known (-)." }
        }
        let late = (run.agreement?.joins ?? []).compactMap { join -> String? in
            guard let node = run.perNode.first(where: { $0.id == join.node }), node.lostAt == nil else { return nil }
            let came = "Node \(join.node) came \(Moment.at(join.seconds)): "
            return came
                + (node.cpuPercent == nil
                    ? "its processor time was not measured (-)." : "its processor use is the mean from then on.")
        }
        return deaths + late
    }

    /// Of deliveries that no latency was measured of, or that were due long before; nil where there are none.
    ///
    /// Only a cluster with a log hands over what was delivered before: elsewhere every delivery is measured.
    static func latency(_ run: RunReport) -> String? {
        guard let agreement = run.agreement, let latency = run.latency else { return nil }
        let measured = latency.count + latency.negative
        guard measured < run.ledger.unique else {
            let late = agreement.joins.filter { $0.entries > 0 }.map {
                "node \($0.node) came, \(Moment.at($0.seconds)),"
            }
            guard !late.isEmpty else { return nil }
            return
                "What was due before \(list(late)) was delivered there only then: those deliveries make the greatest "
                + "latencies."
        }
        return "\(Numbers.grouped(run.ledger.unique - measured)) of \(Numbers.grouped(run.ledger.unique)) deliveries "
            + "have no latency: they came in a snapshot, not one by one."
    }

    /// That frames are fewer than messages where some are lost; nil where none is.
    static func frames(_ run: RunReport) -> String? {
        guard run.ledger.missing > 0 else { return nil }
        return
            "Frames are those that arrived: one that a full queue dropped, or that was lost otherwise, is in no number "
            + "here, and a message that its sender's queue dropped for all receivers is sent and no frame."
    }

    /// Of orders that left late because nobody took them; nil where there were none.
    static func heldBack(_ heldBack: LatencyReport?) -> String? {
        guard let heldBack, heldBack.count > 0 else { return nil }
        let were = heldBack.count == 1 ? "1 order was" : "\(Numbers.grouped(heldBack.count)) orders were"
        return
            "\(were) held back: nobody took them when they were due (no leader, a dead node, or full queues). That is "
            + "the cluster's time; send lag is what the load generator added."
    }

    /// That the account of deliveries leaves nodes out that died; nil where none did.
    static func leftOut(_ nodes: [NodeReport]) -> String? {
        let dead = nodes.compactMap { node in node.diedAt.map { (id: node.id, at: Moment.at($0)) } }
        guard !dead.isEmpty else { return nil }
        let who = (dead.count == 1 ? "node " : "nodes ") + list(dead.map { "\($0.id)" })
        return
            "What \(who) got until \(dead.count == 1 ? "it" : "they") died, \(list(dead.map(\.at))), is in no number: "
            + "deliveries are owed to the nodes that live."
    }

    /// `1, 2 and 3`.
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }
}

import Cluster
import Wire
import ZMQ

// Where a leader is elected, orders go to whoever leads; and when that changes, what was not answered goes again.
extension ClientLoop {
    /// Finds out whether the cluster has leaders, and who leads.
    func learnConsensus(_ control: ControlClient) throws {
        let deadline = MonotonicClock.now() + settings.connectNanoseconds
        repeat {
            let reports = try control.consensus(
                of: Array(0..<control.count), timeoutNanoseconds: 500_000_000)
            let electsLeaders = reports.contains { $0?.hasLeaders == true }
            // One that did not answer could be of another kind.
            if electsLeaders || !reports.contains(where: { $0 == nil }) { try checkOptions(electsLeaders) }
            guard electsLeaders else { return }
            var search = LeaderSearch(nodes: control.count)
            for (node, report) in reports.enumerated() {
                if let report { _ = search.heard(report, from: node, at: MonotonicClock.now()) }
            }
            self.search = search
            if search.leader != nil { return }
        } while MonotonicClock.now() < deadline && !isInterrupted()
        throw ClientError(
            .unavailable,
            "no leader was elected within \(DurationText.of(settings.connectNanoseconds)): a majority of the nodes "
                + "must be there")
    }

    /// Finds out who leads where nobody is elected: the node whose heartbeats the others hear.
    func learnLeader(_ control: ControlClient) throws {
        let deadline = MonotonicClock.now() + settings.connectNanoseconds
        repeat {
            let reports = try control.reports(of: Array(0..<control.count), timeoutNanoseconds: 1_000_000_000)
            let leaders = reports.compactMap { $0.flatMap { $0.leader.heartbeats > 0 ? $0.leader.leader : nil } }
            if let leader = leaders.first, Int(leader) < control.count {
                plan.leader = Int(leader)
                return
            }
            try poller.wait(timeoutNanoseconds: 20_000_000)
        } while MonotonicClock.now() < deadline && !isInterrupted()
        throw ClientError(
            .unavailable,
            "--balance leader: no node sends heartbeats, so none leads: start one with --leader, or all with "
                + "--consensus leader")
    }

    /// What the options ask for is only known to be idle when the nodes have said what they are.
    private func checkOptions(_ electsLeaders: Bool) throws(ClientError) {
        if electsLeaders, let option = settings.onlyWithoutLeader.first {
            throw ClientError(.usage, "\(option) has no effect: these nodes elect a leader, and orders go to it")
        }
        if !electsLeaders, let option = settings.onlyWithLeader.first {
            throw ClientError(.usage, "\(option) needs nodes with --consensus leader: these elect none")
        }
    }

    /// The dealer that holds the streams which this one's answers are about.
    func home(of dealer: Dealer) -> Dealer {
        search == nil ? dealer : dealers[dealer.client * plan.nodes]
    }

    /// The dealer by which a stream's orders go now; nil while nobody leads.
    func target(of dealer: Dealer) -> Dealer? {
        guard let search else { return dealer }
        return search.leader.map { dealers[dealer.client * plan.nodes + $0] }
    }

    /// A refusal that is no answer to the order, but a reason to send it again, elsewhere or later.
    func goesBack(_ answer: AnswerPayload, on dealer: Dealer) -> Bool {
        switch RefusalReason(rawValue: answer.reason) {
        case .notLeader, .stopping, .notReady:
            let hint = answer.reason == RefusalReason.notLeader.rawValue ? answer.node : AnswerPayload.nobody
            if search?.refused(by: dealer.node, hint: hint) == true { sendAllAgain() }
            return true
        case .outOfOrder, .queueFull, .damaged:
            // Where an order before this one was not taken, this one is refused as well: all go again, once.
            let now = MonotonicClock.now()
            if dealer.node == search?.leader, now >= nextRewindNanoseconds {
                nextRewindNanoseconds = now + 50_000_000
                home(of: dealer).measured.rewind()
                home(of: dealer).warmup.rewind()
            }
            return true
        default: return false
        }
    }

    private func sendAllAgain() {
        for client in 0..<settings.clients {
            dealers[client * plan.nodes].warmup.rewind()
            dealers[client * plan.nodes].measured.rewind()
        }
    }

    /// A node says what it is to the log.
    func takeReport(_ frame: RawSpan, from node: Int, at now: UInt64) {
        guard search != nil else { return }
        let payload = frame.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        guard case .consensus(let report)? = try? ControlResponse(decoding: payload) else { return }
        if search?.heard(report, from: node, at: now) == true { sendAllAgain() }
    }

    /// Asks who leads, when that is in doubt; answers when to look again.
    func lookForLeader(at now: UInt64) throws(ZMQError) -> UInt64 {
        guard search != nil else { return .max }
        var isWaiting = false
        for client in 0..<settings.clients {
            let home = dealers[client * plan.nodes]
            isWaiting = isWaiting || home.outstanding + home.backlog > 0
        }
        if search?.asks(isWaiting: isWaiting, at: now) == true {
            let payload = ControlRequest.consensus.payload
            let frame = Header(kind: .request, payloadLength: UInt32(payload.count)).frame(payload: payload)
            for node in 0..<plan.nodes {
                touch(dealers[node])
                dealers[node].watch.asked(at: now)
                // A node that cannot be reached now is asked again in a moment.
                _ = try dealers[node].socket.send(bytes: frame)
            }
        }
        if search?.leader != nil {
            for client in 0..<settings.clients where dealers[client * plan.nodes].backlog > 0 {
                try sendBacklog(of: dealers[client * plan.nodes])
            }
        }
        return isWaiting || search?.leader == nil ? search?.wakeNanoseconds(at: now) ?? .max : .max
    }
}

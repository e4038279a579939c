import Cluster
import Wire
import ZMQ

// Before the first order and after the last one.
extension ClientLoop {
    /// Asks until every node says that every link of its cluster is ready.
    func waitForNodes(_ control: ControlClient) throws {
        let deadline = MonotonicClock.now() + settings.connectNanoseconds
        let nodes = Array(0..<control.count)
        var statuses = [NodeStatus?](repeating: nil, count: nodes.count)
        while true {
            let answers = try control.statuses(of: nodes, timeoutNanoseconds: 200_000_000)
            for (node, answer) in answers.enumerated() where answer != nil { statuses[node] = answer }
            if answers.allSatisfy({ $0.map { $0.state != .joining && $0.state != .stopping } ?? false }) { break }
            guard MonotonicClock.now() < deadline else { throw notReady(statuses, control) }
            guard !isInterrupted() else { throw ClientError(description: "interrupted", isUnavailable: false) }
        }
        try checkIdentities(statuses.compactMap { $0 })
    }

    private func notReady(_ statuses: [NodeStatus?], _ control: ControlClient) -> ClientError {
        let problems = statuses.enumerated().compactMap { node, status -> String? in
            guard let status else { return "node \(node) at \(control.endpoint(of: node)) does not answer" }
            guard status.state == .joining else { return nil }
            return "node \(node) has \(status.outboundReady) of \(status.outboundExpected) subscribers and hears "
                + "\(status.inboundReady) of \(status.inboundExpected) neighbours"
        }
        return ClientError(
            description: "the cluster was not ready within \(settings.connectNanoseconds / 1_000_000_000) s: "
                + problems.joined(separator: "; ") + ". Start the nodes first, or raise --connect-timeout.",
            isUnavailable: true)
    }

    /// Orders name the node they enter at, so the list must be in the order of the ids.
    private func checkIdentities(_ statuses: [NodeStatus]) throws {
        for (place, status) in statuses.enumerated() where Int(status.node) != place {
            throw ClientError(
                description: "entry \(place) of --nodes (\(settings.nodes[place])) is node \(status.node): list the nodes "
                    + "in the order of their ids, from 0",
                isUnavailable: false)
        }
        if let first = statuses.first, statuses.contains(where: { $0.clusterDigest != first.clusterDigest }) {
            throw ClientError(
                description: "the nodes in --nodes are not one cluster: their topologies or sizes differ",
                isUnavailable: false)
        }
        if let first = statuses.first, Int(first.nodes) != settings.nodes.count {
            throw ClientError(
                description: "the cluster has \(first.nodes) nodes, but --nodes lists \(settings.nodes.count): list all of "
                    + "them, so that every delivery can be accounted for",
                isUnavailable: false)
        }
    }

    /// Opens one DEALER for each client and node.
    func openDealers() throws(ZMQError) {
        for client in 0..<settings.clients {
            for (node, endpoint) in settings.nodes.enumerated() {
                let socket = try Socket(.dealer, in: context)
                try SocketDefaults.apply(to: socket, highWaterMark: 10_000, frameBytesMax: 1 << 20)
                try socket.setLinger(milliseconds: 0)
                // Orders wait here, where they are counted, not in a queue for a node that is gone.
                try socket.setImmediate(true)
                try socket.connect(endpoint)
                let number = settings.firstClient + client
                let dealer = Dealer(
                    socket: socket, client: client, node: node, origin: Origin.client(number, enteringAt: node),
                    incarnation: result.incarnation)
                dealer.pollSlot = try poller.add(dealer.socket)
                dealers.append(dealer)
            }
        }
    }

    /// Asks for the status over each DEALER: when the answer is there, so is the connection.
    func waitForDealers() throws {
        let frame = Header(kind: .request, payloadLength: 2).frame(payload: ControlRequest.status.payload)
        let deadline = MonotonicClock.now() + settings.connectNanoseconds
        var silent = Array(dealers.indices)
        var unasked = Set(silent)
        while !silent.isEmpty {
            guard MonotonicClock.now() < deadline, !isInterrupted() else {
                throw ClientError(
                    description: "\(silent.count) of \(dealers.count) connections were not made within "
                        + "\(settings.connectNanoseconds / 1_000_000_000) s; are there enough file descriptors?",
                    isUnavailable: true)
            }
            for place in silent where unasked.contains(place) {
                if try dealers[place].socket.send(bytes: frame) == .sent { unasked.remove(place) }
            }
            var stillSilent: [Int] = []
            for place in silent where try !dealers[place].socket.receive(into: &incoming) { stillSilent.append(place) }
            silent = stillSilent
            if !silent.isEmpty { _ = try poller.wait(timeoutNanoseconds: 5_000_000) }
        }
    }

    /// Waits until everything sent was answered and every node has everything, or nothing moves any more, or time is up;
    /// then takes the nodes' last reports.
    func drain(_ control: ControlClient) throws {
        let deadline = MonotonicClock.now() + settings.drainNanoseconds
        while MonotonicClock.now() < deadline && dealers.contains(where: { $0.outstanding + $0.backlog > 0 }) {
            try exchange(until: MonotonicClock.now() + 20_000_000)
        }
        let nodes = Array(0..<control.count)
        var last: [UInt64?] = []
        var quietRounds = 0
        // Quiet means: all answers came, nothing waits in any node, and the counts stood still for a while.
        while quietRounds < 3 && MonotonicClock.now() < deadline {
            let statuses = try control.statuses(of: nodes, timeoutNanoseconds: 500_000_000)
            let counts = statuses.map { $0?.unique }
            let isQuiet = counts == last && statuses.allSatisfy { $0.map { $0.queued == 0 } ?? true }
            quietRounds = isQuiet ? quietRounds + 1 : 0
            last = counts
            _ = try poller.wait(timeoutNanoseconds: 20_000_000)
        }
        result.nodeReports = try control.reports(of: nodes, timeoutNanoseconds: 5_000_000_000)
    }
}

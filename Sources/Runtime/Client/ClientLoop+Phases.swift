import Cluster
import Measurement
import OrderBook
import Wire
import ZMQ

// Before the first order and after the last one.
extension ClientLoop {
    /// Asks until every node says that every link of its cluster is ready; answers what they said.
    func waitForNodes(_ control: ControlClient) throws -> [NodeStatus?] {
        let deadline = MonotonicClock.now() + settings.connectNanoseconds
        let nodes = Array(0..<control.count).filter { $0 != settings.lateNode }
        var statuses = [NodeStatus?](repeating: nil, count: control.count)
        while true {
            let answers = try control.statuses(of: nodes, timeoutNanoseconds: 200_000_000)
            for (node, answer) in zip(nodes, answers) where answer != nil { statuses[node] = answer }
            if answers.allSatisfy({ $0.map { $0.state != .joining && $0.state != .stopping } ?? false }) { break }
            guard MonotonicClock.now() < deadline else { throw notReady(statuses, control) }
            guard !isInterrupted() else { throw Self.interrupted }
        }
        try checkIdentities(statuses)
        return statuses
    }

    static let interrupted = ClientError(.interrupted, "interrupted before anything was measured")

    private func notReady(_ statuses: [NodeStatus?], _ control: ControlClient) -> ClientError {
        let problems = statuses.enumerated().compactMap { node, status -> String? in
            guard let status else {
                guard control.takesQuestions(node) else {
                    return "what listens at \(control.endpoint(of: node)) is no node's port for orders, which is the "
                        + "third of a node's ports (--port plus 2)"
                }
                return "node \(node) at \(control.endpoint(of: node)) does not answer"
            }
            guard status.state != .stopping else { return "node \(node) at \(control.endpoint(of: node)) is stopping" }
            guard status.state == .joining else { return nil }
            return "node \(node) has \(status.outboundReady) of \(status.outboundExpected) subscribers and hears "
                + "\(status.inboundReady) of \(status.inboundExpected) neighbours"
        }
        if let strangers = Self.strangers(among: statuses) { return ClientError(.usage, strangers) }
        return ClientError(
            .unavailable,
            "the cluster was not ready within \(DurationText.of(settings.connectNanoseconds)): "
                + problems.joined(separator: "; ") + ". Start the nodes first, or raise --connect-timeout.")
    }

    /// Says of which clusters the nodes are that answered; nil when they are all of one.
    static func strangers(among statuses: [NodeStatus?]) -> String? {
        var clusters: [(digest: UInt64, text: String, nodes: [Int])] = []
        for (node, status) in statuses.enumerated() {
            guard let status else { continue }
            if let place = clusters.firstIndex(where: { $0.digest == status.clusterDigest }) {
                clusters[place].nodes.append(node)
            } else {
                clusters.append((status.clusterDigest, status.cluster, [node]))
            }
        }
        guard clusters.count > 1 else { return nil }
        let sides = clusters.map { cluster in
            let nodes = cluster.nodes.map(String.init).joined(separator: ", ")
            return (cluster.nodes.count == 1 ? "node \(nodes) says " : "nodes \(nodes) say ") + cluster.text
        }
        let areSame = Set(clusters.map(\.text)).count == 1
        return "the nodes in --nodes are not one cluster: " + sides.joined(separator: "; ")
            + (areSame ? ", but their links differ: compare the topology's file or seed." : ".")
            + " Start them with the same --topology, --num-nodes and --cluster."
    }

    /// Orders name the node they enter at, so the list must be in the order of the ids.
    private func checkIdentities(_ all: [NodeStatus?]) throws {
        lives = all.map { $0?.incarnation ?? 0 }
        let statuses = all.compactMap { $0 }
        for (place, status) in all.enumerated() {
            guard let status, Int(status.node) != place else { continue }
            throw ClientError(
                .usage,
                "entry \(place) of --nodes (\(settings.nodes[place])) is node \(status.node): list the nodes "
                    + "in the order of their ids, from 0")
        }
        if let strangers = Self.strangers(among: statuses) { throw ClientError(.usage, strangers) }
        if let digest = settings.clusterDigest, let other = statuses.first(where: { $0.clusterDigest != digest }) {
            throw ClientError(
                .usage,
                "node \(other.node) at \(settings.nodes[Int(other.node)]) says \(other.cluster): it is not of the cluster "
                    + "that the coordinator means; is another one running there?")
        }
        if let first = statuses.first, Int(first.nodes) != settings.nodes.count {
            throw ClientError(
                .usage,
                "the cluster has \(first.nodes) nodes, but --nodes lists \(settings.nodes.count): list all of "
                    + "them, so that every delivery can be accounted for")
        }
    }

    /// Opens one DEALER for each client and node.
    func openDealers() throws {
        try checkStreams()
        let queueMax = QueueLimits.messages(
            10_000, of: settings.messageSizeBytes, queues: settings.clients * settings.nodes.count)
        for client in 0..<settings.clients {
            for (node, endpoint) in settings.nodes.enumerated() {
                let socket = try ClientSockets.makeDealer(context, highWaterMark: queueMax)
                try socket.connect(endpoint)
                let number = settings.number(of: client)
                let entry = search == nil ? node : Origin.whoeverLeads
                let dealer = Dealer(
                    socket: socket, place: dealers.count, client: client, node: node,
                    origin: Origin.client(number, enteringAt: entry), incarnation: result.incarnation,
                    mix: mixes(of: number, lane: node), keepsRows: settings.shape.replay != nil)
                _ = try poller.add(dealer.socket)
                dealers.append(dealer)
            }
        }
    }

    /// Finds out whether the nodes' books are new: ids of an earlier load may rest in others.
    ///
    /// With new books ids are counted from 0, so that the same load is the same to the last octet; with others from a
    /// number that is this life's own.
    func learnBooks(_ control: ControlClient) throws {
        guard settings.workload == .orders else { return }
        let nodes = (0..<control.count).filter { $0 != settings.lateNode }
        let logs = try control.consensus(
            of: nodes, timeoutNanoseconds: Self.booksNanoseconds, interrupt: isInterrupted)
        let books = try control.books(of: nodes, timeoutNanoseconds: Self.booksNanoseconds, interrupt: isInterrupted)
        // A node that does not say it may know of orders.
        let areNew = zip(logs, books).allSatisfy { log, book in
            log.map { $0.executed == 0 } ?? false && book.map { $0.taken == 0 } ?? false
        }
        guard !areNew else { return }
        var source = SplitMix64(seed: UInt64(result.incarnation))
        firstID = source.next() >> (64 - OrderPayload.serialBits)
    }

    /// How long the nodes may take to say it.
    private static let booksNanoseconds: UInt64 = 2_000_000_000

    /// Every stream has its place in the account of every node, and of those there are only so many.
    private func checkStreams() throws {
        let entries = search == nil ? settings.nodes.count : 1
        let streams = settings.clientsTotal * entries * (settings.warmupNanoseconds > 0 ? 2 : 1)
        guard streams <= Dissemination.streamsMaxDefault else {
            throw ClientError(
                .usage,
                "--clients \(settings.clientsTotal) with \(settings.nodes.count) nodes makes \(streams) streams of orders, "
                    + "warm-up included, and a node accounts for \(Dissemination.streamsMaxDefault): expected at most "
                    + "\(Dissemination.streamsMaxDefault * settings.clientsTotal / streams) clients")
        }
    }

    /// What makes the orders of the warm-up and of the measured time: two generators, so that their ids differ.
    private func mixes(of number: Int, lane: Int) -> [OrderMix?] {
        guard settings.workload == .orders, settings.shape.replay == nil else { return [nil, nil] }
        return [
            OrderMix(
                seed: settings.seed, client: number + Origin.clientsMax / 2, lane: lane,
                settings: mixSettings(resting: OrderMixSettings().waitingMax, over: settings.warmupNanoseconds)),
            OrderMix(
                seed: settings.seed, client: number, lane: lane,
                settings: mixSettings(resting: settings.restingOrders, over: settings.durationNanoseconds)),
        ]
    }

    /// What the orders of one stream are like.
    ///
    /// A stream begins with orders that wait. Where there is one for each node, they must not be all there are in a
    /// short run: nothing would be traded.
    private func mixSettings(resting: Int, over nanoseconds: UInt64) -> OrderMixSettings {
        let streams = settings.clientsTotal * (search == nil ? settings.nodes.count : 1)
        var mix = OrderMixSettings()
        mix.badShare = settings.badShare
        mix.firstID = firstID
        mix.waitingMax = max(1, resting / streams)
        if search == nil, case .open(let rate) = settings.mode {
            let orders = rate * Double(nanoseconds) / 1e9 / Double(streams)
            mix.waitingMax = min(mix.waitingMax, max(16, Int(min(orders / 4, 1e9))))
        }
        return mix
    }

    /// Asks for the status over each DEALER: when the answer is there, so is the connection.
    func waitForDealers() throws {
        let frame = Header(kind: .request, payloadLength: 2).frame(payload: ControlRequest.status.payload)
        let deadline = MonotonicClock.now() + settings.connectNanoseconds
        var silent = dealers.indices.filter { dealers[$0].node != settings.lateNode }
        var unasked = Set(silent)
        while !silent.isEmpty {
            guard !isInterrupted() else { throw Self.interrupted }
            guard MonotonicClock.now() < deadline else {
                throw ClientError(
                    .unavailable,
                    "\(silent.count) of \(dealers.count) connections were not made within "
                        + "\(DurationText.of(settings.connectNanoseconds)); are there enough file descriptors?")
            }
            for place in silent where unasked.contains(place) {
                if try dealers[place].socket.send(bytes: frame) == .sent { unasked.remove(place) }
            }
            var stillSilent: [Int] = []
            for place in silent where try !dealers[place].socket.receive(into: &incoming) { stillSilent.append(place) }
            silent = stillSilent
            if !silent.isEmpty { try poller.wait(timeoutNanoseconds: 5_000_000) }
        }
    }

    /// Waits until everything sent was answered that somebody can answer, and every node has everything, or nothing
    /// moves any more, or time is up; then takes the nodes' last reports.
    func drain(_ control: ControlClient) throws {
        let end = MonotonicClock.now()
        let deadline = end + settings.drainNanoseconds
        func isOver() -> Bool { MonotonicClock.now() >= deadline || isUrgent() || mismatch != nil }
        while !isOver() && isAnswerAwaited { try exchange(until: MonotonicClock.now() + 20_000_000) }
        noteWhatIsOpen(loadEnd: end)
        try compareClocksAgain()
        result.clocks = clockFindings
        // Others load the cluster still, and whoever shared the load asks the nodes when all are done.
        guard settings.collectsReports else { return try learnProgress(control) }
        var answered = Set<Int>()
        var last: [UInt64?] = []
        var quietRounds = 0
        // Quiet means: all answers came, nothing waits in any node, and the counts stood still for a while.
        repeat {
            let asked = askable(control)
            let statuses = try control.statuses(of: asked, timeoutNanoseconds: 500_000_000, interrupt: isUrgent)
            answered.formUnion(zip(asked, statuses).filter { $0.1 != nil }.map { $0.0 })
            let counts = statuses.map { $0?.unique }
            let isStill = counts == last && statuses.allSatisfy { $0.map { $0.queued == 0 } ?? true }
            quietRounds = isStill ? quietRounds + 1 : 0
            last = counts
            if quietRounds < 3 { try poller.wait(timeoutNanoseconds: 20_000_000) }
        } while quietRounds < 3 && !isOver()
        result.isQuiet = quietRounds >= 3
        // Where the nodes hold one log, each has everything in the end. One that stood still until now reports before
        // it has caught up, so they are asked until each was far enough before it reported.
        repeat {
            try learnProgress(control)
            try collect(control, answered: answered)
            if isInStep { return }
            try poller.wait(timeoutNanoseconds: 20_000_000)
        } while !isOver()
    }

    /// The nodes of which nobody said that they do not answer.
    private func askable(_ control: ControlClient) -> [Int] {
        let lost = lost()
        return (0..<control.count).filter { !lost.dead.contains($0) && !lost.silent.contains($0) }
    }

    /// Asks how far each node is in the log; the first time also how far all of them should come.
    private func learnProgress(_ control: ControlClient) throws {
        guard search != nil else { return }
        let asked = askable(control)
        let answers = try control.consensus(of: asked, timeoutNanoseconds: 500_000_000, interrupt: isUrgent)
        result.consensus = [ConsensusReport?](repeating: nil, count: control.count)
        for (node, answer) in zip(asked, answers) { result.consensus[node] = answer }
        // Others may load the cluster, too: nobody ever has all that is decided now.
        if result.decidedIndex == 0 { result.decidedIndex = result.consensus.compactMap { $0?.commit }.max() ?? 0 }
    }

    /// Whether every node that reported had applied before what had been decided when the load was over.
    private var isInStep: Bool {
        guard search != nil else { return true }
        return zip(result.nodeReports, result.consensus).allSatisfy { report, log in
            report == nil || log.map { $0.applied >= result.decidedIndex } ?? false
        }
    }

    /// Whether something was not answered and can still be.
    private var isAnswerAwaited: Bool {
        let lost = lost()
        return dealers.contains { $0.outstanding + $0.backlog > 0 && !isAbandoned($0, lost) }
    }

    /// Whether nobody can answer what waits for an answer here.
    private func isAbandoned(_ dealer: Dealer, _ lost: LostNodes) -> Bool {
        search == nil ? lost.dead.contains(dealer.node) : lost.isMajorityLost
    }

    /// Notes what stays without an answer, and how long there was none when the load ended.
    private func noteWhatIsOpen(loadEnd: UInt64) {
        let lost = lost()
        for dealer in dealers where isAbandoned(dealer, lost) {
            result.abandoned += dealer.measured.outstanding + dealer.measured.backlog
        }
        guard search != nil, dealers.contains(where: { $0.outstanding + $0.backlog > 0 }) else { return }
        result.gaps.noteOpen(from: max(lastAcknowledgedNanoseconds, result.measuredNanoseconds), to: loadEnd)
    }

    /// Takes the nodes' last reports.
    ///
    /// A node that answered nothing since the load is asked too, but not waited for long. One that was started again
    /// knows nothing of its life before, in which orders were sent to it: that life ended without a report.
    private func collect(_ control: ControlClient, answered: Set<Int>) throws {
        result.nodeReports = [NodeReport?](repeating: nil, count: control.count)
        result.restarted = []
        let asked = Set(askable(control))
        for (nodes, timeout) in [
            (asked.intersection(answered).sorted(), 5_000_000_000), (asked.subtracting(answered).sorted(), 500_000_000),
        ] where !nodes.isEmpty {
            let reports = try control.reports(of: nodes, timeoutNanoseconds: UInt64(timeout), interrupt: isUrgent)
            for (node, report) in zip(nodes, reports) {
                guard let report else { continue }
                let isSame = report.status.incarnation == lives[node]
                if !isSame { result.restarted.insert(node) }
                // With a leader, a node that starts again is given what it lost.
                if isSame || search != nil { result.nodeReports[node] = report }
            }
        }
    }

    /// Notes which nodes did not answer at the end; whoever would not wait for the answers does not know.
    func noteUnanswering() {
        result.unanswering = [:]
        guard settings.collectsReports, !isUrgent() else { return }
        for (node, report) in result.nodeReports.enumerated() where report == nil && !result.restarted.contains(node) {
            let ways = dealers.filter { $0.node == node }
            let owesOrders = search == nil && ways.contains { $0.outstanding + $0.backlog > 0 }
            result.unanswering[node] = .some(AnswerWatch.owedSince(ways.map(\.watch), owesOrders: owesOrders))
        }
    }
}

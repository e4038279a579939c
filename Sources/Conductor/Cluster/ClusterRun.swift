import Cluster
import Measurement
import Reporting
import Runtime
import Topology
import Wire
import ZMQ

/// One measured execution of a scenario: start, load, drain, collect, stop, account.
final class ClusterRun {
    let scenario: Scenario
    let cluster: LocalCluster
    let context: Context
    let interrupts: Interrupts
    let log: Log
    private let onTick: (RunProgress, LiveCluster) -> Void
    /// The nodes as somebody who waits sees them; nil where nobody does, so that they are not asked.
    private var watched: LiveCluster?
    private var nextWatchNanoseconds: UInt64 = 0
    /// Which nodes run and do not answer.
    private(set) var silence = SilenceWatch()
    private var nextProbeNanoseconds: UInt64 = 0
    var events: [Event] = []
    private(set) var startNanoseconds: UInt64 = 0
    /// When the first message fell due; nil while a client still looks for its nodes.
    private(set) var loadNanoseconds: UInt64?
    private var isQuiet = false
    /// What each worker did, where several processes made the load.
    var crewParts: [CrewPart] = []
    /// The folder of the logs of everything that is started.
    let logFolder: String
    /// Whether so many nodes died that the others can decide nothing any more.
    var isMajorityLost = false
    private var meter: UsageMeter
    private let profiler: Profiler?
    private let profile: ProfileReport?

    /// What happened, and when by CLOCK_MONOTONIC.
    struct Event {
        var nanoseconds: UInt64
        var kind: String
        var node: Int?
        var text: String
        var log: LogExcerpt?
    }

    /// Longest wait between two looks at the nodes.
    static let tickNanoseconds: UInt64 = 50_000_000
    /// Between two questions to the nodes for somebody who watches, and how long their answers are waited for.
    private static let watchNanoseconds: UInt64 = 1_000_000_000
    private static let watchTimeoutNanoseconds: UInt64 = 20_000_000
    /// Between two looks whether the nodes answer at all; nobody waits for these answers.
    private static let probeNanoseconds: UInt64 = 500_000_000
    /// How long a node that owes an answer is waited for from then on, all questions together.
    private static let patienceNanoseconds: UInt64 = 3_000_000_000
    /// How long the others are given to come to rest where a node does not answer.
    private static let restNanoseconds: UInt64 = 1_000_000_000

    init(
        _ scenario: Scenario, logFolder: String, profiles: (root: String, folder: String)? = nil, context: Context,
        interrupts: Interrupts, log: Log, isWatched: Bool, onTick: @escaping (RunProgress, LiveCluster) -> Void
    ) throws {
        watched = isWatched ? LiveCluster() : nil
        let profiler = try scenario.profile.flatMap { kind in
            try profiles.map { try Profiler(kind, folder: "\($0.root)/\($0.folder)") }
        }
        self.profiler = profiler
        profile = profiler.flatMap { profiler in
            profiles.map { ProfileReport(kind: profiler.kind.rawValue, tool: profiler.kind.tool, folder: $0.folder) }
        }
        self.scenario = scenario
        self.context = context
        self.interrupts = interrupts
        self.log = log
        self.onTick = onTick
        self.logFolder = logFolder
        cluster = try LocalCluster(
            scenario, logFolder: logFolder, profiler: profiler, context: context, interrupts: interrupts)
        meter = UsageMeter(nodeCount: cluster.graph.nodeCount)
    }

    /// Runs to the end, or to an interruption, and answers what was found.
    ///
    /// Nothing that was started is left, but `keepAlive` is called before the nodes are stopped.
    func run(repeat number: Int, keepAlive: (RunOutcome) throws -> Void) throws -> RunOutcome {
        defer { cluster.stop() }
        tell(.starting)
        try cluster.start()
        cluster.control.patienceNanoseconds = Self.patienceNanoseconds
        startNanoseconds = MonotonicClock.now()
        let client = try load()
        meter.finish(read: cluster.usage)
        if client == nil { try drain() } else { isQuiet = try isClusterQuiet(client) }
        let evidence = try evidence(client)
        var outcome = try RunReporter(
            scenario: scenario, evidence: evidence, usage: meter.usage, deaths: deaths(evidence),
            silentSince: evidence.silentNanoseconds.mapValues { seconds($0, evidence) }, events: timed(evidence),
            profile: profile
        ).report(
            repeat: number, isInterrupted: interrupts.flag.isSet, isCutShort: interrupts.flag.isUrgent && !isQuiet)
        outcome.series = try RunSeries(scenario, evidence, repeat: number)
        try keepAlive(outcome)
        return outcome
    }

    /// Makes what the nodes' profiles hold readable; to be called when they have ended, after `run`.
    func finishProfiles() throws { try profiler?.finish() }

    // MARK: - Load

    private func load() throws -> ClientResult? {
        // They say when they are ready to begin.
        if let crew = scenario.crew { return try loadByWorkers(crew) }
        try startBroadcasting()
        guard scenario.clients > 0 else {
            try waitForBroadcast()
            return nil
        }
        let client = ClientThread(settings: clientSettings, context: context, log: log, interrupt: interrupts.flag)
        try client.start()
        while !client.isDone {
            try watch()
            let progress = client.progress
            if loadNanoseconds == nil, let start = progress?.startNanoseconds { loadBegins(at: start) }
            // It still looks for its nodes, and would look for a dead one until its time is over.
            if progress == nil, let dead = cluster.nodes.first(where: { !$0.isRunning }) {
                throw cluster.diedEarly(dead)
            }
            if !cluster.dead.isEmpty {
                let isOver = progress.map { $0.elapsedNanoseconds >= $0.totalNanoseconds } ?? false
                if isOver || interrupts.flag.isSet { try lookForMajority() }
            }
            client.tell(LostNodes(dead: cluster.dead, silent: silence.nodes, isMajorityLost: isMajorityLost))
            tell(.client(progress))
        }
        do {
            return try client.result()
        } catch let error as ClientError where error.kind == .interrupted {
            throw Interrupted()
        }
    }

    func startBroadcasting() throws {
        guard scenario.mode != .none else { return }
        // With a client, both begin at one agreed instant, and the client has yet to connect.
        startNanoseconds = MonotonicClock.now() + (scenario.clients > 0 ? 1_000_000_000 : 100_000_000)
        loadBegins(at: startNanoseconds)
        let order = StartOrder(
            startNanoseconds: startNanoseconds, warmupNanoseconds: scenario.warmupNanoseconds,
            durationNanoseconds: scenario.durationNanoseconds)
        let nodes = cluster.living
        let answers = try cluster.control.ask(.start(order), nodes: nodes, timeoutNanoseconds: 5_000_000_000)
        try noteDeaths()
        for (node, answer) in zip(nodes, answers) where answer != .done && !cluster.dead.contains(node) {
            let said =
                switch answer {
                case .refused(let reason): reason
                case nil: "it did not answer"
                default: "its answer was not the one to that question"
                }
            throw Failure(.internalError, "node \(node) did not start: \(said)")
        }
    }

    /// The first message falls due then; what is measured, after the warm-up.
    func loadBegins(at nanoseconds: UInt64) {
        loadNanoseconds = nanoseconds
        let begin = nanoseconds + scenario.warmupNanoseconds
        meter.measure(begin..<begin + scenario.durationNanoseconds)
    }

    /// Waits until every living node has sent everything that was due.
    private func waitForBroadcast() throws {
        let end = startNanoseconds + scenario.warmupNanoseconds + scenario.durationNanoseconds
        let deadline = end + scenario.drainNanoseconds
        while MonotonicClock.now() < deadline {
            try watch()
            let now = MonotonicClock.now()
            tell(
                .broadcast(elapsed: now > startNanoseconds ? now - startNanoseconds : 0, total: end - startNanoseconds))
            if interrupts.flag.isSet || scenario.isHopeless(without: cluster.dead) { break }
            guard now >= end else { continue }
            let statuses = try cluster.control.statuses(
                of: cluster.living, timeoutNanoseconds: 500_000_000, interrupt: isUrgent)
            if statuses.allSatisfy({ $0.map { $0.state == .finished } ?? false }) { return }
        }
        // Interrupted, or far behind: what was sent until now is all there is.
        _ = try cluster.control.ask(
            .stop, nodes: cluster.living, timeoutNanoseconds: 2_000_000_000, interrupt: isUrgent)
    }

    private var clientSettings: ClientSettings {
        var settings = ClientSettings(nodes: (0..<cluster.graph.nodeCount).map { cluster.control.endpoint(of: $0) })
        settings.mode =
            scenario.outstanding.map { .closed(outstanding: $0) } ?? .open(ratePerSecond: scenario.rate ?? 1000)
        if scenario.mode != .none { settings.startNanoseconds = startNanoseconds }
        settings.durationNanoseconds = scenario.durationNanoseconds
        settings.warmupNanoseconds = scenario.warmupNanoseconds
        settings.clients = scenario.clients
        settings.messageSizeBytes = scenario.messageSizeBytes
        settings.shape = scenario.shape
        settings.payloads = scenario.payloads
        settings.balance = scenario.balance
        settings.seed = scenario.seed
        settings.drainNanoseconds = scenario.drainNanoseconds
        settings.connectNanoseconds = scenario.readyNanoseconds
        settings.workload = scenario.workload
        settings.badShare = scenario.badShare
        settings.restingOrders = scenario.restingOrders
        if scenario.consensus != .none { settings.packMax = scenario.packMax }
        settings.lateNode = scenario.late?.node
        settings.metrics = scenario.metrics
        return settings
    }

    /// Looks after the nodes for one tick, or until one of these descriptors becomes readable.
    func watch(orReadable descriptors: [Int32] = []) throws {
        try noteDeaths()
        if let late = scenario.late, let loadNanoseconds, MonotonicClock.now() >= loadNanoseconds + late.nanoseconds,
            !cluster.nodes.contains(where: { $0.id == late.node })
        {
            let now = MonotonicClock.now()
            meter.started(late.node, at: now)
            let after = DurationText.of(now - loadNanoseconds)
            let text = "node \(late.node) is started, \(after) after the first message"
            events.append(Event(nanoseconds: now, kind: "late", node: late.node, text: text))
            try cluster.startLate()
        }
        var now = MonotonicClock.now()
        let next = meter.nextNanoseconds ?? .max
        try interrupts.wait(
            nanoseconds: min(Self.tickNanoseconds, next > now ? next - now : 0),
            orReadable: cluster.exitDescriptors + descriptors)
        now = MonotonicClock.now()
        meter.tick(at: now, read: cluster.usage)
        // Not when the next reading of processor time is near: it is to be on time.
        guard next > now + 2 * Self.watchTimeoutNanoseconds else { return }
        try lookForSilence()
        try lookAtNodes()
    }

    /// Whether the user will not wait any longer; asked while nodes are waited for, and deaths are noted in time.
    private func isUrgent() -> Bool {
        // What cannot be read now is read at the next look, which says so.
        _ = try? interrupts.check()
        _ = try? noteDeaths()
        return interrupts.flag.isUrgent
    }

    /// Asks the living nodes now and then whether they are there, and takes what came since the last time.
    private func lookForSilence() throws {
        let now = MonotonicClock.now()
        guard now >= nextProbeNanoseconds else { return }
        nextProbeNanoseconds = now + Self.probeNanoseconds
        _ = try cluster.control.statuses(of: cluster.living, timeoutNanoseconds: 0)
        noteSilence()
    }

    private func noteSilence() {
        let now = MonotonicClock.now()
        for change in silence.look(at: now, living: cluster.living, owing: cluster.control.owingNanoseconds) {
            switch change {
            case .silent(let node, let since):
                let pid = cluster.nodes.first { $0.id == node }?.child.pid ?? 0
                log.warn("node_silent", ["id": LogValue(node), "pid": LogValue(pid)])
                let text = "node \(node) (pid \(pid)) does not answer: it is stopped, or it hangs"
                events.append(Event(nanoseconds: since, kind: "silence", node: node, text: text))
            case .answers(let node, let since):
                let text = "node \(node) answers again, after \(DurationText.of(now - since))"
                events.append(Event(nanoseconds: now, kind: "answers", node: node, text: text))
            }
        }
    }

    func tell(_ progress: RunProgress) { onTick(progress, watched ?? LiveCluster()) }

    /// Asks the living nodes how they are, now and then, if anybody watches; an answer that comes late is none.
    private func lookAtNodes() throws(ZMQError) {
        let now = MonotonicClock.now()
        guard watched != nil, now >= nextWatchNanoseconds else { return }
        nextWatchNanoseconds = now + Self.watchNanoseconds
        let living = cluster.living
        let vitals = try cluster.control.vitals(of: living, timeoutNanoseconds: Self.watchTimeoutNanoseconds)
        var answers = cluster.nodes.map { LiveAnswer(node: $0.id, endpoint: cluster.control.endpoint(of: $0.id)) }
        for (node, vitals) in zip(living, vitals) {
            guard let place = answers.firstIndex(where: { $0.node == node }) else { continue }
            answers[place].vitals = vitals
        }
        for place in answers.indices {
            answers[place].isDead = !living.contains(answers[place].node)
            answers[place].isSilent = silence.nodes.contains(answers[place].node)
        }
        // A node that is busy is not to come and go.
        watched?.take(answers, keepsSilent: true)
    }

    func noteDeaths() throws(SystemError) {
        for node in try cluster.newlyDead() {
            log.error("node_died", ["id": LogValue(node.id), "pid": LogValue(node.child.pid)])
            events.append(
                Event(
                    nanoseconds: node.diedNanoseconds ?? MonotonicClock.now(), kind: "death", node: node.id,
                    text: node.ending, log: LogExcerpt(path: node.logPath, lines: node.lastLines)))
        }
    }

    /// Whether the living can still decide anything; asked when it is to be known how long to wait for them.
    func lookForMajority() throws {
        guard scenario.consensus != .none, !isMajorityLost, !cluster.dead.isEmpty else { return }
        let reports = try cluster.control.consensus(
            of: cluster.living, timeoutNanoseconds: 500_000_000, interrupt: isUrgent)
        isMajorityLost = Majority.isLost(in: cluster.graph, without: cluster.dead, as: reports.compactMap { $0 })
    }

    // MARK: - After the load

    /// Waits until nothing moves any more: no node holds anything back and the counts stand still.
    private func drain() throws {
        // Where nodes do not answer, all the time there is was waited for them before.
        let longest = silence.nodes.isEmpty ? scenario.drainNanoseconds : Self.restNanoseconds
        let deadline = MonotonicClock.now() + min(longest, scenario.drainNanoseconds)
        var quietRounds = 0
        var last: [UInt64?] = []
        while quietRounds < 3 && MonotonicClock.now() < deadline && !interrupts.flag.isUrgent
            && !scenario.isHopeless(without: cluster.dead.union(silence.nodes))
        {
            try watch()
            tell(.finishing)
            let statuses = try cluster.control.statuses(
                of: cluster.living, timeoutNanoseconds: 1_000_000_000, interrupt: isUrgent)
            let counts = statuses.map { $0?.unique }
            let isStill = counts == last && statuses.allSatisfy { $0.map { $0.queued == 0 } ?? true }
            quietRounds = isStill ? quietRounds + 1 : 0
            last = counts
        }
        isQuiet = quietRounds >= 3
    }

    /// The client drained already; whether it succeeded shows in one more look.
    private func isClusterQuiet(_ client: ClientResult?) throws -> Bool {
        try drain()
        return isQuiet
    }

    /// What the nodes say of their log, when all that live have applied the same, or time is up.
    private func agreement() throws -> [ConsensusReport?] {
        guard scenario.consensus != .none else { return [] }
        let deadline = MonotonicClock.now() + scenario.drainNanoseconds
        try lookForMajority()
        while true {
            var reports = [ConsensusReport?](repeating: nil, count: cluster.graph.nodeCount)
            let living = cluster.living
            let answers = try cluster.control.consensus(
                of: living, timeoutNanoseconds: 2_000_000_000, interrupt: isUrgent)
            for (node, answer) in zip(living, answers) { reports[node] = answer }
            // Who is given up is not waited for: the verdict names it.
            let silent = living.filter { reports[$0] == nil && cluster.control.isGivenUp($0) }
            let awaited = living.filter { !silent.contains($0) }.map { reports[$0] }
            let isInStep = Set(awaited.map { $0?.applied }).count < 2 && Set(awaited.map { $0?.stateHash }).count < 2
            let gone = cluster.dead.union(silent)
            let isLost =
                isMajorityLost || Majority.isLost(in: cluster.graph, without: gone, as: answers.compactMap { $0 })
            let isEnough = isInStep || isLost || interrupts.flag.isUrgent
            if isEnough || MonotonicClock.now() >= deadline { return reports }
            try watch()
            tell(.finishing)
        }
    }

    /// What the nodes say of the books that they keep, each its own.
    private func books() throws -> [BookReport?] {
        guard scenario.keepsBooks else { return [] }
        var reports = [BookReport?](repeating: nil, count: cluster.graph.nodeCount)
        let living = cluster.living
        let answers = try cluster.control.books(
            of: living, timeoutNanoseconds: 10_000_000_000, interrupt: isUrgent)
        for (node, answer) in zip(living, answers) { reports[node] = answer }
        return reports
    }

    private func collect() throws -> [Wire.NodeReport?] {
        var reports = [Wire.NodeReport?](repeating: nil, count: cluster.graph.nodeCount)
        let living = cluster.living
        let answers = try cluster.control.reports(
            of: living, timeoutNanoseconds: 10_000_000_000, interrupt: isUrgent)
        for (node, answer) in zip(living, answers) { reports[node] = answer }
        try noteDeaths()
        noteSilence()
        return reports
    }

    /// Everything that the nodes and the client say at the end.
    ///
    /// Of a node that did not answer every question nothing is used: what is known of it must agree.
    private func evidence(_ client: ClientResult?) throws -> RunEvidence {
        let consensus = try agreement()
        let books = try books()
        let reports = try collect()
        var evidence = RunEvidence(
            graph: cluster.graph, reports: reports, died: cluster.dead, client: client, isQuiet: isQuiet,
            measuredNanoseconds: client?.measuredNanoseconds ?? startNanoseconds + scenario.warmupNanoseconds,
            durationNanoseconds: scenario.durationNanoseconds, diedNanoseconds: diedNanoseconds, consensus: consensus,
            books: books, crew: crewParts)
        let now = MonotonicClock.now()
        for node in cluster.living {
            let answered =
                reports[node] != nil && (consensus.isEmpty || consensus[node] != nil)
                && (books.isEmpty || books[node] != nil)
            // One that was not waited for, as the user was in a hurry, is not called silent.
            guard !answered, silence.nodes.contains(node) || !interrupts.flag.isUrgent else { continue }
            evidence.leaveOut(
                silent: node, since: silence.since[node] ?? cluster.control.owingNanoseconds(node) ?? now)
        }
        return evidence
    }

    private var diedNanoseconds: [Int: UInt64] {
        var died: [Int: UInt64] = [:]
        for node in cluster.nodes { died[node.id] = node.diedNanoseconds }
        return died
    }

    private func deaths(_ evidence: RunEvidence) -> [Int: Double] {
        diedNanoseconds.mapValues { seconds($0, evidence) }
    }

    private func timed(_ evidence: RunEvidence) -> [EventReport] {
        events.map {
            EventReport(
                seconds: seconds($0.nanoseconds, evidence), kind: $0.kind, node: $0.node, text: $0.text, log: $0.log)
        }
    }

    private func seconds(_ nanoseconds: UInt64, _ evidence: RunEvidence) -> Double {
        (Double(nanoseconds) - Double(evidence.measuredNanoseconds)) / 1e9
    }
}

/// What a run came to.
struct RunOutcome {
    /// The judged report.
    var report: RunReport
    /// The topology's links, to be drawn.
    var drawing: TopologyDrawing
    /// Latencies over time, for logs.
    var series: RunSeries?
}

/// How far a run is, for a progress line.
enum RunProgress {
    /// Nodes are starting.
    case starting
    /// The load client is at work.
    case client(ClientProgress?)
    /// Workers come and make themselves ready: so many of how many are there.
    case workers(here: Int, of: Int)
    /// Nodes broadcast; nanoseconds since the start, of how many.
    case broadcast(elapsed: UInt64, total: UInt64)
    /// The load is over: what is on its way is waited for, and the nodes are asked what they counted.
    case finishing
}

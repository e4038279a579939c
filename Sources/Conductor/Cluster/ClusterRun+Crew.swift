import Cluster
import Reporting
import Runtime
import Topology
import Wire
import ZMQ

// The load as several processes make it.
extension ClusterRun {
    /// From when all are ready to the first due time: long enough for all to hear of it.
    private static let leadNanoseconds: UInt64 = 500_000_000
    /// How much longer than the load and its drain workers may take.
    private static let slackNanoseconds: UInt64 = 15_000_000_000
    /// For how long workers that were started elsewhere are seen off.
    private static let farewellNanoseconds: UInt64 = 300_000_000

    /// Lets workers make the load, and answers what they counted together.
    func loadByWorkers(_ settings: CrewSettings) throws -> ClientResult {
        let host = try CrewHost(
            settings, shares: try shares(settings), rules: rules(settings), context: context, log: log)
        defer { host.stop() }
        try host.start(logFolder: logFolder)
        if settings.expected > 0 { announce(host, settings) }
        try gather(host, settings)
        var start = MonotonicClock.now() + Self.leadNanoseconds
        if scenario.mode != .none {
            // The nodes begin to broadcast at that instant, too.
            try startBroadcasting()
            start = startNanoseconds
        }
        try host.begin(at: start)
        loadBegins(at: start)
        try work(host)
        if settings.expected > 0 { try seeOff(host) }
        crewParts = host.parts
        noteCrew(host)
        return try host.result(warmupNanoseconds: scenario.warmupNanoseconds)
    }

    /// Says what to start where, for whoever does that by hand.
    private func announce(_ host: CrewHost, _ settings: CrewSettings) {
        let workers = settings.expected == 1 ? "a worker" : "\(settings.expected) workers"
        Program.printError("zbed: waiting for \(workers): \(host.invitation)")
    }

    /// Waits until all workers are there and ready.
    private func gather(_ host: CrewHost, _ settings: CrewSettings) throws {
        while host.crew.phase != .ready {
            try watch(orReadable: host.descriptors)
            try host.poll()
            if let failure = host.crew.failure { throw Self.failure(failure, host) }
            if interrupts.flag.isSet {
                try host.interrupt(isUrgent: true)
                throw Interrupted()
            }
            // Workers that still look for their nodes would look for a dead one until their time is over.
            if let dead = cluster.nodes.first(where: { !$0.isRunning }) { throw cluster.diedEarly(dead) }
            tell(.workers(here: host.crew.workers.count, of: settings.count))
        }
    }

    private func work(_ host: CrewHost) throws {
        let total = scenario.warmupNanoseconds + scenario.durationNanoseconds
        var wasSet = false
        var wasUrgent = false
        while host.crew.phase == .working {
            try watch(orReadable: host.descriptors)
            try host.poll()
            if interrupts.flag.isSet != wasSet || interrupts.flag.isUrgent != wasUrgent {
                (wasSet, wasUrgent) = (interrupts.flag.isSet, interrupts.flag.isUrgent)
                try host.interrupt(isUrgent: wasUrgent)
            }
            let progress = host.progress(
                warmupNanoseconds: scenario.warmupNanoseconds, totalNanoseconds: total)
            if !cluster.dead.isEmpty, progress.elapsedNanoseconds >= total || wasSet { try lookForMajority() }
            // Nobody is told what they know.
            try host.tell(LostNodes(dead: cluster.dead, silent: silence.nodes, isMajorityLost: isMajorityLost))
            tell(.client(progress))
        }
    }

    /// Stays until workers that were started elsewhere have heard that they are done.
    ///
    /// They go on asking for the time until they know, and a TCP connection that is closed while something of the other
    /// end was not read takes back what was sent last.
    private func seeOff(_ host: CrewHost) throws {
        let end = MonotonicClock.now() + Self.farewellNanoseconds
        while MonotonicClock.now() < end {
            try watch(orReadable: host.descriptors)
            try host.poll()
        }
    }

    /// What happened to workers, for the time line.
    private func noteCrew(_ host: CrewHost) {
        for part in host.parts {
            guard let ending = CrewAccount.ending(of: part, isInterrupted: interrupts.flag.isSet) else { continue }
            events.append(
                Event(
                    nanoseconds: ending.nanoseconds, kind: "worker", node: nil,
                    text: "\(part.worker.name) \(ending.text)"))
        }
        if let text = host.oddities {
            events.append(Event(nanoseconds: MonotonicClock.now(), kind: "malformed", node: nil, text: text))
        }
    }

    private static func failure(_ failure: CrewFailure, _ host: CrewHost) -> Failure {
        let code: ExitCode = failure.code.map { Int32($0) } == ExitCode.usage.rawValue ? .usage : .unavailable
        let hint =
            failure.code == nil && host.crew.workers.isEmpty
            ? ". Start them with: \(host.invitation)" : ""
        return Failure(code, "the load cannot begin: \(failure)\(hint)")
    }

    private func rules(_ settings: CrewSettings) -> CrewRules {
        var rules = CrewRules(workers: settings.count, version: Program.version)
        rules.ownWorkers = settings.own
        rules.cluster = settings.cluster
        rules.bootDigest = MachineRecord.clockDigest()
        rules.registerNanoseconds = settings.registerNanoseconds
        rules.readyNanoseconds = scenario.readyNanoseconds + 5_000_000_000
        rules.workNanoseconds =
            scenario.warmupNanoseconds + scenario.durationNanoseconds + scenario.drainNanoseconds
            + Self.slackNanoseconds
        return rules
    }

    /// The load in parts.
    private func shares(_ settings: CrewSettings) throws -> [CrewShare] {
        let arguments = scenario.loadArguments
        let nodes = (0..<cluster.graph.nodeCount).map { node in
            let endpoint = cluster.control.endpoint(of: node)
            // Everybody reaches all addresses of this machine by another name.
            guard settings.bind == "0.0.0.0", let port = endpoint.split(separator: ":").last else { return endpoint }
            return "tcp://*:\(port)"
        }
        let digest = try LoadClientProgram.load(arguments, nodes: nodes).loadDigest
        let lives = Incarnation.drawn(settings.count)
        return LoadShare.divided(clients: scenario.clients, workers: settings.count).map { share in
            CrewShare(
                worker: UInt16(share.worker), workers: UInt16(share.workers),
                clientsTotal: UInt32(share.clientsTotal),
                incarnation: lives[share.worker], clusterDigest: cluster.digest,
                bootDigest: MachineRecord.clockDigest(), loadDigest: digest,
                lateNode: scenario.late.map { UInt16($0.node) } ?? CrewShare.nobody, nodes: nodes,
                arguments: arguments)
        }
    }
}

import Cluster
import Glibc
import Reporting
import Runtime
import Wire
import ZMQ

/// `loadclient --worker`: makes a part of a load, and hands over what it counted.
final class LoadWorkerProgram {
    private let options: ParsedOptions
    private let coordinator: (endpoint: String, host: String)
    private let interrupts: Interrupts
    private let context: Context
    private let log = Log(level: .warn, context: ["program": "loadclient"])
    private let dealer: CrewDealer
    private let progress: ProgressLine
    private var member: CrewMember
    private var client: ClientThread?
    private var isPrepared = false
    private var isDelivered = false
    private var ending: CrewMember.Ending?
    private var share: LoadShare?
    /// What it counted.
    private var total: OrderCounts?
    /// Why the load could not be made.
    private var failure: Failure?
    /// When the coordinator is not waited for any more after a failure.
    private var farewellNanoseconds: UInt64 = 0

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let interrupts = try Interrupts()
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(maxSockets: 65_535)
        let code = try LoadWorkerProgram(options, interrupts: interrupts, context: context).work()
        try context.terminate()
        return code
    }

    private init(_ options: ParsedOptions, interrupts: Interrupts, context: Context) throws {
        self.options = options
        self.interrupts = interrupts
        self.context = context
        coordinator = LoadWorkerOptions.coordinator(options.string("worker"))
        progress = ProgressLine(isQuiet: options.flag("quiet"))
        var generator = SystemRandomNumberGenerator()
        dealer = try CrewDealer(endpoint: coordinator.endpoint, instance: generator.next(), context: context)
        let registration = CrewRegistration(
            version: Program.version, cluster: options.string("cluster"), host: MachineRecord.hostName(),
            pid: UInt32(getpid()),
            number: options.isGiven("machine") ? UInt16(options.integer("machine") - 1) : CrewRegistration.anyNumber,
            clock: .unknown(bootDigest: MachineRecord.clockDigest()))
        member = CrewMember(
            registration, callNanoseconds: options.duration("connect-timeout"), at: MonotonicClock.now())
    }

    /// Talks until the conversation is over.
    private func work() throws -> ExitCode {
        while ending == nil {
            let isEmpty = try dealer.drain { response, number, now in
                try perform(member.received(response, number: number, at: now))
            }
            try watchClient()
            try perform(member.tick(crewProgress, at: MonotonicClock.now()))
            try dealer.flush()
            show()
            if try interrupts.check(), client == nil { return try leave(interruptedBy: "before it began") }
            if failure != nil, MonotonicClock.now() >= farewellNanoseconds { break }
            // What was sent may have taken news in: it is looked for in a moment.
            let now = MonotonicClock.now()
            let wake = min(member.wakeNanoseconds(at: now), now + 20_000_000)
            if isEmpty, wake > now {
                try interrupts.wait(nanoseconds: wake - now, orReadable: [try dealer.descriptor])
            }
        }
        progress.clear()
        if let failure { throw failure }
        switch ending {
        case .done, nil:
            if let lastWord, !options.flag("quiet") { try Program.printText(lastWord + "\n") }
            return .pass
        case .refused(let reason):
            throw Failure(.usage, "the coordinator at \(coordinator.endpoint) refuses this worker: \(reason)")
        case .abandoned(let reason):
            let hint =
                member.isConnected
                ? "" : ". Start zbed run --expect-workers N there first, and compare the address with what it says"
            throw Failure(.unavailable, "\(coordinator.endpoint): \(reason)\(hint)")
        }
    }

    /// What it did, for whoever started it; nil when it did nothing.
    private var lastWord: String? {
        guard let share, let total else { return nil }
        return
            "loadclient: worker \(share.worker + 1) of \(share.workers) is done: \(Numbers.grouped(total.sent)) measured orders "
            + "sent, \(Numbers.grouped(total.acknowledged)) acknowledged; the coordinator at \(coordinator.endpoint) has the "
            + "counts, and makes the report"
    }

    private func leave(interruptedBy reason: String) throws -> ExitCode {
        try perform(member.failed(code: UInt8(ExitCode.unknown.rawValue), "it was interrupted \(reason)"))
        progress.clear()
        throw Failure(.unknown, "interrupted \(reason)")
    }

    private func perform(_ effects: [CrewMember.Effect]) throws {
        for effect in effects {
            switch effect {
            case .send(.clock, let number):
                let now = MonotonicClock.now()
                if try dealer.ask(.clock, number: number) { member.asked(at: now) }
            case .send(let request, _): try dealer.tell(request)
            case .prepare(let share): try prepare(share)
            case .begin(let start): client?.begin(at: start)
            case .lost(let dead, let silent, let isMajorityLost):
                client?.tell(
                    LostNodes(
                        dead: Set(dead.map { Int($0) }), silent: Set(silent.map { Int($0) }),
                        isMajorityLost: isMajorityLost))
            case .stop(let isUrgent): interrupts.flag.raise(isUrgent: isUrgent)
            case .leave(let ending): self.ending = ending
            }
        }
    }

    // MARK: - The load

    private func prepare(_ share: CrewShare) throws {
        do {
            let client = ClientThread(
                settings: try settings(share), context: context, log: log, interrupt: interrupts.flag,
                waitsForStart: true)
            try client.start()
            self.client = client
        } catch {
            try give(up: error)
        }
    }

    private func settings(_ share: CrewShare) throws -> ClientSettings {
        let nodes = share.nodes.map { endpoint in
            endpoint.hasPrefix("tcp://*:")
                ? "tcp://\(coordinator.host)" + endpoint.dropFirst("tcp://*".count) : endpoint
        }
        var settings = try LoadClientProgram.load(share.arguments, nodes: nodes)
        guard settings.loadDigest == share.loadDigest else {
            throw Failure(
                .usage,
                "the load is another here than at the coordinator: are the files of --arrivals replay or --payload-dir "
                    + "the same on both machines?")
        }
        let part = LoadShare(
            worker: Int(share.worker), workers: Int(share.workers), clientsTotal: Int(share.clientsTotal))
        self.share = part
        settings.share = part
        settings.clients = part.clients
        settings.incarnation = share.incarnation
        settings.clusterDigest = share.clusterDigest
        settings.collectsReports = false
        settings.onlyWithLeader = []
        settings.onlyWithoutLeader = []
        if share.lateNode != CrewShare.nobody { settings.lateNode = Int(share.lateNode) }
        return settings
    }

    /// Looks how far the load is, and says what is to be said.
    private func watchClient() throws {
        guard let client, failure == nil, !isDelivered else { return }
        if !isPrepared, client.isPrepared {
            isPrepared = true
            try perform(member.prepared(at: MonotonicClock.now()))
        }
        guard client.isDone else { return }
        isDelivered = true
        do {
            guard let result = try client.result() else {
                throw Failure(.internalError, "the load client ended without a result")
            }
            total = result.total
            try perform(member.finished(result.encoded))
        } catch {
            try give(up: error)
        }
    }

    /// Tells the coordinator that nothing will come, and why; a moment later this process ends.
    private func give(up error: any Error) throws {
        let failure = Program.failure(of: error)
        self.failure = failure
        farewellNanoseconds = MonotonicClock.now() + 1_000_000_000
        try perform(member.failed(code: UInt8(truncatingIfNeeded: failure.code.rawValue), failure.description))
    }

    private var crewProgress: CrewProgress {
        guard let state = client?.progress else { return CrewProgress() }
        return CrewProgress(
            sent: state.sent, acknowledged: state.acknowledged, refused: state.refused,
            p99Nanoseconds: UInt64(max(0, state.p99Nanoseconds)))
    }

    private func show() {
        if let state = client?.progress {
            progress.show(ProgressLine.text(of: state))
        } else if client == nil {
            progress.show(
                member.isConnected
                    ? "waiting for the other workers" : "waiting for the coordinator at \(coordinator.endpoint)")
        } else {
            progress.show("waiting for the nodes and the other workers")
        }
    }
}

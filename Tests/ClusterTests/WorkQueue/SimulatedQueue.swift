import Cluster
import Measurement
import Wire

/// A mistake made on purpose, which the checks must see.
enum QueueBug: CaseIterable {
    /// The source is not told that a connection ended, and never runs out of patience.
    case forgetsTheDead
    /// The source is told that a task is done as soon as it was handed over.
    case believesTooMuch
    /// The sink acknowledges the first result of a task and no copy.
    case answersOnce
    /// A connection is called ended that stands.
    case takesLifeForDeath
    /// The end of a stream does not reach the sink.
    case losesEnds
}

/// What may go wrong in a simulated run.
struct QueueFaults {
    /// Workers die, and some come back.
    var crashes = false
    /// Connections break while both ends live, and lose what was on them.
    var breaks = false
}

/// A whole work queue in memory: connections are queues, time is a number, a seed decides what happens next.
///
/// It does for the cores what the stations do with sockets, and a connection that ends loses what any connection may
/// lose: everything that had not arrived, or any part of it.
struct SimulatedQueue {
    private(set) var source: WorkSource
    private(set) var sink: WorkSink
    private(set) var now: UInt64 = 0
    /// What really reached the sink, by stream and index.
    private(set) var results: [Task: Int] = [:]
    /// What workers really did.
    private(set) var work = 0
    /// The first promise that was broken on the way.
    private(set) var broken: String?
    private var workers: [Worker]
    private var toSource: [(header: Header, payload: DonePayload)] = []
    private var random: SeededGenerator
    private let faults: QueueFaults
    private let bug: QueueBug?
    private let outstanding: Int

    struct Task: Hashable {
        let incarnation: UInt32
        let index: UInt64
    }

    private struct Worker {
        var isAlive = true
        /// Between the source and it, in its queue, and between it and the sink.
        var coming: [Header] = []
        var queue: [Header] = []
        var going: [Header] = []
        /// What happened to the source's connection and was not seen by the source yet.
        var unseen: [Bool] = []
        /// Whether frames reach it.
        var isConnected = true
    }

    init(workers count: Int, outstanding: Int, seed: UInt64, faults: QueueFaults, bug: QueueBug? = nil) {
        random = SeededGenerator(seed: seed)
        self.faults = faults
        self.bug = bug
        self.outstanding = outstanding
        source = WorkSource(
            workerCount: count,
            settings: WorkQueueSettings(
                ratePerSecond: 1_000, outstandingMax: outstanding,
                taskTimeoutNanoseconds: bug == .forgetsTheDead ? .max / 4 : 2_000_000_000), incarnation: 5)
        sink = WorkSink(workerCount: count)
        workers = [Worker](repeating: Worker(), count: count)
        for worker in 0..<count { source.connected(worker, at: 0) }
        _ = source.start(
            StartOrder(startNanoseconds: 0, warmupNanoseconds: 200_000_000, durationNanoseconds: 1_000_000_000))
    }

    /// Whether every worker is dead.
    var isDeserted: Bool { !workers.contains { $0.isAlive } }

    /// Runs with faults, then without until the source has finished; false when it does not come to an end.
    mutating func run() -> Bool {
        for _ in 0..<8_000 {
            step(withFaults: true)
            guard broken == nil else { return false }
        }
        if isDeserted { revive(Int.random(in: 0..<workers.count, using: &random)) }
        for _ in 0..<100_000 where !source.isFinished || hasNews {
            step(withFaults: false)
            guard broken == nil else { return false }
        }
        return source.isFinished
    }

    /// The first identity that does not hold; nil when all do.
    func firstFault() -> String? {
        if let broken { return broken }
        guard source.isFinished else {
            return "the source has not finished: \(source.made(.measured)) made, \(source.outstanding) outstanding, "
                + "\(workers.indices.map { source.held(by: $0) }) held, \(toSource.count) on their way back"
        }
        for stream in [BroadcastSchedule.Stream.warmup, .measured] {
            let incarnation = source.incarnation(of: stream)
            let made = source.made(stream)
            guard made > 0 else { return "nothing was made" }
            let truth = results.filter { $0.key.incarnation == incarnation }
            guard UInt64(truth.count) == made else { return "\(truth.count) of \(made) tasks were done" }
            guard let report = sink.streamReports().first(where: { $0.incarnation == incarnation }) else {
                return "the sink has no account"
            }
            guard report.announced == made else { return "the sink knows of \(report.announced ?? 0) of \(made)" }
            guard report.unique == made else { return "the sink counts \(report.unique) of \(made)" }
            let copies = truth.values.reduce(0, +) - truth.count
            guard report.duplicate + report.stale == UInt64(copies) else {
                return "the sink counts \(report.duplicate + report.stale) of \(copies) copies"
            }
            guard report.inbound.reduce(0, { $0 + $1.forwarded }) == made else { return "the workers do not add up" }
            let own = source.streamReports().first { $0.incarnation == incarnation }
            let handed = own?.inbound.reduce(0) { $0 + $1.received } ?? 0
            guard handed == made + source.resent(stream) else { return "what was handed out does not add up" }
        }
        return nil
    }

    private var hasNews: Bool { sink.waiting > 0 || !toSource.isEmpty || workers.contains { !$0.going.isEmpty } }

    // MARK: - One step

    private mutating func step(withFaults: Bool) {
        let worker = Int.random(in: 0..<workers.count, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case ..<20: send()
        case ..<38: arrive(at: worker)
        case ..<56: work(worker)
        case ..<74: takeResult(of: worker)
        case ..<80: tell()
        case ..<86: hear()
        case ..<90: see(worker)
        case ..<99:
            // Time goes faster once faults are over, so that patience comes to its end.
            now += UInt64.random(in: 0..<(withFaults ? 4_000_000 : 40_000_000), using: &random)
            for effect in source.tick(at: now) { perform(effect) }
        default:
            if withFaults { fail(worker) }
            if bug == .takesLifeForDeath && workers[worker].isAlive {
                _ = source.disconnected(worker)
                source.connected(worker, at: now)
            }
        }
        if source.span > outstanding { broken = "\(source.span) tasks are outstanding, of at most \(outstanding)" }
    }

    private mutating func perform(_ effect: WorkSource.Effect) {
        guard case .end(let stream, let tasks) = effect, bug != .losesEnds else { return }
        sink.end(Header(kind: .end, index: tasks, incarnation: source.incarnation(of: stream)))
    }

    private mutating func send() {
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            guard let task = source.next(at: now) else { break }
            // A queue may be full at any time.
            if Int.random(in: 0..<20, using: &random) == 0 {
                source.refused(by: task.worker)
                continue
            }
            source.handed(task, at: now)
            let header = Header(
                kind: .task, index: task.index, dueNanoseconds: task.dueNanoseconds, sentNanoseconds: now,
                incarnation: source.incarnation(of: task.stream))
            if workers[task.worker].isConnected { workers[task.worker].coming.append(header) }
            if bug == .believesTooMuch {
                let done = DonePayload(ranges: [.init(first: task.index, count: 1)], workers: [])
                source.acknowledge(header, done, at: now)
            }
        }
        for worker in workers.indices { source.hasRoom(worker) }
    }

    private mutating func arrive(at worker: Int) {
        guard workers[worker].isAlive, !workers[worker].coming.isEmpty else { return }
        workers[worker].queue.append(workers[worker].coming.removeFirst())
    }

    private mutating func work(_ worker: Int) {
        guard workers[worker].isAlive, !workers[worker].queue.isEmpty else { return }
        workers[worker].going.append(workers[worker].queue.removeFirst())
        work += 1
    }

    private mutating func takeResult(of worker: Int) {
        guard !sink.isFull, !workers[worker].going.isEmpty else { return }
        let header = workers[worker].going.removeFirst()
        let task = Task(incarnation: header.incarnation, index: header.index)
        results[task, default: 0] += 1
        if bug == .answersOnce && results[task] != 1 { return }
        sink.take(header, from: worker, at: now)
    }

    private mutating func tell() {
        for worker in workers.indices where workers[worker].isAlive { sink.hear(worker) }
        while let news = sink.news() {
            toSource.append((Header(kind: .done, incarnation: news.incarnation), news.payload))
            sink.told()
        }
    }

    private mutating func hear() {
        for _ in 0..<Int.random(in: 1...8, using: &random) where !toSource.isEmpty {
            let (header, payload) = toSource.removeFirst()
            source.acknowledge(header, payload, at: now)
        }
    }

    /// The source sees what became of its connection.
    private mutating func see(_ worker: Int) {
        while !workers[worker].unseen.isEmpty {
            let stands = workers[worker].unseen.removeFirst()
            guard bug != .forgetsTheDead else { continue }
            if stands { source.connected(worker, at: now) } else { _ = source.disconnected(worker) }
        }
    }

    // MARK: - Faults

    private mutating func fail(_ worker: Int) {
        if faults.crashes && !workers[worker].isAlive {
            revive(worker)
            return
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where faults.crashes: crash(worker)
        case 1 where faults.breaks && workers[worker].isAlive:
            // Its connection from the source breaks, and comes again.
            lose(\.coming, of: worker)
            workers[worker].unseen += [false, true]
        case 2 where faults.breaks: lose(\.going, of: worker)
        case 3 where faults.breaks: toSource.removeAll()
        default: break
        }
    }

    private mutating func crash(_ worker: Int) {
        workers[worker].isAlive = false
        workers[worker].isConnected = false
        workers[worker].coming = []
        workers[worker].queue = []
        // What the sink's host has already may still arrive.
        lose(\.going, of: worker)
        workers[worker].unseen.append(false)
    }

    private mutating func revive(_ worker: Int) {
        guard !workers[worker].isAlive else { return }
        workers[worker].isAlive = true
        workers[worker].isConnected = true
        workers[worker].unseen.append(true)
    }

    /// Loses the end of what is on a connection, or all of it.
    private mutating func lose(_ frames: WritableKeyPath<Worker, [Header]>, of worker: Int) {
        let count = Int.random(in: 0...workers[worker][keyPath: frames].count, using: &random)
        workers[worker][keyPath: frames].removeLast(count)
    }
}

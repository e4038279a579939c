public import Wire

/// How a work queue is worked.
public struct WorkQueueSettings: Sendable, Equatable {
    /// Tasks per second; infinite means as fast as they are taken.
    public var ratePerSecond: Double
    /// How far the newest task may be ahead of the oldest that is not done, and so the most tasks that are kept.
    public var outstandingMax: Int
    /// After how long without progress a worker's tasks are handed out again, in nanoseconds: the last resort.
    public var taskTimeoutNanoseconds: UInt64

    /// The largest `outstandingMax`: as many tasks as the sink's ledger remembers, so that it can tell every copy.
    public static let outstandingLimit = 1_024
    /// Workers say that they live once a second; a worker is called silent after no less than this.
    public static let silenceNanosecondsMin: UInt64 = 3_000_000_000

    /// Makes settings.
    public init(
        ratePerSecond: Double = 1_000, outstandingMax: Int = outstandingLimit,
        taskTimeoutNanoseconds: UInt64 = 5_000_000_000
    ) {
        self.ratePerSecond = ratePerSecond
        self.outstandingMax = outstandingMax
        self.taskTimeoutNanoseconds = taskTimeoutNanoseconds
    }
}

/// The source of a work queue: what is to be sent now and to whom, who has what, and what is to be sent again.
///
/// Inputs in, effects out. The source gives each task to one worker that it chooses itself, so it knows who has what;
/// when it sees a worker's connection end, it takes back exactly that worker's tasks and gives them to others. A task
/// that was on its way back may then be done twice; none is done less than once as long as a worker lives.
public struct WorkSource: Sendable {
    private var window: TaskWindow
    private var workers: WorkerTable
    private let settings: WorkQueueSettings
    private let incarnation: UInt32
    private var schedule: BroadcastSchedule
    /// The position of the first measured task, once there is one.
    private var measuredPosition: UInt64?
    private var made: InlineArray<2, UInt64> = [0, 0]
    private var acknowledgedByStream: InlineArray<2, UInt64> = [0, 0]
    private var resentByStream: InlineArray<2, UInt64> = [0, 0]
    private var checkNanoseconds: UInt64 = 0

    /// Whether everything was made and is done, and the streams were ended.
    public private(set) var isFinished = false

    /// A task that is to be sent.
    public struct Assignment: Sendable, Equatable {
        /// The stream it belongs to.
        public let stream: BroadcastSchedule.Stream
        /// Its index there.
        public let index: UInt64
        /// When it was due.
        public let dueNanoseconds: UInt64
        /// The place of the worker that gets it.
        public let worker: Int
        /// Whether it was sent before.
        public let isAgain: Bool
    }

    /// What the shell must do.
    public enum Effect: Sendable, Equatable {
        /// Tell the sink that a stream had so many tasks, all of which are done.
        case end(BroadcastSchedule.Stream, tasks: UInt64)
        /// Say that a worker got on with nothing for too long, and that its tasks go to others.
        case overdue(worker: Int, tasks: Int, isSilent: Bool)
    }

    /// A source that has made nothing yet and knows of no worker's connection.
    public init(workerCount: Int, settings: WorkQueueSettings, incarnation: UInt32) {
        precondition(
            (1...WorkQueueSettings.outstandingLimit).contains(settings.outstandingMax),
            "the sink could not tell copies among more than \(WorkQueueSettings.outstandingLimit) tasks")
        self.settings = settings
        self.incarnation = incarnation & ~Header.warmupBit
        window = TaskWindow(lengthMax: settings.outstandingMax)
        workers = WorkerTable(count: workerCount, heldMax: settings.outstandingMax)
        schedule = BroadcastSchedule(
            id: 0, nodeCount: workerCount + 2,
            settings: BroadcastSettings(mode: .one, broadcaster: 0, ratePerSecond: settings.ratePerSecond))
    }

    // MARK: - Sending

    /// Begins as ordered; false when it was ordered before.
    public mutating func start(_ order: StartOrder) -> Bool { schedule.start(order) }

    /// Makes no more tasks; those that were made are still seen to.
    public mutating func stop() { _ = schedule.stop() }

    /// What is to be sent at `now`, and to whom; nil when nothing is due, or nobody has room, or enough is outstanding.
    ///
    /// Tasks that are sent again go first. The answer stands until `handed` or `refused` is called.
    public mutating func next(at now: UInt64) -> Assignment? {
        guard let worker = workers.next() else { return nil }
        if let position = window.firstAgain() {
            return Assignment(
                stream: stream(of: position), index: index(of: position), dueNanoseconds: window.due(of: position),
                worker: worker, isAgain: true)
        }
        guard window.hasRoom, let due = schedule.due(at: now) else { return nil }
        return Assignment(
            stream: due.stream, index: due.index, dueNanoseconds: due.dueNanoseconds, worker: worker, isAgain: false)
    }

    /// The worker's queue took the task.
    public mutating func handed(_ assignment: Assignment, at now: UInt64) {
        let stream = assignment.stream.rawValue
        if assignment.isAgain {
            window.handAgain(position(of: assignment.stream, assignment.index), to: assignment.worker)
            resentByStream[stream] += 1
        } else {
            if assignment.stream == .measured && measuredPosition == nil { measuredPosition = window.end }
            window.append(dueNanoseconds: assignment.dueNanoseconds, worker: assignment.worker)
            made[stream] += 1
            schedule.advance()
        }
        workers.gave(assignment.worker, stream: stream, at: now)
    }

    /// The worker's queue is full; it is passed over until `hasRoom`.
    public mutating func refused(by worker: Int) { workers[worker].isFull = true }

    /// The worker's queue may have room again.
    public mutating func hasRoom(_ worker: Int) { workers[worker].isFull = false }

    // MARK: - Workers

    /// A worker's connection stands, for the first time or again.
    public mutating func connected(_ worker: Int, at now: UInt64) {
        workers[worker].isConnected = true
        workers[worker].isSilent = false
        workers[worker].isFull = false
        workers[worker].heardNanoseconds = now
        workers.settle()
    }

    /// A worker's connection ended: what it had is lost, or on its way back; all of it goes to others.
    ///
    /// Answers how many tasks it had.
    public mutating func disconnected(_ worker: Int) -> Int {
        workers[worker].isConnected = false
        workers.settle()
        return takeBack(from: worker)
    }

    /// The sink has these tasks, and has heard these workers.
    ///
    /// What belongs to another life of the source is none of its business.
    public mutating func acknowledge(_ header: Header, _ done: DonePayload, at now: UInt64) {
        guard header.incarnation & ~Header.warmupBit == incarnation else { return }
        for node in done.workers where node >= 1 && Int(node) <= workers.indices.count {
            let worker = Int(node) - 1
            workers[worker].heardNanoseconds = now
            guard workers[worker].isSilent else { continue }
            workers[worker].isSilent = false
            workers.settle()
        }
        let stream: BroadcastSchedule.Stream = header.isWarmup ? .warmup : .measured
        for range in done.ranges { acknowledge(stream, range, at: now) }
    }

    private mutating func acknowledge(_ stream: BroadcastSchedule.Stream, _ range: DonePayload.Range, at now: UInt64) {
        // Only what this stream has made, and of that only what is still in the window.
        let last = min(range.first + UInt64(range.count), made[stream.rawValue])
        guard range.first < last else { return }
        let first = max(position(of: stream, range.first), window.base)
        let end = position(of: stream, last)
        guard first < end else { return }
        for position in first..<end {
            switch window.markDone(position) {
            case .done: continue
            case .nobody: break
            case .worker(let worker): workers.finished(worker, stream: stream.rawValue, at: now)
            }
            acknowledgedByStream[stream.rawValue] += 1
        }
    }

    // MARK: - Time

    /// Time passed: workers that get on with nothing lose their tasks, and streams that are done are ended.
    public mutating func tick(at now: UInt64) -> [Effect] {
        _ = schedule.tick(at: now)
        var effects: [Effect] = []
        if now >= checkNanoseconds { effects = overdue(at: now) }
        if schedule.isFinished && window.isEmpty && !isFinished {
            isFinished = true
            effects += [BroadcastSchedule.Stream.warmup, .measured].map { .end($0, tasks: made[$0.rawValue]) }
        }
        return effects
    }

    /// When `tick` or `next` has something to do next by itself.
    public var nextNanoseconds: UInt64 {
        let scheduled = schedule.nextNanoseconds ?? .max
        guard workers.next() != nil else { return checkNanoseconds }
        if hasAgain { return 0 }
        // Where there is no room, what is due waits for an acknowledgement and not for the clock.
        return window.hasRoom ? min(scheduled, checkNanoseconds) : checkNanoseconds
    }

    private mutating func overdue(at now: UInt64) -> [Effect] {
        let timeout = settings.taskTimeoutNanoseconds
        checkNanoseconds = now + max(1_000_000, min(timeout / 8, 100_000_000))
        var effects: [Effect] = []
        for worker in workers.indices {
            guard workers[worker].held > 0, now >= workers[worker].progressNanoseconds + timeout else { continue }
            let silence = max(timeout, WorkQueueSettings.silenceNanosecondsMin)
            let isSilent = now >= workers[worker].heardNanoseconds + silence
            workers[worker].isSilent = isSilent
            let tasks = takeBack(from: worker)
            effects.append(.overdue(worker: worker, tasks: tasks, isSilent: isSilent))
        }
        if !effects.isEmpty { workers.settle() }
        return effects
    }

    private mutating func takeBack(from worker: Int) -> Int {
        let taken = window.takeBack(from: worker)
        for position in taken { workers[worker].counts[stream(of: position).rawValue].takenBack += 1 }
        workers[worker].held = 0
        return taken.count
    }

    // MARK: - Positions

    private func stream(of position: UInt64) -> BroadcastSchedule.Stream {
        guard let measuredPosition, position >= measuredPosition else { return .warmup }
        return .measured
    }

    private func index(of position: UInt64) -> UInt64 {
        stream(of: position) == .measured ? position - (measuredPosition ?? 0) : position
    }

    private func position(of stream: BroadcastSchedule.Stream, _ index: UInt64) -> UInt64 {
        stream == .measured ? index + (measuredPosition ?? 0) : index
    }

    private var hasAgain: Bool { window.mayHaveAgain }
}

// What it counted.
extension WorkSource {
    /// Whether tasks are being made, or some that were made are not done.
    public var isRunning: Bool { schedule.isRunning || (schedule.isFinished && !isFinished) }

    /// Tasks made in a stream.
    public func made(_ stream: BroadcastSchedule.Stream) -> UInt64 { made[stream.rawValue] }
    /// Tasks of a stream that are known to be done.
    public func acknowledged(_ stream: BroadcastSchedule.Stream) -> UInt64 { acknowledgedByStream[stream.rawValue] }
    /// How often tasks of a stream were sent again.
    public func resent(_ stream: BroadcastSchedule.Stream) -> UInt64 { resentByStream[stream.rawValue] }
    /// Tasks that are kept because they are not known to be done.
    public var outstanding: Int { window.openCount }
    /// How far the newest task is ahead of the oldest that is not done.
    public var span: Int { Int(window.end - window.base) }
    /// Tasks that a worker has.
    public func held(by worker: Int) -> Int { workers[worker].held }

    /// The incarnation that frames of a stream carry.
    public func incarnation(of stream: BroadcastSchedule.Stream) -> UInt32 {
        stream == .warmup ? incarnation | Header.warmupBit : incarnation
    }

    /// The account of both streams, as it travels.
    public func streamReports() -> [StreamReport] {
        guard schedule.isRunning || schedule.isFinished else { return [] }
        return [BroadcastSchedule.Stream.warmup, .measured].map { stream in
            var report = StreamReport()
            report.origin = 0
            report.incarnation = incarnation(of: stream)
            report.entersHere = true
            report.sent = made[stream.rawValue]
            report.announced = isFinished ? report.sent : nil
            report.indexEnd = report.sent
            report.inbound = workers.indices.map { place in
                let counts = workers[place].counts[stream.rawValue]
                return InboundReport(
                    from: UInt16(place + 1), received: counts.handed, forwarded: counts.acknowledged,
                    refused: counts.takenBack)
            }
            return report
        }
    }
}

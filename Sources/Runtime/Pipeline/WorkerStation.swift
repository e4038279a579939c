import Cluster
import Wire
import ZMQ

/// A worker: takes a task, works on it, sends its result to the sink.
///
/// It has one task in work and one that waits, so that it never waits for the network between two; all others wait in
/// its queue, whose length holds the source back.
struct WorkerStation: PipelineStation, ~Copyable {
    private let id: UInt16
    private let sink: PipelineOutlet
    private let workNanoseconds: UInt64
    private var core: WorkBench
    private var current = Message()
    private var hasCurrent = false
    /// When the task in work is done.
    private var doneNanoseconds: UInt64 = 0
    private var next = Message()
    private var hasNext = false
    private var nextArrived: UInt64 = 0
    private var isBlocked = false
    private var phase = PipelinePhase()

    init(settings: PipelineSettings, outlets: [PipelineOutlet], incarnation: UInt32) {
        id = UInt16(settings.node.id)
        guard let sink = outlets.first, outlets.count == 1 else {
            preconditionFailure("a worker sends to the sink and to nobody else")
        }
        self.sink = sink
        workNanoseconds = settings.workNanoseconds
        core = WorkBench(workNanoseconds: settings.workNanoseconds)
    }

    mutating func start(_ order: StartOrder) -> Bool { phase.start(order) }

    mutating func stop() { phase.stop() }

    var isRunning: Bool { phase.isRunning }
    var isFinished: Bool { phase.isFinished }
    var takes: Bool { !hasNext && !(hasCurrent && workNanoseconds == 0) }

    var nextNanoseconds: UInt64 {
        min(phase.endNanoseconds, hasCurrent && !isBlocked ? doneNanoseconds : UInt64.max)
    }

    mutating func work(at now: UInt64, _ shell: inout PipelineShell) throws(ZMQError) {
        phase.tick(at: now)
        if isBlocked && sink.isAwaited && shell.poller.isReady(sink.pollSlot) { isBlocked = false }
        try finish(at: now, &shell)
    }

    mutating func take(_ header: Header, _ frame: inout Message, at now: UInt64) throws(ZMQError) -> Malformation? {
        guard header.kind == .task else { return .kind }
        guard header.origin == UInt32(header.route) else { return .origin }
        core.took(header)
        if !hasCurrent {
            doneNanoseconds = workNanoseconds == 0 ? 0 : core.begin(arrivedAt: now)
            current.move(from: &frame)
            hasCurrent = true
            // Where a task takes no time, its result leaves at once.
            if workNanoseconds == 0 && !isBlocked { try hand() }
        } else {
            next.move(from: &frame)
            hasNext = true
            nextArrived = now
        }
        return nil
    }

    mutating func settle(_ shell: inout PipelineShell) throws(ZMQError) {
        if isBlocked { sink.await(true, &shell.poller) }
    }

    /// Sends the results of tasks that are done, and begins the one that waits.
    private mutating func finish(at now: UInt64, _ shell: inout PipelineShell) throws(ZMQError) {
        while hasCurrent && now >= doneNanoseconds && !isBlocked {
            try hand()
            guard !hasCurrent, hasNext else { continue }
            current.move(from: &next)
            hasCurrent = true
            hasNext = false
            doneNanoseconds = core.begin(arrivedAt: nextArrived)
        }
        sink.await(isBlocked, &shell.poller)
    }

    /// Hands the result of the task in work to the sink's queue, if there is room.
    private mutating func hand() throws(ZMQError) {
        current.withUnsafeMutableBytes { Header.relabel($0, kind: .result, route: id, hop: 2) }
        let incarnation = current.bytes.bigEndian(at: 32, as: UInt32.self)
        isBlocked = try !sink.socket.offer(&current)
        guard !isBlocked else { return }
        hasCurrent = false
        core.handed(incarnation: incarnation)
    }

    mutating func connected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell) { isBlocked = false }

    mutating func disconnected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell) {}

    mutating func heard(_ node: Int) {}

    func fill(_ status: inout NodeStatus) {
        status.unique = core.unique
        status.queued = (hasCurrent ? 1 : 0) + (hasNext ? 1 : 0)
    }

    func fill(_ report: inout NodeReport) {
        report.streams = core.streamReports()
        report.unaccounted = core.unaccounted
    }
}

/// Whether a node that makes nothing of its own was started, and whether the time it was told is over.
struct PipelinePhase {
    private var order: StartOrder?
    private(set) var isFinished = false

    /// Begins as ordered; false when it was ordered before.
    mutating func start(_ order: StartOrder) -> Bool {
        guard self.order == nil else { return false }
        self.order = order
        return true
    }

    mutating func stop() { isFinished = order != nil }

    mutating func tick(at now: UInt64) {
        if now >= endNanoseconds { isFinished = true }
    }

    var isRunning: Bool { order != nil && !isFinished }

    /// When the time is over; the end of time when it is, or never began.
    var endNanoseconds: UInt64 {
        guard let order, !isFinished else { return .max }
        return order.startNanoseconds + order.warmupNanoseconds + order.durationNanoseconds
    }
}

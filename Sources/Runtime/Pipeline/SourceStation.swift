import Cluster
import Measurement
import Wire
import ZMQ

/// The source: sends tasks to workers, and takes what the sink says is done.
///
/// Its outlets go to the workers, by place, and to the sink, which is the last.
struct SourceStation: PipelineStation, ~Copyable {
    private let settings: PipelineSettings
    private let outlets: [PipelineOutlet]
    private var core: WorkSource
    private var outgoing = Message()
    private var sendLag = Histogram()
    private var lastSentNanoseconds: UInt64 = 0
    /// Workers that got on with nothing for too long, the first of them.
    private var overdue: [OverdueReport] = []
    /// Ends that wait for room at the sink.
    private var ends: [[UInt8]] = []

    /// Tasks sent before others get their turn.
    private static let sendMax = 256
    /// Times that a worker is noted as overdue; the log has them all.
    private static let overdueMax = 256
    /// Tasks that leave one after the other with one reading of the clock: a send time is early by a microsecond.
    private static let sendsPerReading = 8

    init(settings: PipelineSettings, outlets: [PipelineOutlet], incarnation: UInt32) {
        self.settings = settings
        self.outlets = outlets
        core = WorkSource(
            workerCount: settings.plan.workers.count,
            settings: WorkQueueSettings(
                ratePerSecond: settings.node.broadcast.ratePerSecond, outstandingMax: settings.outstandingMax,
                taskTimeoutNanoseconds: settings.taskTimeoutNanoseconds), incarnation: incarnation)
    }

    mutating func start(_ order: StartOrder) -> Bool { core.start(order) }

    mutating func stop() { core.stop() }

    var isRunning: Bool { core.isRunning }
    var isFinished: Bool { core.isFinished && ends.isEmpty }
    var nextNanoseconds: UInt64 { core.nextNanoseconds }
    var takes: Bool { true }

    // MARK: - Sending

    mutating func work(at now: UInt64, _ shell: inout PipelineShell) throws(ZMQError) {
        for effect in core.tick(at: now) {
            switch effect {
            case .end(let stream, let tasks): ends.append(frame(ofEnd: stream, tasks: tasks))
            case .overdue(let place, let tasks, let isSilent):
                let worker = settings.plan.worker(at: place)
                if overdue.count < Self.overdueMax {
                    overdue.append(
                        OverdueReport(
                            worker: UInt16(worker), nanoseconds: now, tasks: UInt64(tasks), isSilent: isSilent))
                }
                shell.log.warn(
                    "worker_overdue",
                    [
                        "worker": LogValue(worker), "tasks_taken_back": LogValue(tasks), "silent": LogValue(isSilent),
                    ])
            }
        }
        try sendEnds(&shell)
        lookForRoom(&shell)
        try sendTasks(at: now, &shell)
    }

    private mutating func sendTasks(at now: UInt64, _ shell: inout PipelineShell) throws(ZMQError) {
        let size = settings.node.messageSizeBytes
        var now = now
        var sent = 0
        while sent < Self.sendMax, let task = core.next(at: now) {
            if sent % Self.sendsPerReading == 0 { now = MonotonicClock.now() }
            let header = Header(
                kind: .task, route: UInt16(settings.node.id), origin: UInt32(settings.node.id), hop: 1,
                index: task.index, dueNanoseconds: task.dueNanoseconds, sentNanoseconds: now,
                incarnation: core.incarnation(of: task.stream), payloadLength: UInt32(size - Header.size))
            try outgoing.rewrite(size: size) { bytes in
                header.encode(into: bytes)
                UnsafeMutableRawBufferPointer(rebasing: bytes[Header.size...]).initializeMemory(
                    as: UInt8.self, repeating: 0)
            }
            sent += 1
            guard try outlets[task.worker].socket.offer(&outgoing) else {
                core.refused(by: task.worker)
                outlets[task.worker].await(true, &shell.poller)
                continue
            }
            core.handed(task, at: now)
            if task.stream == .measured && !task.isAgain {
                sendLag.record(Int64(bitPattern: now &- task.dueNanoseconds))
                lastSentNanoseconds = now
            }
        }
    }

    /// Workers whose queue was full are asked again when something moved there.
    private mutating func lookForRoom(_ shell: inout PipelineShell) {
        for (place, outlet) in outlets.enumerated() where outlet.isAwaited && shell.poller.isReady(outlet.pollSlot) {
            outlet.await(false, &shell.poller)
            if place < settings.plan.workers.count { core.hasRoom(place) }
        }
    }

    private mutating func sendEnds(_ shell: inout PipelineShell) throws(ZMQError) {
        guard let sink = outlets.last else { return }
        while let frame = ends.first {
            var message = try Message(bytes: frame)
            guard try sink.socket.offer(&message) else {
                sink.await(true, &shell.poller)
                return
            }
            ends.removeFirst()
        }
    }

    private func frame(ofEnd stream: BroadcastSchedule.Stream, tasks: UInt64) -> [UInt8] {
        Header(
            kind: .end, route: UInt16(settings.node.id), origin: UInt32(settings.node.id), hop: 1, index: tasks,
            incarnation: core.incarnation(of: stream)
        ).frame()
    }

    // MARK: - What comes back

    mutating func take(_ header: Header, _ frame: inout Message, at now: UInt64) throws(ZMQError) -> Malformation? {
        guard header.kind == .done else { return .kind }
        guard header.origin == UInt32(settings.node.id) else { return .origin }
        let payload = frame.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        let done: DonePayload
        do throws(WireError) { done = try DonePayload(decoding: payload) } catch { return .payload }
        core.acknowledge(header, done, at: now)
        return nil
    }

    mutating func settle(_ shell: inout PipelineShell) {}

    mutating func connected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell) {
        outlets[place].await(false, &shell.poller)
        if place < settings.plan.workers.count { core.connected(place, at: now) }
    }

    mutating func disconnected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell) {
        guard place < settings.plan.workers.count else { return }
        let tasks = core.disconnected(place)
        shell.log.warn(
            "worker_lost",
            ["worker": LogValue(settings.plan.worker(at: place)), "tasks_taken_back": LogValue(tasks)])
    }

    mutating func heard(_ node: Int) {}

    // MARK: - What it says of itself

    func fill(_ status: inout NodeStatus) {
        status.sent = core.made(.warmup) + core.made(.measured)
        status.queued = UInt32(core.outstanding + ends.count)
    }

    func fill(_ report: inout NodeReport) {
        report.streams = core.streamReports()
        report.sendLag = sendLag.encodedV2()
        report.lastSentNanoseconds = lastSentNanoseconds
        report.overdue = overdue
    }
}

import Cluster
import Wire
import ZMQ

/// The sink: takes results, and tells the source what is done.
struct SinkStation: PipelineStation, ~Copyable {
    private let id: UInt16
    private let plan: PipelinePlan
    private let source: PipelineOutlet
    private var core: WorkSink
    private var isBlocked = false
    private var phase = PipelinePhase()

    init(settings: PipelineSettings, outlets: [PipelineOutlet], incarnation: UInt32) {
        id = UInt16(settings.node.id)
        plan = settings.plan
        guard let source = outlets.first, outlets.count == 1 else {
            preconditionFailure("the sink sends to the source and to nobody else")
        }
        self.source = source
        core = WorkSink(workerCount: settings.plan.workers.count)
    }

    mutating func start(_ order: StartOrder) -> Bool { phase.start(order) }

    mutating func stop() { phase.stop() }

    var isRunning: Bool { phase.isRunning }
    var isFinished: Bool { phase.isFinished }
    var takes: Bool { !core.isFull }
    var nextNanoseconds: UInt64 { phase.endNanoseconds }

    mutating func work(at now: UInt64, _ shell: inout PipelineShell) throws(ZMQError) {
        phase.tick(at: now)
        if isBlocked && shell.poller.isReady(source.pollSlot) { isBlocked = false }
        try settle(&shell)
    }

    mutating func take(_ header: Header, _ frame: inout Message, at now: UInt64) throws(ZMQError) -> Malformation? {
        guard header.kind == .result || header.kind == .end else { return .kind }
        guard header.origin == UInt32(plan.source) else { return .origin }
        if header.kind == .end {
            guard Int(header.route) == plan.source else { return .origin }
            core.end(header)
        } else {
            guard let worker = plan.place(ofWorker: Int(header.route)) else { return .origin }
            core.take(header, from: worker, at: now)
        }
        return nil
    }

    /// Tells the source what there is to tell, one frame for each stream.
    mutating func settle(_ shell: inout PipelineShell) throws(ZMQError) {
        while !isBlocked, let news = core.news() {
            let header = Header(
                kind: .done, route: id, origin: UInt32(plan.source), hop: 1,
                index: news.payload.ranges.first?.first ?? 0,
                sentNanoseconds: MonotonicClock.now(), incarnation: news.incarnation)
            var message = try Message(bytes: header.frame(payload: news.payload.payload))
            if try source.socket.offer(&message) {
                core.told()
            } else {
                isBlocked = true
            }
        }
        source.await(isBlocked, &shell.poller)
    }

    mutating func connected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell) { isBlocked = false }

    mutating func disconnected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell) {}

    mutating func heard(_ node: Int) {
        if let worker = plan.place(ofWorker: node) { core.hear(worker) }
    }

    func fill(_ status: inout NodeStatus) {
        status.unique = core.unique
        status.queued = UInt32(core.waiting)
    }

    func fill(_ report: inout NodeReport) {
        report.streams = core.streamReports()
        report.latencies = core.latencyReports()
        report.unaccounted = core.unaccounted
    }
}

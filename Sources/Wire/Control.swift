/// A question or an order to a node, sent to its ROUTER in a frame of kind `request`.
public enum ControlRequest: Sendable, Equatable {
    /// Who are you, and how far along?
    case status
    /// Begin to broadcast, as the node's mode says.
    case start(StartOrder)
    /// Stop broadcasting now.
    case stop
    /// Hand over everything you counted.
    case report
    /// End your process cleanly.
    case shutdown
    /// What do you say of the log that you hold with the others?
    case consensus
    /// Hand leadership over to this node, or with `AnswerPayload.nobody` to the next one.
    case transfer(to: UInt16)
    /// May I become a node of the cluster?
    case join(JoinRequest)
    /// This is who and where I am.
    case greet(Greeting)
    /// I leave my place.
    case leave(Leave)
    /// What do you say of the order book that you keep for yourself?
    case book
    /// What does your clock say?
    case clock
    /// So far is your clock ahead of that of a client.
    case clockOffset(ClientClock)
    /// How are you? Asked again and again by whoever watches.
    case vitals
    /// Measure the way to another node; asked again, how far are you?
    case probe(ProbeOrder)
    /// Answer at once: another node measures the way to you.
    case echo(Echo)
    /// Which of your links are not there?
    case links

    private enum Code {
        static let status: UInt16 = 1
        static let start: UInt16 = 2
        static let stop: UInt16 = 3
        static let report: UInt16 = 4
        static let shutdown: UInt16 = 5
        static let consensus: UInt16 = 6
        static let transfer: UInt16 = 7
        static let join: UInt16 = 8
        static let greet: UInt16 = 9
        static let leave: UInt16 = 10
        static let book: UInt16 = 11
        static let clock: UInt16 = 12
        static let clockOffset: UInt16 = 13
        static let vitals: UInt16 = 14
        static let probe: UInt16 = 15
        static let echo: UInt16 = 16
        static let links: UInt16 = 17
    }

    /// The payload of the request.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .status: writer.write(Code.status)
        case .start(let order):
            writer.write(Code.start)
            order.write(to: &writer)
        case .stop: writer.write(Code.stop)
        case .report: writer.write(Code.report)
        case .shutdown: writer.write(Code.shutdown)
        case .consensus: writer.write(Code.consensus)
        case .transfer(let node):
            writer.write(Code.transfer)
            writer.write(node)
        case .join(let request):
            writer.write(Code.join)
            request.write(to: &writer)
        case .greet(let greeting):
            writer.write(Code.greet)
            greeting.write(to: &writer)
        case .leave(let leave):
            writer.write(Code.leave)
            writer.write(leave.node)
            writer.write(leave.instance)
        case .book: writer.write(Code.book)
        case .clock: writer.write(Code.clock)
        case .clockOffset(let clock):
            writer.write(Code.clockOffset)
            clock.write(to: &writer)
        case .vitals: writer.write(Code.vitals)
        case .probe(let order):
            writer.write(Code.probe)
            order.write(to: &writer)
        case .echo(let echo):
            writer.write(Code.echo)
            echo.write(to: &writer)
        case .links: writer.write(Code.links)
        }
        return writer.bytes
    }

    /// Reads a request's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        switch try reader.read("request", as: UInt16.self) {
        case Code.status: self = .status
        case Code.start: self = .start(try StartOrder(from: &reader))
        case Code.stop: self = .stop
        case Code.report: self = .report
        case Code.shutdown: self = .shutdown
        case Code.consensus: self = .consensus
        case Code.transfer: self = .transfer(to: try reader.read("node", as: UInt16.self))
        case Code.join: self = .join(try JoinRequest(from: &reader))
        case Code.greet: self = .greet(try Greeting(from: &reader))
        case Code.leave:
            let node = try reader.read("node", as: UInt16.self)
            self = .leave(Leave(node: node, instance: try reader.read("instance", as: UInt64.self)))
        case Code.book: self = .book
        case Code.clock: self = .clock
        case Code.clockOffset: self = .clockOffset(try ClientClock(from: &reader))
        case Code.vitals: self = .vitals
        case Code.probe: self = .probe(try ProbeOrder(from: &reader))
        case Code.echo: self = .echo(try Echo(from: &reader))
        case Code.links: self = .links
        default: throw WireError(field: "request")
        }
        guard reader.remaining == 0 else { throw WireError(field: "end of request") }
    }
}

/// When a node's own broadcasting begins and how long it lasts.
///
/// The end, the sum of the three, fits in 64 bits.
public struct StartOrder: Sendable, Equatable {
    /// First due time: nanoseconds of the node's CLOCK_MONOTONIC.
    public var startNanoseconds: UInt64
    /// How long messages are sent that are accounted but not measured.
    public var warmupNanoseconds: UInt64
    /// How long measured messages are sent.
    public var durationNanoseconds: UInt64

    /// Makes an order.
    public init(startNanoseconds: UInt64, warmupNanoseconds: UInt64, durationNanoseconds: UInt64) {
        self.startNanoseconds = startNanoseconds
        self.warmupNanoseconds = warmupNanoseconds
        self.durationNanoseconds = durationNanoseconds
    }

    func write(to writer: inout ByteWriter) {
        writer.write(startNanoseconds)
        writer.write(warmupNanoseconds)
        writer.write(durationNanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        startNanoseconds = try reader.read("start", as: UInt64.self)
        warmupNanoseconds = try reader.read("warm-up", as: UInt64.self)
        durationNanoseconds = try reader.read("duration", as: UInt64.self)
        // The end of the broadcast is computed from this; an end beyond 64 bits is an order that nobody can follow.
        let (measured, warmupOverflows) = startNanoseconds.addingReportingOverflow(warmupNanoseconds)
        guard !warmupOverflows, !measured.addingReportingOverflow(durationNanoseconds).overflow else {
            throw WireError(field: "end of broadcast")
        }
    }
}

/// A node's answer, in a frame of kind `response` whose index is that of the request.
public enum ControlResponse: Sendable, Equatable {
    /// Done, nothing to say.
    case done
    /// Not done, and why.
    case refused(String)
    /// How far along the node is.
    case status(NodeStatus)
    /// Everything the node counted.
    case report(NodeReport)
    /// What the node says of the log.
    case consensus(ConsensusReport)
    /// What whoever wants to join, or greets, is told.
    case membership(MembershipAnswer)
    /// What the node says of its order book.
    case book(BookReport)
    /// What the node's clock says.
    case clock(ClockReading)
    /// How the node is.
    case vitals(NodeVitals)
    /// How far a probe is.
    case probe(ProbeAnswer)
    /// What came, or nothing where only that it came was to be said.
    case echo([UInt8])
    /// The links that are not there.
    case links([LostLink])

    private enum Code {
        static let done: UInt16 = 1
        static let refused: UInt16 = 2
        static let status: UInt16 = 3
        static let report: UInt16 = 4
        static let consensus: UInt16 = 5
        static let membership: UInt16 = 6
        static let book: UInt16 = 7
        static let clock: UInt16 = 8
        static let vitals: UInt16 = 9
        static let probe: UInt16 = 10
        static let echo: UInt16 = 11
        static let links: UInt16 = 12
    }

    /// The payload of the response.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .done: writer.write(Code.done)
        case .refused(let reason):
            writer.write(Code.refused)
            writer.write(reason)
        case .status(let status):
            writer.write(Code.status)
            status.write(to: &writer)
        case .report(let report):
            writer.write(Code.report)
            report.write(to: &writer)
        case .consensus(let report):
            writer.write(Code.consensus)
            report.write(to: &writer)
        case .membership(let answer):
            writer.write(Code.membership)
            answer.write(to: &writer)
        case .book(let report):
            writer.write(Code.book)
            report.write(to: &writer)
        case .clock(let reading):
            writer.write(Code.clock)
            reading.write(to: &writer)
        case .vitals(let vitals):
            writer.write(Code.vitals)
            vitals.write(to: &writer)
        case .probe(let answer):
            writer.write(Code.probe)
            answer.write(to: &writer)
        case .echo(let bytes):
            writer.write(Code.echo)
            writer.write(bytes)
        case .links(let links):
            writer.write(Code.links)
            writer.write(links) { $1.write(to: &$0) }
        }
        return writer.bytes
    }

    /// Reads a response's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        switch try reader.read("response", as: UInt16.self) {
        case Code.done: self = .done
        case Code.refused: self = .refused(try reader.readText("reason"))
        case Code.status: self = .status(try NodeStatus(from: &reader))
        case Code.report: self = .report(try NodeReport(from: &reader))
        case Code.consensus: self = .consensus(try ConsensusReport(from: &reader))
        case Code.membership: self = .membership(try MembershipAnswer(from: &reader))
        case Code.book: self = .book(try BookReport(from: &reader))
        case Code.clock: self = .clock(try ClockReading(from: &reader))
        case Code.vitals: self = .vitals(try NodeVitals(from: &reader))
        case Code.probe: self = .probe(try ProbeAnswer(from: &reader))
        case Code.echo: self = .echo(try reader.readBytes("echo"))
        case Code.links:
            self = .links(
                try reader.readArray("links", elementBytesMin: LostLink.bytesMin) { reader throws(WireError) in
                    try LostLink(from: &reader)
                })
        default: throw WireError(field: "response")
        }
        guard reader.remaining == 0 else { throw WireError(field: "end of response") }
    }
}

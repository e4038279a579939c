public import Wire
public import ZMQ

/// Asks nodes for their status and reports, and gives them orders: one DEALER for each node, all asked at once.
///
/// Owned by one thread, like its sockets.
public final class ControlClient {
    private let links: [ControlLink]
    private var poller = Poller()
    private var nextRequest: UInt64 = 0
    private var incoming = Message()
    /// How long a node that owes an answer is waited for, all questions together; nil: each as long as it says.
    ///
    /// With it, a node that hangs costs its time once, and not once for every question.
    public var patienceNanoseconds: UInt64?

    private final class ControlLink {
        let socket: Socket
        let endpoint: String
        var pollSlot = 0
        /// When the oldest question was asked that nothing came back since; nil when no answer is owed.
        var owingNanoseconds: UInt64?
        var takesQuestions = true

        init(_ context: Context, endpoint: String) throws(ZMQError) {
            socket = try Socket(.dealer, in: context)
            try SocketDefaults.apply(to: socket, highWaterMark: 1_000, frameBytesMax: ControlClient.reportBytesMax)
            try socket.setLinger(milliseconds: 200)
            try socket.connect(endpoint)
            self.endpoint = endpoint
        }

        func send(_ frame: [UInt8]) throws(ZMQError) -> Bool {
            takesQuestions = try socket.send(bytes: frame) == .sent
            return takesQuestions
        }
    }

    /// The largest report that is taken.
    static let reportBytesMax = 256 << 20
    /// Answers read from one node at a time.
    private static let drainMax = 64
    /// An interruption leaves answers that are on their way this long to come.
    private static let graceNanoseconds: UInt64 = 100_000_000

    /// Connects to the ROUTER of each node; connecting goes on in the background.
    public init(endpoints: [String], context: Context) throws(ZMQError) {
        var links: [ControlLink] = []
        for endpoint in endpoints { links.append(try ControlLink(context, endpoint: endpoint)) }
        self.links = links
        for link in links { link.pollSlot = try poller.add(link.socket) }
    }

    /// How many nodes are asked.
    public var count: Int { links.count }

    /// The endpoint of a node.
    public func endpoint(of node: Int) -> String { links[node].endpoint }

    /// Asks the given nodes the same thing and waits for the answers; nil where none came in time.
    ///
    /// `interrupt` is asked now and then; when it answers true, waiting ends within a tenth of a second.
    public func ask(
        _ request: ControlRequest, nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [ControlResponse?] {
        nextRequest += 1
        let number = nextRequest
        let payload = request.payload
        let frame = Header(kind: .request, index: number, payloadLength: UInt32(payload.count)).frame(payload: payload)
        var answers = [ControlResponse?](repeating: nil, count: links.count)
        var waiting = Set(nodes)
        let begin = MonotonicClock.now()
        let deadline = begin + timeoutNanoseconds
        var unasked: Set<Int> = []
        for node in nodes {
            switch try ask(links[node], frame, at: begin) {
            case .asked: break
            case .givenUp: waiting.remove(node)
            case .notTaken: unasked.insert(node)
            }
        }
        while !waiting.isEmpty {
            for node in unasked where try links[node].send(frame) { unasked.remove(node) }
            for node in Array(waiting) {
                if let answer = try receive(from: links[node], number: number) {
                    answers[node] = answer
                    waiting.remove(node)
                }
            }
            let now = MonotonicClock.now()
            let isOver = now >= deadline || (now >= begin + Self.graceNanoseconds && interrupt())
            guard !waiting.isEmpty, !isOver else { break }
            _ = try poller.wait(timeoutNanoseconds: min(deadline - now, 50_000_000))
        }
        return nodes.map { answers[$0] }
    }

    /// Whether the last question could be sent.
    ///
    /// libzmq connects no second time to what refused the handshake, as a socket of a kind that does not speak with a
    /// DEALER does; and it queues for a node that takes nothing only up to the high-water mark.
    func takesQuestions(_ node: Int) -> Bool { links[node].takesQuestions }

    /// Since when a node owes an answer, nanoseconds of CLOCK_MONOTONIC; nil when it owes none.
    public func owingNanoseconds(_ node: Int) -> UInt64? { links[node].owingNanoseconds }

    /// Whether a node owes an answer for longer than there is patience, so that it is asked and not waited for.
    public func isGivenUp(_ node: Int) -> Bool { isGivenUp(links[node], at: MonotonicClock.now()) }

    private func isGivenUp(_ link: ControlLink, at now: UInt64) -> Bool {
        guard let patienceNanoseconds, let owing = link.owingNanoseconds else { return false }
        return now >= owing + patienceNanoseconds
    }

    private enum Asked {
        case asked, givenUp, notTaken
    }

    /// Sends a question, after the answers that came too late were taken.
    private func ask(_ link: ControlLink, _ frame: [UInt8], at now: UInt64) throws(ZMQError) -> Asked {
        _ = try receive(from: link, number: nextRequest)
        let isGivenUp = isGivenUp(link, at: now)
        if link.owingNanoseconds == nil { link.owingNanoseconds = now }
        let isSent = try link.send(frame)
        return isGivenUp ? .givenUp : isSent ? .asked : .notTaken
    }

    /// The status of each of the given nodes; nil where none came in time.
    public func statuses(
        of nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [NodeStatus?] {
        try ask(.status, nodes: nodes, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt).map {
            guard case .status(let status) = $0 else { return nil }
            return status
        }
    }

    /// The report of each of the given nodes; nil where none came in time.
    public func reports(
        of nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [NodeReport?] {
        try ask(.report, nodes: nodes, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt).map {
            guard case .report(let report) = $0 else { return nil }
            return report
        }
    }

    /// What each of the given nodes says of its log; nil where no answer came in time.
    public func consensus(
        of nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [ConsensusReport?] {
        try ask(.consensus, nodes: nodes, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt).map {
            guard case .consensus(let report) = $0 else { return nil }
            return report
        }
    }

    /// What each of the given nodes says of its order book; nil where no answer came in time.
    public func books(
        of nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [BookReport?] {
        try ask(.book, nodes: nodes, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt).map {
            guard case .book(let report) = $0 else { return nil }
            return report
        }
    }

    /// The links that each of the given nodes lacks; nil where no answer came in time, or not to that question.
    public func lostLinks(
        of nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [[LostLink]?] {
        try ask(.links, nodes: nodes, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt).map {
            guard case .links(let links) = $0 else { return nil }
            return links
        }
    }

    /// How each of the given nodes is; nil where no answer came in time, or not to that question.
    public func vitals(
        of nodes: [Int], timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws(ZMQError) -> [NodeVitals?] {
        try ask(.vitals, nodes: nodes, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt).map {
            guard case .vitals(let vitals) = $0 else { return nil }
            return vitals
        }
    }

    /// Reads until the answer to request `number`; older answers came too late and are dropped.
    private func receive(from link: ControlLink, number: UInt64) throws(ZMQError) -> ControlResponse? {
        for _ in 0..<Self.drainMax {
            guard try link.socket.receive(into: &incoming) else { return nil }
            guard case .header(let header) = Header.decode(incoming.bytes), header.kind == .response else { continue }
            link.owingNanoseconds = nil
            guard header.index == number else { continue }
            let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
            do throws(WireError) {
                return try ControlResponse(decoding: payload)
            } catch {
                return .refused("the node's answer cannot be read: \(error)")
            }
        }
        return nil
    }
}

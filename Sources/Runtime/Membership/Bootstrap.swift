import Cluster
import Topology
import Wire
import ZMQ

/// What a node knows that looks for its cluster.
struct BootstrapSettings {
    var applicant: Applicant
    var candidates: Candidates
    /// Without a number of nodes: how long nobody new must have come before the cluster forms.
    var settleNanoseconds: UInt64
    /// When it gives up; nil: never.
    var timeoutNanoseconds: UInt64?
    /// Where its ROUTER listens.
    var ordersEndpoint: String
    var bufferSize: Int
    var frameBytesMax: Int
}

/// A ROUTER that listens before there is a node: it becomes the node's, and what was sent to it meanwhile with it.
public final class BoundOrders {
    private var socket: Socket?

    init(_ socket: consuming Socket) { self.socket = consume socket }

    /// Hands the socket over; nil the second time.
    func take() -> Socket? { socket.take() }
}

/// Looks for a cluster until there is a place in it: the shell around `Founder`.
struct Bootstrap: ~Copyable {
    private let settings: BootstrapSettings
    private let log: Log
    private let orders: Socket
    private let links: AskLinks<String>
    private var founder: Founder
    private var poller = Poller()
    private var strangers: UInt64 = 0
    private var end: End?
    private let startNanoseconds: UInt64
    private var nextNewsNanoseconds: UInt64
    private var nextLookupNanoseconds: UInt64

    private var identity = Message()
    private var incoming = Message()

    private enum End {
        case joined(Membership)
        case stopped
        case failed(String)
    }

    private static let second: UInt64 = 1_000_000_000
    private static let newsNanoseconds: UInt64 = 5 * second
    private static let drainMax = 256

    init(_ settings: BootstrapSettings, context: Context, log: Log) throws(ZMQError) {
        let orders = try NodeSockets.openOrders(
            at: settings.ordersEndpoint, bufferSize: settings.bufferSize, frameBytesMax: settings.frameBytesMax,
            context)
        var poller = Poller()
        _ = try poller.add(orders)
        let now = MonotonicClock.now()
        founder = Founder(
            own: settings.applicant, candidates: settings.candidates.resolve(),
            settleNanoseconds: settings.settleNanoseconds, at: now)
        links = AskLinks(context)
        startNanoseconds = now
        nextNewsNanoseconds = now + Self.newsNanoseconds
        nextLookupNanoseconds = now + Self.second
        self.settings = settings
        self.log = log
        self.orders = orders
        self.poller = poller
    }

    /// Searches until there is a place; nil when a signal or a shutdown order ended it.
    mutating func run(signals: borrowing SignalDescriptor) throws -> (membership: Membership, turnedAway: UInt64)? {
        _ = poller.add(descriptor: signals.descriptor)
        log.info(
            "searching", ["at": LogValue(text(founder.joiner.asks)), "own": LogValue(settings.applicant.endpoint)])
        while end == nil {
            let now = MonotonicClock.now()
            try perform(founder.tick(at: now), at: now)
            try drainOrders()
            try drainLinks()
            if let signal = try signals.next() {
                log.info("signal", ["number": LogValue(signal.number)])
                end = end ?? .stopped
            }
            look(at: now)
            guard end == nil else { break }
            // The DEALERs are not watched: their answers are looked for at each asking, which is often.
            _ = try poller.wait(timeoutNanoseconds: Self.pauseNanoseconds)
        }
        switch end {
        case .joined(let membership): return (membership, founder.refusals + strangers)
        case .failed(let reason): throw Failure(.unavailable, reason)
        case .stopped, .none: return nil
        }
    }

    private static let pauseNanoseconds: UInt64 = 10_000_000

    /// The socket at which others ask; to be taken when the search is over.
    consuming func takeOrders() -> BoundOrders { BoundOrders(orders) }

    private func text(_ endpoints: [String]) -> String { endpoints.joined(separator: ",") }

    // MARK: - Out

    private mutating func perform(_ effects: [Joiner.Effect], at now: UInt64) throws(ZMQError) {
        for effect in effects {
            switch effect {
            case .ask(let base, let number, let request):
                guard let endpoint = NodeAddress(baseEndpoint: base)?.endpoint(.orders) else { continue }
                // Who is not there is asked again anyway.
                _ = try links.ask(base, at: endpoint, request, number: number)
            case .joined(let membership): end = .joined(membership)
            case .failed(let reason): end = end ?? .failed(reason)
            }
        }
    }

    // MARK: - In

    private mutating func drainLinks() throws(ZMQError) {
        for key in links.keys {
            while let incoming = try links.receive(from: key) {
                let now = MonotonicClock.now()
                switch incoming {
                case .answer(.membership(let answer), let number):
                    try perform(founder.receive(answer, from: key, number: number, at: now), at: now)
                case .answer(.refused(let reason), let number):
                    try perform(founder.receive(.refused(reason), from: key, number: number, at: now), at: now)
                case .answer: break
                case .otherVersion:
                    end = end ?? .failed("\(key) speaks another version of the protocol: run one version everywhere")
                }
            }
        }
    }

    private mutating func drainOrders() throws(ZMQError) {
        for _ in 0..<Self.drainMax {
            guard try orders.receive(into: &identity) else { return }
            guard identity.hasMore, try orders.receive(into: &incoming) else { continue }
            if incoming.hasMore {
                try orders.skipRest(of: &incoming)
                continue
            }
            switch Header.decode(incoming.bytes) {
            case .malformed(.version):
                strangers += 1
                try respond(.refused(Self.otherVersion), to: Header(kind: .request))
            case .header(let header) where header.kind == .request:
                let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
                try respond(answer(payload), to: header)
            default: continue
            }
        }
    }

    /// What is said to those who speak another version.
    static let otherVersion =
        "this node speaks version \(Header.version) of the protocol, and you do not: run one version everywhere"

    private mutating func answer(_ payload: [UInt8]) -> ControlResponse {
        let request: ControlRequest
        do throws(WireError) {
            request = try ControlRequest(decoding: payload)
        } catch {
            return .refused("the request cannot be read: \(error)")
        }
        switch request {
        case .join(let request):
            return .membership(founder.receive(request, at: MonotonicClock.now()))
        case .greet(let greeting):
            // A node of a cluster that has formed looks for a process that was here before.
            if NodeAddress(baseEndpoint: greeting.endpoint) != nil { founder.learn(member: greeting.endpoint) }
            return .membership(.undecided)
        case .shutdown:
            end = end ?? .stopped
            return .done
        case .leave: return .done
        case .status, .start, .stop, .report, .consensus, .transfer, .book, .clock, .clockOffset, .vitals,
            .probe, .echo, .links:
            return .refused("the cluster has not formed: this node has no place yet")
        }
    }

    private mutating func respond(_ response: ControlResponse, to request: Header) throws(ZMQError) {
        let answer = Header(kind: .response, origin: request.origin, index: request.index)
        guard try orders.send(bytes: identity.copyBytes(), more: true) == .sent else { return }
        // Who takes nothing asks again.
        _ = try orders.send(bytes: answer.frame(payload: response.payload))
    }

    // MARK: - Time

    private mutating func look(at now: UInt64) {
        if now >= nextLookupNanoseconds {
            nextLookupNanoseconds = now + Self.second
            founder.learn(candidates: settings.candidates.resolve(), at: now)
        }
        let elapsed = now - startNanoseconds
        if let timeout = settings.timeoutNanoseconds, elapsed >= timeout {
            end = end ?? .failed("\(situation) within \(DurationText.of(timeout))")
        } else if now >= nextNewsNanoseconds {
            nextNewsNanoseconds = now + Self.newsNanoseconds
            tellNews(elapsedNanoseconds: elapsed)
        }
    }

    /// Says why it still searches; as long as the others may only be waited for, that is no fault.
    private func tellNews(elapsedNanoseconds elapsed: UInt64) {
        let seconds = LogValue(elapsed / Self.second)
        let settle = settings.settleNanoseconds
        if let arrived = founder.arrived, settings.applicant.nodeCount == 0, elapsed < settle + Self.newsNanoseconds {
            let why = "the cluster forms when nobody new came for \(DurationText.of(settle))"
            log.info("settling", ["seconds": seconds, "nodes": LogValue(arrived), "why": LogValue(why)])
        } else {
            log.warn("still_searching", ["seconds": seconds, "why": LogValue(situation)])
        }
    }

    private var situation: String {
        guard let arrived = founder.arrived else {
            let asks = founder.joiner.asks
            if asks.isEmpty { return "no name in --bootstrap has an address" }
            return founder.hasMetOthers
                ? "who answered at \(text(asks)) knows of no cluster either" : "nobody answered at \(text(asks))"
        }
        let wanted = settings.applicant.nodeCount
        return "only \(arrived) \(wanted > 0 ? "of \(wanted) nodes" : "node\(arrived == 1 ? "" : "s")") came together"
    }
}

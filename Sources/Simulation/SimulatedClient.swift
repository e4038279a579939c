import Cluster
import OrderBook
import Wire

/// A client that sends its orders one after the other to whoever leads, and again from the first that is unanswered
/// when it waited for too long (go-back-N).
struct SimulatedClient {
    let number: Int
    let total: UInt64
    /// The first order without an answer.
    var next: UInt64 = 0
    /// The first order that was not sent since the client last went back.
    var sent: UInt64 = 0
    /// The node that it takes for the leader.
    var target: Int
    /// When it goes back.
    var patienceEnds: UInt64 = 0
    /// When it sends again at the earliest.
    var restsUntil: UInt64 = 0
    /// Whether it will look again by itself.
    var hasTimer = false
    /// When what it sent last arrives.
    var lastArrival: UInt64 = 0

    /// What each order says; empty where orders are about nothing.
    private var payloads: [[UInt8]] = []

    static let incarnation: UInt32 = 7

    var origin: UInt32 { Origin.client(number, enteringAt: Origin.whoeverLeads) }
    var isDone: Bool { next >= total }

    init(number: Int, total: UInt64, target: Int, workload: Workload, seed: UInt64) {
        self.number = number
        self.total = total
        self.target = target
        guard workload == .orders else { return }
        // Few symbols and a short memory, so that a few dozen orders trade, cancel and are refused.
        var settings = OrderMixSettings()
        settings.symbolCount = 2
        settings.waitingMax = 4
        var mix = OrderMix(seed: seed, client: number, settings: settings)
        payloads = (0..<total).map { _ in mix.next().payload }
    }

    /// Frames of consecutive orders, one after the other.
    func frames(of message: OrderMessage) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(message.count) * Header.size)
        for index in message.first..<message.first + message.count {
            bytes += Header(
                kind: .order, origin: origin, index: index, incarnation: Self.incarnation
            ).frame(payload: payloads.isEmpty ? [] : payloads[Int(index)])
        }
        return bytes
    }
}

/// What a node tells a client.
struct ClientAnswer {
    let client: Int
    let first: UInt64
    let count: UInt64
    let reason: UInt16
    /// Who answers.
    let node: Int
    /// Who leads, as far as the node knows.
    let leader: Int?
}

import Baseline
import Cluster
import Measurement
import Reporting
import Runtime
import Topology
import Wire
import ZMQ

/// Measures what accounting for a message costs.
///
/// A node's loop, with its ledger and its histograms, and the bare loop of the benchmarks take turns; both are
/// fed by the same bare sender.
struct AccountingCalibrator {
    let folder: String
    let interrupts: Interrupts

    /// What one turn of one side came to.
    struct Turn {
        /// CPU time of the receiving thread for each message, in nanoseconds.
        var cpuNanoseconds: Double
        var messagesPerSecond: Double
    }

    private static let messageSizeBytes = 64
    private static let highWaterMark: Int32 = 10_000
    /// Messages of the first turns, by which it is known how many fill the time.
    private static let pilotMessages = 20_000
    private static let messagesRange = 20_000...20_000_000
    private static let repeats = 5
    /// Between two questions how far the node is: each costs it a little.
    private static let pauseNanoseconds: UInt64 = 20_000_000
    /// How long a node may take for what was sent to it already.
    private static let patienceNanoseconds: UInt64 = 30_000_000_000

    /// Measures for about so long.
    func measure(nanoseconds: UInt64) throws -> AccountingCalibration {
        let pilot = try Interleaved(
            repeats: 1, baseline: { try bareTurn(Self.pilotMessages) }, product: { try nodeTurn(Self.pilotMessages) })
        let perMessage = [pilot.baselines[0], pilot.products[0]].map { 1e9 / max($0.messagesPerSecond, 1) }
            .reduce(0, +)
        let turnNanoseconds = Double(nanoseconds) / Double(Self.repeats)
        let range = Self.messagesRange
        let count = min(max(Int(min(turnNanoseconds / perMessage, 1e9)), range.lowerBound), range.upperBound)
        let turns = try Interleaved(
            repeats: Self.repeats, baseline: { try bareTurn(count) }, product: { try nodeTurn(count) })
        guard let bare = turns.baseline(\.cpuNanoseconds), let node = turns.product(\.cpuNanoseconds),
            let cost = turns.difference(\.cpuNanoseconds), let bareRate = turns.baseline(\.messagesPerSecond),
            let nodeRate = turns.product(\.messagesPerSecond)
        else { throw Failure(.internalError, "the cost of accounting is not a number") }
        return AccountingCalibration(
            messageSizeBytes: Self.messageSizeBytes, messages: UInt64(count), repeats: Self.repeats, bare: bare.median,
            node: node.median, cost: cost.median, costRange: [cost.minimum, cost.maximum], bareRate: bareRate.median,
            nodeRate: nodeRate.median)
    }

    /// The bare receiver.
    private func bareTurn(_ count: Int) throws -> Turn {
        if try interrupts.check() { throw Interrupted() }
        let endpoint = "ipc://\(folder)/node-bare"
        let sender = try startSender(endpoint, subscriptions: 1, count: count)
        let elapsed = Elapsed()
        let receiver = try LoneNode.timed {
            var nanoseconds: Int64 = 0
            try Self.check(baseline_subscribe(endpoint, Self.highWaterMark, Int64(count), &nanoseconds))
            elapsed.set(nanoseconds)
        }
        let received = Result { try receiver.join() }
        // Whatever became of the receiver, the sender ends by itself, and is waited for.
        _ = try sender.join()
        return Turn(
            cpuNanoseconds: Double(try received.get()) / Double(count),
            messagesPerSecond: Double(count - 1) * 1e9 / Double(max(1, elapsed.nanoseconds)))
    }

    /// The node, to which the sender is its only neighbour.
    private func nodeTurn(_ count: Int) throws -> Turn {
        if try interrupts.check() { throw Interrupted() }
        let node = try LoneNode(nodes: 2, folder: folder)
        // What a node subscribes at its neighbour: the neighbour's own route, and who it is itself.
        let sender = try startSender(node.ports.endpoint(.events, of: 0), subscriptions: 2, count: count)
        let outcome = Result { try report(of: node, when: count) }
        let stopped = Result { try node.stop() }
        // It ends when the node is gone.
        let sent = Result { try sender.join() }
        let cpu = try stopped.get()
        let told = try outcome.get()
        _ = try sent.get()
        guard let latency = told.latencies.first(where: { $0.group == Cluster.LatencyAccount.nodesGroup }),
            latency.lastNanoseconds > latency.firstNanoseconds
        else { throw Failure(.internalError, "the node measured nothing") }
        return Turn(
            cpuNanoseconds: Double(cpu) / Double(count),
            messagesPerSecond: Double(count - 1) * 1e9 / Double(latency.lastNanoseconds - latency.firstNanoseconds))
    }

    private func report(of node: LoneNode, when count: Int) throws -> Wire.NodeReport {
        let deadline = MonotonicClock.now() + Self.patienceNanoseconds
        while MonotonicClock.now() < deadline {
            let status = try node.control.statuses(of: [0], timeoutNanoseconds: 1_000_000_000)[0]
            if status?.unique == UInt64(count),
                let report = try node.control.reports(of: [0], timeoutNanoseconds: 5_000_000_000)[0]
            {
                return report
            }
            if try interrupts.check() { throw Interrupted() }
            try interrupts.wait(nanoseconds: Self.pauseNanoseconds)
        }
        throw Failure(.unavailable, "the node did not take all of \(count) messages within 30 s")
    }

    /// Sends events of node 0 from a thread of its own.
    private func startSender(_ endpoint: String, subscriptions: Int32, count: Int) throws(Failure) -> Worker<Int32> {
        let now = MonotonicClock.now()
        let header = Header(
            kind: .event, route: 0, origin: 0, hop: 1, dueNanoseconds: now, sentNanoseconds: now, incarnation: 1,
            payloadLength: UInt32(Self.messageSizeBytes - Header.size))
        let frame = header.frame(payload: [UInt8](repeating: 0, count: Self.messageSizeBytes - Header.size))
        return try Worker {
            let result = baseline_publish(
                endpoint, Self.highWaterMark, subscriptions, frame, Int64(frame.count), Int64(count))
            try Self.check(result)
            return result
        }
    }

    private static func check(_ result: Int32) throws(Failure) {
        guard result < 0 else { return }
        throw Failure(.unavailable, "libzmq: \(ZMQError(code: -result, operation: "baseline"))")
    }
}

import Reporting
import Runtime
import Wire
import ZMQ

/// What each pair of nodes is to measure.
struct ProbePlan {
    var pings: Int
    /// Bytes of a ping, header included.
    var messageSizeBytes: Int
    var bulkBytes: UInt64
    /// The longest that one pair may take.
    var limitNanoseconds: UInt64
    var evenUnderLoad: Bool

    /// The order for one pair.
    func order(token: UInt64, target: Int, endpoint: String) -> ProbeOrder {
        ProbeOrder(
            token: token, target: UInt16(target), endpoint: endpoint, pings: UInt32(pings),
            pingBytes: UInt32(max(0, messageSizeBytes - Echo.overheadBytes)), bulkBytes: bulkBytes,
            limitNanoseconds: limitNanoseconds, evenUnderLoad: evenUnderLoad)
    }
}

/// Has every node of a cluster measure the way to every other one, one pair after the other.
///
/// Two at a time would measure each other.
final class ClusterProbe {
    private let plan: ProbePlan
    private let control: ControlClient
    private let interrupts: Interrupts
    /// Nodes that did not answer: they are not asked again, and nobody waits for them.
    private var silent: Set<Int> = []
    private var nextToken = UInt64.random(in: 1 ... .max / 2)

    /// Between two questions how far a node is: they are answered by the loop that measures.
    private static let pauseNanoseconds: UInt64 = 20_000_000
    /// How long a node may take for any answer.
    private static let answerNanoseconds: UInt64 = 2_000_000_000
    /// What a node takes beyond the limit that it was given, before it is called silent.
    private static let graceNanoseconds: UInt64 = 2_000_000_000

    init(_ plan: ProbePlan, control: ControlClient, interrupts: Interrupts) {
        self.plan = plan
        self.control = control
        self.interrupts = interrupts
    }

    /// Every pair in the order of (from, to), up to an interruption; `show` is told of each before it is measured.
    func run(_ show: (_ from: Int, _ to: Int) -> Void) throws -> [ProbePair] {
        var pairs: [ProbePair] = []
        for from in 0..<control.count {
            for to in 0..<control.count where to != from {
                guard try !interrupts.check() else { return pairs }
                show(from, to)
                pairs.append(try measure(from, to))
            }
        }
        return pairs
    }

    private func measure(_ from: Int, _ to: Int) throws -> ProbePair {
        var pair = ProbePair(from: from, to: to)
        guard !silent.contains(from) else {
            pair.failure = "node \(from) does not answer at \(control.endpoint(of: from))"
            return pair
        }
        nextToken += 1
        let order = plan.order(token: nextToken, target: to, endpoint: control.endpoint(of: to))
        let deadline = MonotonicClock.now() + plan.limitNanoseconds + Self.graceNanoseconds
        while true {
            switch try control.ask(.probe(order), nodes: [from], timeoutNanoseconds: Self.answerNanoseconds)[0] {
            case .probe(.over(let outcome)):
                pair.take(outcome)
                return pair
            case .probe(.goesOn): break
            case .refused(let reason):
                pair.failure = "node \(from) says: \(reason)"
                return pair
            case nil:
                silent.insert(from)
                pair.failure = "node \(from) does not answer at \(control.endpoint(of: from))"
                return pair
            case .some: throw Failure(.internalError, "node \(from) answered something else than was asked")
            }
            guard MonotonicClock.now() < deadline, !interrupts.flag.isUrgent else {
                pair.failure = "node \(from) did not come to an end in time"
                return pair
            }
            try interrupts.wait(nanoseconds: Self.pauseNanoseconds)
        }
    }
}

extension ProbePair {
    /// Takes over what a node measured.
    mutating func take(_ outcome: ProbeOutcome) {
        pings = Int(outcome.pings)
        wasCutShort = outcome.isCutShort
        guard outcome.pings > 0 else {
            failure = "nothing was measured"
            return
        }
        least = outcome.leastNanoseconds
        median = outcome.medianNanoseconds
        p99 = outcome.p99Nanoseconds
        greatest = outcome.greatestNanoseconds
        if outcome.bulkNanoseconds > 0 {
            bytesPerSecond = Double(outcome.bulkBytes) * 1e9 / Double(outcome.bulkNanoseconds)
        }
    }
}

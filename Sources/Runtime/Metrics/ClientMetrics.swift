import CLinux
import Measurement
import Synchronization

/// What does not change as long as a load client lives, as far as metrics tell it.
struct ClientMetricsFacts: Sendable {
    var nodes = 0
    var clients = 0
    /// Bytes of each order; nil where they differ.
    var messageSizeBytes: Int?
    /// Orders a second, on the average; nil where answers decide.
    var ratePerSecond: Double?
}

extension ClientMetricsFacts {
    init(_ settings: ClientSettings) {
        nodes = settings.nodes.count
        clients = settings.clients
        messageSizeBytes = settings.hasOneSize ? settings.messageSizeBytes : nil
        if case .open(let rate) = settings.mode { ratePerSecond = rate }
    }
}

/// How far a load client is.
enum ClientPhase: String, CaseIterable, Sendable {
    /// It waits for its nodes.
    case waiting
    /// Orders are sent and not measured.
    case warmup
    /// Orders are measured.
    case measuring
    /// All were due; what is on its way is waited for.
    case draining
}

/// What a load client says of itself about once a second.
struct ClientMetricsSnapshot: Sendable {
    var facts = ClientMetricsFacts()
    var phase = ClientPhase.waiting
    /// Of all orders, those of the warm-up included.
    var orders = OrderCounts()
    /// Due, and not sent.
    var waiting: UInt64 = 0
    /// From due time to acknowledgement, of measured orders.
    var acknowledgement = BucketCounts(bounds: MetricsSnapshot.delayBounds)
    /// How late they were sent.
    var sendDelay = BucketCounts(bounds: MetricsSnapshot.delayBounds)
    /// Of the process, since the snapshot before; 100 is one processor.
    var cpuPercent = 0.0
    /// Orders a second, since the snapshot before.
    var sentPerSecond = 0.0
    /// When it was taken, nanoseconds of CLOCK_MONOTONIC; 0: nothing was yet.
    var takenNanoseconds: UInt64 = 0
    /// How long the loop was busy with taking it.
    var costNanoseconds: UInt64 = 0
}

/// Where a load client's loop leaves its newest snapshot for whoever serves it.
public final class ClientMetricsBoard: Sendable {
    private struct State {
        var snapshot = ClientMetricsSnapshot()
        var cpuNanoseconds: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How often a snapshot is taken.
    static let intervalNanoseconds: UInt64 = 1_000_000_000

    /// A board of a client that has not begun.
    public init() {}

    /// The newest snapshot.
    var snapshot: ClientMetricsSnapshot { state.withLock { $0.snapshot } }

    /// Replaces the snapshot by one that was begun at `start`, which is completed by what changed since the last.
    func put(_ snapshot: ClientMetricsSnapshot, begunAt start: UInt64) {
        let cpu = UInt64(max(0, clinux_process_cpu_ns(0)))
        state.withLock { state in
            var snapshot = snapshot
            let last = state.snapshot
            if last.takenNanoseconds > 0, start > last.takenNanoseconds {
                let nanoseconds = Double(start - last.takenNanoseconds)
                snapshot.cpuPercent = 100 * Double(cpu &- state.cpuNanoseconds) / nanoseconds
                // Another run's client begins at 0 again.
                let sent = snapshot.orders.sent < last.orders.sent ? 0 : snapshot.orders.sent - last.orders.sent
                snapshot.sentPerSecond = 1e9 * Double(sent) / nanoseconds
            }
            snapshot.takenNanoseconds = start
            snapshot.costNanoseconds = MonotonicClock.now() - start
            state = State(snapshot: snapshot, cpuNanoseconds: cpu)
        }
    }
}

extension ClientLoop {
    /// Takes a snapshot, about once a second and only if somebody serves it.
    func publishMetrics(_ orders: OrderCounts, at now: UInt64) {
        guard let board = settings.metrics, now >= nextMetricsNanoseconds else { return }
        nextMetricsNanoseconds = now + ClientMetricsBoard.intervalNanoseconds
        var snapshot = ClientMetricsSnapshot()
        snapshot.facts = ClientMetricsFacts(settings)
        let end = result.measuredNanoseconds + settings.durationNanoseconds
        snapshot.phase = now < result.measuredNanoseconds ? .warmup : now < end ? .measuring : .draining
        snapshot.orders = orders
        snapshot.waiting = dealers.reduce(0) { $0 + $1.backlog }
        snapshot.acknowledgement.add(result.acknowledgement)
        snapshot.sendDelay.add(result.sendLag)
        board.put(snapshot, begunAt: now)
    }
}

import CLinux
import Cluster
import Measurement
import Synchronization

/// Where a node's loop leaves its newest snapshot for whoever serves it.
final class MetricsBoard: Sendable {
    private let newest = Mutex<MetricsSnapshot?>(nil)

    /// The newest snapshot; nil before the first.
    var snapshot: MetricsSnapshot? { newest.withLock { $0 } }

    /// Replaces the snapshot.
    func put(_ snapshot: MetricsSnapshot) { newest.withLock { $0 = snapshot } }
}

/// The part of the metrics that lives in a node's loop: completes snapshots, and remembers what makes the next one
/// cheap and its counters never shrink.
public struct MetricsPublisher: Sendable {
    private let board: MetricsBoard
    private let facts: MetricsFacts
    private var groups: [UInt32: Group] = [:]
    private var pastClients = BucketCounts(bounds: MetricsSnapshot.delayBounds)
    private var last: (now: UInt64, cpu: UInt64, sentBytes: UInt64)?

    /// The buckets of a latency account, which need not be counted again as long as nothing was added.
    private struct Group: Sendable {
        var lastNanoseconds: UInt64
        var buckets: BucketCounts
    }

    /// How often a snapshot is taken.
    static let intervalNanoseconds: UInt64 = 1_000_000_000

    init(board: MetricsBoard, facts: MetricsFacts) {
        self.board = board
        self.facts = facts
    }

    /// Completes a snapshot that was begun at `now` and puts it up.
    mutating func publish(_ snapshot: MetricsSnapshot, accounts: [LatencyAccount], sendLag: Histogram, at now: UInt64) {
        var snapshot = snapshot
        snapshot.sendDelay.add(sendLag)
        addDelays(of: accounts, to: &snapshot)
        addRates(to: &snapshot, at: now)
        snapshot.takenNanoseconds = now
        snapshot.costNanoseconds = MonotonicClock.now() - now
        board.put(snapshot)
    }

    private mutating func addDelays(of accounts: [LatencyAccount], to snapshot: inout MetricsSnapshot) {
        forgetGroups(except: accounts)
        snapshot.delayOfClients = pastClients
        for account in accounts {
            if groups[account.group]?.lastNanoseconds != account.lastNanoseconds {
                var buckets = BucketCounts(bounds: MetricsSnapshot.delayBounds)
                buckets.add(account.fromDue)
                groups[account.group] = Group(lastNanoseconds: account.lastNanoseconds, buckets: buckets)
            }
            guard let buckets = groups[account.group]?.buckets else { continue }
            if account.group == LatencyAccount.nodesGroup {
                snapshot.delayOfNodes.add(buckets)
            } else {
                snapshot.delayOfClients.add(buckets)
            }
        }
    }

    /// A node forgets the clients of long ago; what they were counted with stays, as a counter must not shrink.
    private mutating func forgetGroups(except accounts: [LatencyAccount]) {
        for (number, group) in groups where !accounts.contains(where: { $0.group == number }) {
            pastClients.add(group.buckets)
            groups[number] = nil
        }
    }

    private mutating func addRates(to snapshot: inout MetricsSnapshot, at now: UInt64) {
        let cpu = UInt64(max(0, clinux_process_cpu_ns(0)))
        let bytes = facts.sentBytes(snapshot)
        let sentBytes = bytes.own &+ bytes.clients
        if let last, now > last.now {
            let nanoseconds = Double(now - last.now)
            snapshot.cpuPercent = 100 * Double(cpu &- last.cpu) / nanoseconds
            snapshot.broadcastBytesPerSecond = 1e9 * Double(sentBytes &- last.sentBytes) / nanoseconds
        }
        last = (now, cpu, sentBytes)
    }
}

extension NodeLoop {
    /// Takes a snapshot: counters and a few sums, no histogram is encoded and no text is made.
    mutating func publishMetrics(at now: UInt64) {
        // The round has been busy since `now`, and not only with this.
        let start = MonotonicClock.now()
        var snapshot = MetricsSnapshot()
        snapshot.status = snapshotStatus(at: start)
        snapshot.isClusterReady = core.isClusterReady
        snapshot.totals = core.dissemination.totals()
        if let progress = core.schedule.exploreProgress(at: start) {
            snapshot.explored = MetricsSnapshot.Explored(progress: progress, bytes: exploredBytes)
        }
        snapshot.leader = core.leader
        if core.role != nil { snapshot.consensus = core.consensusReport }
        snapshot.linkInterruptions = core.linkInterruptions
        snapshot.malformed = malformed
        snapshot.unsendableAnswers = unsendableAnswers
        metrics?.publish(snapshot, accounts: core.dissemination.latencyAccounts, sendLag: sendLag, at: start)
        metricsDueNanoseconds = now + MetricsPublisher.intervalNanoseconds
    }
}

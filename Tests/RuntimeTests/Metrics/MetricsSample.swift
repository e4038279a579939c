import Cluster
import Measurement
import Wire

@testable import Runtime

/// A node with a different number everywhere, so that no two can be mixed up unseen.
enum MetricsSample {
    static var facts: MetricsFacts {
        var facts = MetricsFacts()
        facts.node = 7
        facts.cluster = "blue"
        facts.topology = "file:/a \"b\"\\c"
        facts.messageSizeBytes = 100
        facts.broadcasts = true
        facts.ratePerSecond = 250
        facts.queueLimit = 10_000
        return facts
    }

    static var snapshot: MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        snapshot.status.node = 7
        snapshot.status.nodes = 9
        snapshot.status.nodesReady = 8
        snapshot.status.state = .joining
        snapshot.status.outboundReady = 2
        snapshot.status.outboundExpected = 4
        snapshot.status.inboundReady = 3
        snapshot.status.inboundExpected = 5
        snapshot.status.queued = 6
        snapshot.totals = totals
        snapshot.leader.leader = 1
        snapshot.leader.heartbeats = 301
        snapshot.leader.missed = 302
        snapshot.leader.silences = 303
        snapshot.leader.isSilent = true
        snapshot.linkInterruptions = 304
        snapshot.malformed = [401, 402, 403, 404, 405, 406, 407, 408]
        snapshot.unsendableAnswers = 305
        var delays = Histogram()
        delays.record(-500_000_000)
        delays.record(-1_000_000_000)
        snapshot.delayOfClients.add(delays)
        snapshot.cpuPercent = 12.5
        snapshot.broadcastBytesPerSecond = 25_000
        snapshot.takenNanoseconds = 1_000_000_000
        snapshot.costNanoseconds = 50_000
        return snapshot
    }

    private static var totals: NodeTotals {
        var totals = NodeTotals()
        totals.sent = 101
        totals.refused = 102
        totals.ordersTaken = 103
        totals.ordersRefused = 104
        totals.ordersTakenBytes = 105
        totals.received = 106
        totals.receivedBytes = 107
        totals.delivered = 108
        totals.duplicate = 109
        totals.reordered = 110
        totals.skipped = 111
        totals.late = 112
        totals.stale = 113
        totals.forwarded = 114
        totals.forwardRefused = 115
        totals.unaccounted = 116
        totals.missing = 117
        totals.streams = 118
        return totals
    }

    static var system: SystemSample {
        var system = SystemSample()
        var process = ProcessStatistics(stat: "1 (x) S" + String(repeating: " 0", count: 40), ticksPerSecond: 100)
        process?.cpuNanoseconds = 1_500_000_000
        process?.residentBytes = 201
        process?.virtualBytes = 202
        process?.openFiles = 203
        process?.threads = 204
        system.process = process
        system.processStartSeconds = 205
        system.memoryTotalBytes = 206
        system.memoryAvailableBytes = 207
        system.loopback = SystemSample.NetworkBytes(received: 208, sent: 209)
        system.network = SystemSample.NetworkBytes(received: 210, sent: 211)
        return system
    }

    static var text: String { MetricsPage.text(snapshot, facts, system, ageNanoseconds: 250_000_000) }
}

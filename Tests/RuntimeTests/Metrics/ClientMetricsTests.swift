import Measurement
import Testing

@testable import Runtime

@Suite struct ClientMetricsTests {
    private let second: UInt64 = 1_000_000_000

    /// A client with a different number everywhere.
    private static var snapshot: ClientMetricsSnapshot {
        var snapshot = ClientMetricsSnapshot()
        snapshot.facts = ClientMetricsFacts(nodes: 3, clients: 4, messageSizeBytes: 100, ratePerSecond: 250)
        snapshot.phase = .measuring
        snapshot.orders.sent = 101
        snapshot.orders.acknowledged = 102
        snapshot.orders.rejected = 103
        snapshot.orders.refused = 104
        snapshot.orders.unanswered = 105
        snapshot.orders.overflowed = 106
        snapshot.orders.resent = 107
        snapshot.orders.stray = 108
        snapshot.waiting = 109
        var delays = Histogram()
        delays.record(1_000_000)
        snapshot.acknowledgement.add(delays)
        delays.record(7_000_000_000)
        snapshot.sendDelay.add(delays)
        return snapshot
    }

    private static func text(_ snapshot: ClientMetricsSnapshot = snapshot) -> String {
        ClientMetricsPage.text(snapshot, MetricsSample.system, ageNanoseconds: 250_000_000)
    }

    @Test(arguments: [
        #"zbed_client_phase{phase="waiting"} 0"#, #"zbed_client_phase{phase="measuring"} 1"#,
        "zbed_client_clients 4", "network_connected_peers 3", "broadcast_messages_sent_total 101",
        "broadcast_bytes_sent_total 10100", "broadcast_message_size 100", "broadcast_message_heartbeat_millis 4",
        #"zbed_client_orders_answered_total{answer="acknowledged"} 102"#,
        #"zbed_client_orders_answered_total{answer="rejected"} 103"#,
        #"zbed_client_orders_answered_total{answer="refused"} 104"#,
        "zbed_client_orders_unanswered 105", "zbed_client_orders_overflowed_total 106",
        "zbed_client_orders_resent_total 107", "zbed_client_answers_stray_total 108", "zbed_client_orders_waiting 109",
        #"zbed_client_acknowledgement_delay_seconds_bucket{le="0.0005"} 0"#,
        #"zbed_client_acknowledgement_delay_seconds_bucket{le="0.0025"} 1"#,
        "zbed_client_acknowledgement_delay_seconds_count 1", "broadcast_message_send_delay_seconds_count 2",
        #"broadcast_message_send_delay_seconds_bucket{le="+Inf"} 2"#, "zbed_snapshot_age_seconds 0.25",
        "process_memory_usage_bytes 201", "system_available_memory_bytes 207",
    ])
    func eachNumberStandsUnderItsName(line: String) {
        #expect(Self.text().split(separator: "\n").filter { $0 == line }.count == 1, "\(Self.text())")
    }

    @Test func whatIsNotOneNumberIsNotClaimed() {
        var snapshot = Self.snapshot
        snapshot.facts.messageSizeBytes = nil
        snapshot.facts.ratePerSecond = nil
        snapshot.phase = .waiting
        let text = Self.text(snapshot)
        #expect(!text.contains("broadcast_bytes_sent_total") && !text.contains("broadcast_message_size"))
        #expect(!text.contains("broadcast_message_heartbeat_millis"))
        #expect(text.contains("network_connected_peers 0\n"))
    }

    @Test func theNumberOfSeriesDoesNotGrowWithWhatWasCounted() {
        var empty = ClientMetricsSnapshot()
        empty.facts = Self.snapshot.facts
        #expect(Self.text(empty).split(separator: "\n").count == Self.text().split(separator: "\n").count)
    }

    @Test(.enabled(if: Promtool.path != nil, "promtool is not installed (Debian package prometheus)"))
    func promtoolHasNothingToSay() throws {
        let result = try Promtool.check(Self.text(), with: try #require(Promtool.path))
        #expect(result.code == 0)
        #expect(result.output == "")
    }

    @Test func ratesAreThoseSinceTheSnapshotBefore() {
        let board = ClientMetricsBoard()
        board.put(Self.snapshot, begunAt: second)
        #expect(board.snapshot.sentPerSecond == 0)
        var later = Self.snapshot
        later.orders.sent += 300
        board.put(later, begunAt: 3 * second)
        #expect(board.snapshot.sentPerSecond == 150)
        #expect(Self.text(board.snapshot).contains("broadcast_message_throughput 15000\n"))
        // The client of the next run on the same board.
        board.put(Self.snapshot, begunAt: 4 * second)
        #expect(board.snapshot.sentPerSecond == 0)
    }

    @Test func aClientThatWaitsIsHealthyAndNotReady() {
        let responder = ClientMetricsResponder(board: ClientMetricsBoard(), readSystem: { MetricsSample.system })
        let now = 100 * second
        #expect(responder.answer(method: "GET", path: "/healthz", at: now).status == 200)
        #expect(responder.answer(method: "GET", path: "/readyz", at: now).status == 503)
        let page = responder.answer(method: "GET", path: "/metrics", at: now)
        #expect(page.status == 200 && page.text.contains(#"zbed_client_phase{phase="waiting"} 1"#))
        #expect(responder.answer(method: "GET", path: "/", at: now).status == 404)
        #expect(responder.answer(method: "PUT", path: "/metrics", at: now).status == 405)
    }

    @Test func aClientThatSendsIsReadyUntilItsLoopStandsStill() {
        let board = ClientMetricsBoard()
        board.put(Self.snapshot, begunAt: second)
        let responder = ClientMetricsResponder(board: board, readSystem: { MetricsSample.system })
        let end = second + ClientMetricsResponder.healthyNanoseconds
        #expect(responder.answer(method: "GET", path: "/readyz", at: end).text == "ready: measuring\n")
        #expect(responder.answer(method: "GET", path: "/healthz", at: end).text == "ok\n")
        #expect(responder.answer(method: "GET", path: "/healthz", at: end + 1).status == 503)
        #expect(responder.answer(method: "GET", path: "/readyz", at: end + 1).status == 503)
        #expect(responder.answer(method: "GET", path: "/metrics", at: end + 1).status == 200)
    }
}

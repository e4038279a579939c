import Cluster
import Glibc
import Measurement
import TestSupport
import Testing
import Topology
import ZMQ

@testable import Runtime

/// Real nodes with real links, asked over HTTP.
@Suite struct MetricsNodeTests {
    @Test(.timeLimit(.minutes(2)))
    func aNodeTellsWhatItHasReceivedOnceItsNeighbourIsThere() throws {
        let folder = try TestFolder()
        let graph = try LinkGraph(.line, nodes: 2, seed: 1)
        let ports = try PortPlan.ipc(nodes: 2, directory: folder.path)
        var settings = NodeSettings(id: 1, graph: graph, ports: ports)
        settings.metricPort = 0
        let receiver = try TestNode(settings)
        defer { receiver.stop() }
        let port = try #require(receiver.metrics?.port)

        let alone = try ask(port, "/readyz") { $0.body.hasPrefix("not ready") }
        #expect(alone.status == 503)
        #expect(alone.body.contains("0 of 1 outgoing and 0 of 1 incoming links of node 1 are there"))
        #expect(try HTTPProbe.ask(port, "/healthz").status == 200)

        settings.id = 0
        settings.metricPort = nil
        settings.broadcast.mode = .one
        settings.isLeader = true
        settings.messageSizeBytes = 64
        let sender = try TestNode(settings)
        defer { sender.stop() }
        #expect(sender.metrics == nil)
        let ready = try ask(port, "/readyz") { $0.status == 200 }
        #expect(ready.body.hasPrefix("ready: 1 of 1 outgoing and 1 of 1 incoming links of node 1 are there"))

        let name = #"receive_message_delay_seconds_count{node="1",source="node"}"#
        let page = try ask(port, "/metrics") { value(name, in: $0.body) ?? 0 > 0 }
        let received = try #require(value(#"receive_messages_total{node="1"}"#, in: page.body))
        #expect(value(#"receive_bytes_total{node="1"}"#, in: page.body) == 64 * received)
        #expect(value(#"zbed_messages_delivered_total{node="1"}"#, in: page.body) == received)
        #expect(value(name, in: page.body) == received)
        #expect(value(#"receive_messages_missing_total{node="1"}"#, in: page.body) == 0)
        #expect(value(#"zbed_ready{node="1"}"#, in: page.body) == 1)
        #expect(value(#"zbed_leader_seen{node="1"}"#, in: page.body) == 1)
        #expect(value(#"broadcast_messages_sent_total{node="1",source="node"}"#, in: page.body) == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func aNodeThatExploresTellsItsSettingsAndPhases() throws {
        let folder = try TestFolder()
        let graph = try LinkGraph(.line, nodes: 2, seed: 1)
        var settings = NodeSettings(id: 0, graph: graph, ports: try PortPlan.ipc(nodes: 2, directory: folder.path))
        settings.broadcast.mode = .explore
        let cells = [ExploreCell(sizeBytes: 64, rate: 100), ExploreCell(sizeBytes: 1_000, rate: 50)]
        settings.broadcast.explore = ExplorePlan(
            cells: cells, runNanoseconds: 200_000_000, coolDownNanoseconds: 50_000_000)
        settings.messageSizeBytes = 1_000
        settings.isLeader = true
        settings.metricPort = 0
        let sender = try TestNode(settings)
        defer { sender.stop() }
        settings.id = 1
        settings.isLeader = false
        let receiver = try TestNode(settings)
        defer { receiver.stop() }
        let port = try #require(sender.metrics?.port)
        let done = #"zbed_explore_phase{node="0",phase="done"}"#
        let page = try ask(port, "/metrics") { value(done, in: $0.body) == 1 }
        #expect(value(done, in: page.body) == 1)
        #expect(value(#"broadcast_message_size{node="0"}"#, in: page.body) == 1_000)
        let bytes = try #require(value(#"broadcast_bytes_sent_total{node="0",source="node"}"#, in: page.body))
        // A busy machine sends fewer, never more: 20 of 64 bytes and 10 of 1,000.
        #expect(bytes > 0 && bytes <= 11_280)
        let other = try ask(try #require(receiver.metrics?.port), "/metrics") {
            value(#"receive_bytes_total{node="1"}"#, in: $0.body) == bytes
        }
        #expect(value(#"receive_bytes_total{node="1"}"#, in: other.body) == bytes)
        #expect(!other.body.contains("zbed_explore_phase"))
    }

    /// Asks again until the answer is the one that is waited for; the last one when it never is.
    private func ask(
        _ port: Int, _ path: String, until isExpected: (HTTPProbe.Answer) -> Bool
    ) throws -> HTTPProbe.Answer {
        let deadline = MonotonicClock.now() + 60_000_000_000
        var answer = try HTTPProbe.ask(port, path)
        while !isExpected(answer) && MonotonicClock.now() < deadline { answer = try HTTPProbe.ask(port, path) }
        return answer
    }

    private func value(_ series: String, in page: String) -> Double? {
        page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.utf8.count + 1)) }
    }
}

/// A node's loop on a thread of its own, with its metrics server if it has a port for it.
private final class TestNode {
    let metrics: MetricsServer?
    private let context: Context
    private let thread: TestThread<Void>

    init(_ settings: NodeSettings) throws {
        let context = try Context()
        let log = Log(level: .none)
        metrics = try MetricsServer.start(for: settings, log: log)
        self.context = context
        let publisher = metrics?.publisher
        thread = TestThread {
            do throws(ZMQError) {
                var loop = try NodeLoop(settings: settings, context: context, log: log, metrics: publisher)
                try loop.run()
            } catch {
                // The end of the context is how the test ends a node.
                guard error == .terminated else { throw error }
            }
        }
    }

    func stop() {
        context.shutdown()
        #expect(throws: Never.self) { try thread.join() }
        metrics?.stop()
    }
}

import Testing
import Wire

@testable import Runtime

@Suite struct MetricsResponderTests {
    private let board = MetricsBoard()
    private var responder: MetricsResponder {
        MetricsResponder(facts: MetricsSample.facts, board: board, readSystem: { MetricsSample.system })
    }
    private let second: UInt64 = 1_000_000_000

    private func status(_ path: String, method: String = "GET", at now: UInt64) -> UInt32 {
        responder.answer(method: method, path: path, at: now).status
    }

    @Test(arguments: ["/metrics", "/healthz", "/readyz"])
    func beforeTheFirstSnapshotNothingIsThere(path: String) {
        #expect(status(path, at: second) == 503)
    }

    @Test func metricsAreTheNewestSnapshotAsPrometheusText() {
        board.put(MetricsSample.snapshot)
        let answer = responder.answer(method: "GET", path: "/metrics", at: 1_250_000_000)
        #expect(answer.status == 200)
        #expect(answer.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text == MetricsSample.text)
    }

    @Test func aLoopIsHealthyForFiveSecondsAfterItsSnapshot() {
        board.put(MetricsSample.snapshot)
        #expect(status("/healthz", at: 6 * second) == 200)
        #expect(responder.answer(method: "GET", path: "/healthz", at: 6 * second).text == "ok\n")
        #expect(status("/healthz", at: 6 * second + 1) == 503)
        // A clock that is read on another CPU may be a little behind the loop's.
        #expect(status("/healthz", at: second - 1) == 200)
    }

    @Test func numbersAreServedHoweverOldTheyAre() {
        board.put(MetricsSample.snapshot)
        #expect(status("/metrics", at: 100 * second) == 200)
    }

    @Test func aNodeIsReadyWhenEveryLinkOfTheClusterWasThere() {
        var snapshot = MetricsSample.snapshot
        board.put(snapshot)
        let before = responder.answer(method: "GET", path: "/readyz", at: second)
        #expect(before.status == 503)
        #expect(
            before.text == "not ready: 2 of 4 outgoing and 3 of 5 incoming links of node 7 are there; "
                + "8 of 9 nodes have all theirs\n")
        snapshot.isClusterReady = true
        snapshot.status.state = .running
        board.put(snapshot)
        let after = responder.answer(method: "GET", path: "/readyz", at: second)
        #expect(after.status == 200)
        #expect(after.text.hasPrefix("ready: 2 of 4 outgoing"))
    }

    @Test func aNodeThatIsStuckOrStoppingIsNotReady() {
        var snapshot = MetricsSample.snapshot
        snapshot.isClusterReady = true
        snapshot.status.state = .running
        board.put(snapshot)
        #expect(status("/readyz", at: 10 * second) == 503)
        snapshot.status.state = .stopping
        board.put(snapshot)
        #expect(status("/readyz", at: second) == 503)
    }

    @Test(arguments: ["/", "", "/metrics/", "/metricsx", "/../metrics", "/METRICS"])
    func otherPathsAreNotThere(path: String) {
        board.put(MetricsSample.snapshot)
        #expect(status(path, at: second) == 404)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "get", ""])
    func onlyGetAndHeadAreTaken(method: String) {
        board.put(MetricsSample.snapshot)
        let answer = responder.answer(method: method, path: "/metrics", at: second)
        #expect(answer.status == 405)
        #expect(answer.allow == "GET, HEAD")
        #expect(status("/metrics", method: "HEAD", at: second) == 200)
    }
}

@Suite struct SystemSampleTests {
    @Test func interfacesAreAddedUpAndLoopbackIsKeptApart() {
        var sample = SystemSample()
        sample.addNetwork(
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo
                lo:  11       1    0    0    0     0          0         0       12       1    0    0    0     0
              eth0: 100       1    0    0    0     0          0         0       30       1    0    0    0     0
              eth1:1000       1    0    0    0     0          0         0      500       1    0    0    0     0
              odd0: nothing
            """)
        #expect(sample.loopback == SystemSample.NetworkBytes(received: 11, sent: 12))
        #expect(sample.network == SystemSample.NetworkBytes(received: 1_100, sent: 530))
    }

    @Test func thisProcessAndMachineCanBeRead() {
        let sample = SystemSample.read()
        #expect((sample.process?.residentBytes ?? 0) > 1 << 20)
        #expect(sample.memoryTotalBytes >= sample.memoryAvailableBytes)
        #expect(sample.memoryTotalBytes > 0)
        let now = Double(WallClock.now()) / 1e9
        #expect(sample.processStartSeconds > now - 86_400 && sample.processStartSeconds <= now)
    }
}

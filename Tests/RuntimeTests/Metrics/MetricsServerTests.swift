import CMicroHTTPD
import Testing

@testable import Runtime

@Suite struct MetricsServerTests {
    private func server(limits: cmicrohttpd_limits = HTTPServer.standardLimits) throws -> MetricsServer {
        let server = try MetricsServer(address: "127.0.0.1", port: 0, facts: MetricsSample.facts, limits: limits)
        var snapshot = MetricsSample.snapshot
        snapshot.takenNanoseconds = MonotonicClock.now()
        server.board.put(snapshot)
        return server
    }

    @Test func getAnswersWithTheText() throws {
        let server = try server()
        defer { server.stop() }
        let answer = try HTTPProbe.ask(server.port, "/metrics")
        #expect(answer.status == 200)
        #expect(answer.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
        #expect(answer.head.contains("Content-Length: \(answer.body.utf8.count)"))
        #expect(answer.body.contains(#"receive_messages_total{node="7"} 106"#))
        #expect(answer.body.hasSuffix("\n"))
    }

    @Test func headAnswersWithoutTheText() throws {
        let server = try server()
        defer { server.stop() }
        let answer = try HTTPProbe.ask(server.port, "/healthz", method: "HEAD")
        #expect(answer.status == 200)
        #expect(answer.head.contains("Content-Length: 3"))
        #expect(answer.body == "")
    }

    @Test(arguments: [("/healthz", "GET", 200), ("/readyz", "GET", 503), ("/no", "GET", 404), ("/metrics", "PUT", 405)])
    func theStatusIsTheResponders(path: String, method: String, status: Int) throws {
        let server = try server()
        defer { server.stop() }
        #expect(try HTTPProbe.ask(server.port, path, method: method).status == status)
    }

    @Test func aMethodThatIsNotTakenSaysWhichAre() throws {
        let server = try server()
        defer { server.stop() }
        let probe = try HTTPProbe(port: server.port)
        probe.send("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nonly the beginning")
        let answer = try probe.readToEnd()
        #expect(answer.status == 405)
        #expect(answer.head.contains("Allow: GET, HEAD"))
    }

    @Test(arguments: [
        "\u{1}\u{2}\u{3}\r\n\r\n", "GET\r\n\r\n", "GET /metrics HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "GET /" + String(repeating: "x", count: 1 << 17) + " HTTP/1.1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y", count: 1 << 17) + "\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
    func aBadRequestIsNotServedAndDoesNoHarm(request: String) throws {
        var limits = HTTPServer.standardLimits
        limits.silence_seconds = 1
        let server = try server(limits: limits)
        defer { server.stop() }
        let probe = try HTTPProbe(port: server.port)
        probe.send(request)
        #expect(try probe.readToEnd().status != 200)
        #expect(try HTTPProbe.ask(server.port, "/metrics").status == 200)
    }

    @Test func aSlowClientIsDroppedAndHoldsNobodyUp() throws {
        var limits = HTTPServer.standardLimits
        limits.silence_seconds = 1
        let server = try server(limits: limits)
        defer { server.stop() }
        let slow = try HTTPProbe(port: server.port)
        slow.send("GET /metr")
        #expect(try HTTPProbe.ask(server.port, "/metrics").status == 200)
        #expect(try slow.readToEnd().status != 200)
    }

    @Test func oneAddressGetsOnlyItsShareOfConnections() throws {
        var limits = HTTPServer.standardLimits
        limits.connections_per_address = 2
        let server = try server(limits: limits)
        defer { server.stop() }
        var idle = [try HTTPProbe(port: server.port), try HTTPProbe(port: server.port)]
        #expect(try HTTPProbe.ask(server.port, "/metrics").status == nil)
        idle.removeAll()
        // The server learns of closed connections one after the other.
        let deadline = MonotonicClock.now() + 20_000_000_000
        var status: Int?
        while status != 200 && MonotonicClock.now() < deadline {
            status = try HTTPProbe.ask(server.port, "/metrics").status
        }
        #expect(status == 200)
    }

    @Test func aPortThatIsTakenIsNamed() throws {
        let server = try server()
        defer { server.stop() }
        let failure = #expect(throws: Failure.self) {
            try MetricsServer(address: "127.0.0.1", port: server.port, facts: MetricsSample.facts)
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.description.hasPrefix("metrics port \(server.port) on 127.0.0.1 is taken") == true)
    }

    @Test(arguments: ["192.0.2.1", "no-such-interface", "", "localhost:80", String(repeating: "1", count: 1_000)])
    func anAddressThatIsNotThisHostsIsNamed(address: String) throws {
        let failure = #expect(throws: Failure.self) {
            try MetricsServer(address: address, port: 0, facts: MetricsSample.facts)
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.description.contains("this host has no such address") == true)
    }

    @Test(arguments: ["*", "0.0.0.0", "lo"])
    func addressesAreWrittenAsForZeroMQ(address: String) throws {
        let server = try MetricsServer(address: address, port: 0, facts: MetricsSample.facts)
        defer { server.stop() }
        #expect(try HTTPProbe.ask(server.port, "/healthz").status == 503)
    }

    @Test func aStoppedServerGivesItsPortBack() throws {
        let first = try server()
        first.stop()
        first.stop()
        let second = try MetricsServer(address: "127.0.0.1", port: first.port, facts: MetricsSample.facts)
        defer { second.stop() }
        #expect(second.port == first.port)
    }
}

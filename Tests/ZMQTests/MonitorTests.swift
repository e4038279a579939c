import Testing
import ZMQ

@Suite struct MonitorTests {
    @Test func tellsTheLifeOfAConnection() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let push = try Socket(.push, in: context)
        let accepting = try Monitor(of: pull)
        let connecting = try Monitor(of: push)
        let endpoint = try pull.bindAnywhere()
        try push.connect(endpoint)
        #expect(try accepting.await(.listening).endpoint == endpoint)
        let accepted = try accepting.await(.accepted)
        try accepting.await(.handshakeSucceeded)
        try connecting.await(.connected)
        try connecting.await(.handshakeSucceeded)
        try push.close()
        // The descriptor is what ties the two events together.
        #expect(try accepting.await(.disconnected).value == accepted.value)
    }

    @Test func observesOnlyTheKindsAskedFor() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let push = try Socket(.push, in: context)
        let monitor = try Monitor(of: pull, events: [.handshakeSucceeded])
        try push.connect(try pull.bindAnywhere())
        try monitor.setReceiveTimeout(milliseconds: Patience.milliseconds)
        #expect(try monitor.next(wait: true)?.kind == .handshakeSucceeded)
    }

    @Test(arguments: [true, false])
    func socketAndMonitorMayCloseInEitherOrder(monitorFirst: Bool) throws {
        let context = try Context()
        var pull: Socket? = try Socket(.pull, in: context)
        var monitor: Monitor?
        if let socket = pull.take() {
            monitor = try Monitor(of: socket)
            try socket.bind(Endpoint.anyPort)
            if monitorFirst { monitor = nil }
            try socket.close()
        }
        if let monitor { try monitor.await(.monitorStopped) }
        monitor = nil
        // Hangs if a socket of the monitor is left open.
        try context.terminate()
    }

    @Test func aClosedMonitorDoesNotBlockTheIOThread() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let push = try Socket(.push, in: context)
        do { _ = try Monitor(of: pull) }
        try push.connect(try pull.bindAnywhere())
        for number in UInt32(0)..<10 {
            try push.put(encode(number))
            #expect(try pull.await("a message") == encode(number))
        }
    }

    @Test func anUnreadMonitorDoesNotBlockTheIOThread() throws {
        let context = try Context()
        // Many refused connections, each retried every millisecond: a flood of events.
        let restless = try Socket(.push, in: context)
        let monitor = try Monitor(of: restless)
        try restless.setReconnectInterval(milliseconds: 1)
        for _ in 0..<20 { try restless.connect(Endpoint.ipc()) }
        let pull = try Socket(.pull, in: context)
        let push = try Socket(.push, in: context)
        try push.connect(try pull.bindAnywhere())
        var unread = 0
        // With libzmq's own queues 2,000 unread events stop every connection of the context.
        for milliseconds in [300, 900, 2700] where unread <= 2000 {
            let end = ContinuousClock.now + .milliseconds(milliseconds)
            while ContinuousClock.now < end {
                try push.put([1])
                #expect(try pull.await("a message beside an unread monitor") == [1])
            }
            unread = 0
            while try monitor.next() != nil { unread += 1 }
        }
        #expect(unread > 2000, "too few events for the test to mean anything")
    }

    @Test func aReplacedMonitorDoesNotStopItsSuccessor() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        var first: Monitor? = try Monitor(of: pull)
        let second = try Monitor(of: pull)
        if let first = first.take() { try first.await(.monitorStopped) }
        try pull.bind(Endpoint.anyPort)
        try second.await(.listening)
    }

    @Test func aPollerWatchesAMonitor() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let monitor = try Monitor(of: pull)
        var poller = Poller()
        let slot = try poller.add(monitor)
        #expect(try monitor.next() == nil)
        try pull.bind(Endpoint.anyPort)
        #expect(try poller.wait(timeoutNanoseconds: Patience.nanoseconds) == 1)
        #expect(poller.isReady(slot) == true)
        #expect(try monitor.next()?.kind == .listening)
    }

    @Test func eventsReadAsText() {
        let event = MonitorEvent(kind: .disconnected, value: 27, endpoint: "tcp://127.0.0.1:5000")
        #expect(event.description == "disconnected tcp://127.0.0.1:5000 (27)")
        #expect(MonitorEvent.Kind([.connected, .accepted]).description == "connected+accepted")
    }
}

@Suite struct HeartbeatTests {
    @Test func aSilentPeerIsDisconnected() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.setHeartbeatInterval(milliseconds: 50)
        try router.setHeartbeatTimeout(milliseconds: 100)
        let monitor = try Monitor(of: router)
        // A peer that speaks the handshake by hand and then never answers a heartbeat.
        let peer = try Socket(.stream, in: context)
        try peer.connect(try router.bindAnywhere())
        let id = try peer.awaitParts("the connection")[0]
        let filler = [UInt8](repeating: 0, count: 8)
        let signature: [UInt8] = [0xFF] + filler + [0x7F]
        let mechanism = Array("NULL".utf8) + [UInt8](repeating: 0, count: 16)
        let greeting = signature + [3, 0] + mechanism + [UInt8](repeating: 0, count: 32)
        let property = [11] + Array("Socket-Type".utf8) + [0, 0, 0, 6] + Array("DEALER".utf8)
        let ready = [5] + Array("READY".utf8) + property
        try peer.send(parts: [id, greeting + [4, UInt8(ready.count)] + ready], wait: true)
        try monitor.await(.handshakeSucceeded)
        try monitor.await(.disconnected)
    }
}

import Glibc
import TestSupport
import Testing
import ZMQ

@Suite struct ContextTests {
    @Test func terminatingAgainDoesNothing() throws {
        let context = try Context()
        try context.terminate()
        try context.terminate()
        context.shutdown()
    }

    @Test(arguments: [true, false])
    func noSocketOpensAfterTheEnd(terminated: Bool) throws {
        let context = try Context()
        if terminated { try context.terminate() } else { context.shutdown() }
        let error = #expect(throws: ZMQError.self) { _ = try Socket(.pub, in: context) }
        #expect(error == .terminated)
        #expect(error?.operation == "make a PUB socket")
    }

    @Test func shutdownWakesABlockedReceiver() throws {
        let context = try Context()
        let endpoint = Endpoint.inproc()
        let gate = try Socket(.pair, in: context)
        try gate.bind(endpoint)
        let worker = TestThread {
            let socket = try Socket(.pair, in: context)
            try socket.connect(endpoint)
            try socket.put([1])
            _ = try socket.receiveBytes(wait: true)
        }
        _ = try gate.await("the worker's start")
        context.shutdown()
        #expect(throws: ZMQError.terminated) { try worker.join() }
        #expect(throws: ZMQError.terminated) { try gate.receiveBytes() }
    }

    @Test func shutdownFromManyThreadsRacesWithTerminateSafely() throws {
        let context = try Context()
        let workers = (0..<4).map { _ in TestThread { for _ in 0..<200 { context.shutdown() } } }
        try context.terminate()
        for worker in workers { try worker.join() }
    }

    @Test func aSocketKeepsItsContextAlive() throws {
        func makeSocket() throws -> Socket { try Socket(.pull, in: Context()) }
        let socket = try makeSocket()
        #expect(try socket.receiveBytes() == nil)
        try socket.bind(Endpoint.anyPort)
        try socket.close()
    }

    @Test func socketsAreLimited() throws {
        let context = try Context(ioThreads: 0, maxSockets: 2)
        let first = try Socket(.pair, in: context)
        let second = try Socket(.pair, in: context)
        #expect(throws: ZMQError.tooManySockets) { _ = try Socket(.pair, in: context) }
        try second.close()
        try first.close()
        try context.terminate()
    }

    @Test(arguments: [(-1, 10), (65, 10), (1, 0), (1, 65_536)])
    func limitsAreChecked(ioThreads: Int, maxSockets: Int) {
        #expect(throws: ZMQError.invalidArgument) { try Context(ioThreads: ioThreads, maxSockets: maxSockets) }
    }

    @Test func inprocNeedsNoIOThread() throws {
        let context = try Context(ioThreads: 0)
        let left = try Socket(.pair, in: context)
        let right = try Socket(.pair, in: context)
        let endpoint = Endpoint.inproc()
        try left.bind(endpoint)
        try right.connect(endpoint)
        try right.put([7])
        #expect(try left.await("a message") == [7])
    }
}

@Suite struct LingerTests {
    @Test func unlimitedLingerKeepsWhatWasSent() throws {
        let endpoint = Endpoint.ipc()
        defer { Endpoint.remove(endpoint) }
        let sender = try sendAndClose(to: endpoint, lingerMilliseconds: -1)
        // Terminating waits for the receiver, which does not exist yet.
        let terminating = TestThread { try sender.terminate() }
        let context = try Context()
        let receiver = try Socket(.pull, in: context)
        try receiver.bind(endpoint)
        for number in UInt32(0)..<100 { #expect(decode(try receiver.await("message \(number)")) == number) }
        try terminating.join()
    }

    @Test func zeroLingerLosesWhatWasSent() throws {
        let endpoint = Endpoint.ipc()
        defer { Endpoint.remove(endpoint) }
        try sendAndClose(to: endpoint, lingerMilliseconds: 0).terminate()
        let context = try Context()
        let receiver = try Socket(.pull, in: context)
        try receiver.bind(endpoint)
        #expect(try receiver.staysSilent())
    }

    @Test func theDefaultLingerEnds() throws {
        // Would hang for ever with libzmq's own default.
        try sendAndClose(to: Endpoint.ipc(), lingerMilliseconds: nil).terminate()
    }

    @Test func exitWithoutTerminateLosesWhatWasSent() async throws {
        let count = 20_000
        let context = try Context()
        let receiver = try Socket(.pull, in: context)
        let monitor = try Monitor(of: receiver)
        let endpoint = Endpoint.ipc()
        defer { Endpoint.remove(endpoint) }
        try receiver.bind(endpoint)
        await #expect(processExitsWith: .success) { [endpoint = endpoint as String, count = count as Int] in
            let sender = try Socket(.push, in: Context())
            try sender.setSendHighWaterMark(0)
            try sender.connect(endpoint)
            for _ in 0..<count { try sender.put([UInt8](repeating: 0, count: 1000)) }
            // The context would be terminated, and the messages kept, if the scope ended.
            exit(0)
        }
        // A receiver with a full queue leaves its connection unread, so the end shows only while draining.
        try receiver.setReceiveTimeout(milliseconds: Patience.absenceMilliseconds)
        var received = 0
        var isOver = false
        for _ in 0..<(count + 100) {
            while let event = try monitor.next() { isOver = isOver || event.kind == .disconnected }
            if try receiver.receiveBytes(wait: true) != nil { received += 1 } else if isOver { break }
        }
        #expect(isOver)
        #expect(received < count, "every send returned success")
    }

    private func sendAndClose(to endpoint: String, lingerMilliseconds: Int?) throws -> Context {
        let context = try Context()
        let sender = try Socket(.push, in: context)
        if let lingerMilliseconds { try sender.setLinger(milliseconds: lingerMilliseconds) }
        try sender.connect(endpoint)
        for number in UInt32(0)..<100 { try sender.put(encode(number)) }
        try sender.close()
        return context
    }
}

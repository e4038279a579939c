import Testing
import ZMQ

@Suite struct RouterTests {
    @Test func aRouterAddressesItsPeersByName() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        let endpoint = Endpoint.inproc()
        try router.bind(endpoint)
        let first = try dealer("first", in: context)
        let second = try dealer("second", in: context)
        try first.connect(endpoint)
        try second.connect(endpoint)
        try second.put([2])
        #expect(try router.awaitParts("a request") == [Array("second".utf8), [2]])
        try router.send(parts: [Array("first".utf8), [1]])
        #expect(try first.await("the answer") == [1])
        #expect(try second.drain() == 0)
    }

    @Test func aMandatoryRouterNamesThePeerItDoesNotKnow() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.bind(Endpoint.inproc())
        #expect(try router.send(parts: [[9], [1]]) == .sent, "without the option the message is dropped silently")
        try router.setRouterMandatory(true)
        var name = try Message(bytes: [9])
        #expect(try router.send(&name, more: true) == .unreachable)
        #expect(name.copyBytes() == [9])
    }

    @Test(arguments: [true, false])
    func onlyAMandatoryRouterAccountsForAFullPeer(mandatory: Bool) throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.setRouterMandatory(mandatory)
        try router.setSendHighWaterMark(10)
        let endpoint = Endpoint.inproc()
        try router.bind(endpoint)
        let peer = try dealer("peer", in: context)
        try peer.setReceiveHighWaterMark(10)
        try peer.connect(endpoint)
        try peer.put([1])
        _ = try router.awaitParts("the peer's hello")
        var accepted = 0
        for _ in 0..<100 where try router.send(parts: [Array("peer".utf8), [1]]) == .sent { accepted += 1 }
        #expect(accepted == (mandatory ? 20 : 100))
        #expect(try peer.drain() == 20)
    }

    @Test func theSecondPeerOfANameIsSilentlyNotHeard() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        let endpoint = try router.bindAnywhere()
        let first = try dealer("X", in: context)
        let second = try dealer("X", in: context)
        try first.connect(endpoint)
        try first.put([1])
        #expect(try router.awaitParts("the first") == [Array("X".utf8), [1]])
        let monitor = try Monitor(of: second)
        try second.connect(endpoint)
        try monitor.await(.handshakeSucceeded)
        try second.put([2])
        #expect(try router.staysSilent())
        try first.put([3])
        #expect(try router.awaitParts("the first again") == [Array("X".utf8), [3]])
        #expect(try monitor.next() == nil, "nobody tells the second")
    }

    @Test func handoverGivesTheNameToTheNewest() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.setRouterHandover(true)
        let endpoint = try router.bindAnywhere()
        let first = try dealer("X", in: context)
        let second = try dealer("X", in: context)
        try first.connect(endpoint)
        try first.put([1])
        _ = try router.awaitParts("the first")
        try second.connect(endpoint)
        try second.put([2])
        #expect(try router.awaitParts("the second") == [Array("X".utf8), [2]])
        try router.send(parts: [Array("X".utf8), [9]])
        #expect(try second.await("the answer") == [9])
        #expect(try first.drain() == 0)
    }

    @Test func aProbeAnnouncesThePeerWithAnEmptyMessage() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        let peer = try dealer("peer", in: context)
        try peer.setProbeRouter(true)
        try peer.connect(try router.bindAnywhere())
        #expect(try router.awaitParts("the probe") == [Array("peer".utf8), []])
    }

    private func dealer(_ name: String, in context: Context) throws -> Socket {
        let socket = try Socket(.dealer, in: context)
        try socket.setRoutingID(Array(name.utf8))
        try socket.setLinger(milliseconds: 0)
        return socket
    }
}

@Suite struct PipelineTests {
    @Test(arguments: [SocketKind.push, .dealer])
    func senderServesItsPeersInTurn(kind: SocketKind) throws {
        let context = try Context()
        let sender = try Socket(kind, in: context)
        let receiving: SocketKind = kind == .push ? .pull : .dealer
        func receiver() throws -> Socket {
            let socket = try Socket(receiving, in: context)
            let endpoint = Endpoint.inproc()
            try socket.bind(endpoint)
            try sender.connect(endpoint)
            return socket
        }
        let first = try receiver()
        let second = try receiver()
        let third = try receiver()
        for number in UInt32(0)..<9 { try sender.put(encode(number)) }
        for (index, numbers) in [[0, 3, 6], [1, 4, 7], [2, 5, 8]].enumerated() {
            for number in numbers {
                let bytes =
                    switch index {
                    case 0: try first.await("its share")
                    case 1: try second.await("its share")
                    default: try third.await("its share")
                    }
                #expect(decode(bytes) == UInt32(number))
            }
        }
    }

    @Test func aReceiverHearsAllItsSenders() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let first = try Socket(.push, in: context)
        let second = try Socket(.push, in: context)
        let endpoint = Endpoint.inproc()
        try pull.bind(endpoint)
        try first.connect(endpoint)
        try second.connect(endpoint)
        for _ in 0..<5 {
            try first.put([1])
            try second.put([2])
        }
        var shares: [UInt8: Int] = [:]
        for _ in 0..<10 { shares[try pull.await("a message")[0], default: 0] += 1 }
        #expect(shares == [1: 5, 2: 5])
    }

    @Test(arguments: [true, false])
    func immediateQueuesForCompleteConnectionsOnly(immediate: Bool) throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        try push.setLinger(milliseconds: 0)
        try push.setImmediate(immediate)
        try push.connect(Endpoint.ipc())
        #expect(try push.send(bytes: [1]) == (immediate ? .wouldBlock : .sent))
    }
}

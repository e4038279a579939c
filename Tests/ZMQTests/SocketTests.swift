import Testing
import ZMQ

@Suite struct SocketTests {
    @Test(arguments: SocketKind.allCases)
    func everyKindOpensAndCloses(kind: SocketKind) throws {
        let context = try Context()
        let socket = try Socket(kind, in: context)
        #expect(socket.kind == kind)
        try socket.close()
        try context.terminate()
    }

    @Test(arguments: ["tcp://127.0.0.1:*", "ipc://*"])
    func lastEndpointTellsWhatTheWildcardBecame(wildcard: String) throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let push = try Socket(.push, in: context)
        try pull.bind(wildcard)
        let endpoint = try pull.lastEndpoint
        #expect(!endpoint.contains("*") && !endpoint.contains("\0"))
        try push.connect(endpoint)
        try push.put([1])
        #expect(try pull.await("a message") == [1])
    }

    @Test func anUnboundEndpointCanBeBoundAgain() throws {
        let context = try Context()
        let socket = try Socket(.pull, in: context)
        let endpoint = Endpoint.inproc()
        try socket.bind(endpoint)
        try socket.unbind(endpoint)
        let other = try Socket(.pull, in: context)
        try other.bind(endpoint)
    }

    @Test func connectingBeforeBindingIsFine() throws {
        for endpoint in [Endpoint.inproc(), Endpoint.ipc()] {
            defer { Endpoint.remove(endpoint) }
            let context = try Context()
            let push = try Socket(.push, in: context)
            let pull = try Socket(.pull, in: context)
            try push.setReconnectInterval(milliseconds: 10)
            try push.connect(endpoint)
            try push.put([5])
            try pull.bind(endpoint)
            #expect(try pull.await("what was sent before the bind") == [5])
        }
    }

    @Test func aRefusedMessageKeepsItsContentAndASentOneDoesNot() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        var message = try Message(bytes: [1, 2, 3])
        #expect(try push.send(&message) == .wouldBlock)
        #expect(message.copyBytes() == [1, 2, 3])
        let endpoint = Endpoint.inproc()
        try pull.bind(endpoint)
        try push.connect(endpoint)
        #expect(try push.send(&message) == .sent)
        #expect(message.count == 0)
        #expect(try pull.await("the message") == [1, 2, 3])
    }

    @Test func timeoutsEndWaiting() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        try push.setSendTimeout(milliseconds: 1)
        try pull.setReceiveTimeout(milliseconds: 1)
        #expect(try push.send(bytes: [1], wait: true) == .wouldBlock)
        #expect(try pull.receiveBytes(wait: true) == nil)
    }

    @Test func messagesOfSeveralPartsArriveWhole() throws {
        let context = try Context()
        let left = try Socket(.pair, in: context)
        let right = try Socket(.pair, in: context)
        let endpoint = Endpoint.inproc()
        try left.bind(endpoint)
        try right.connect(endpoint)
        try left.send(parts: [[1], [], [2, 3]])
        #expect(try right.receiveMultipart() == [[1], [], [2, 3]])
        #expect(try right.receiveMultipart() == nil)
    }

    @Test func messagesOfTooManyPartsAreReportedAndReadToTheirEnd() throws {
        let context = try Context()
        let left = try Socket(.pair, in: context)
        let right = try Socket(.pair, in: context)
        let endpoint = Endpoint.inproc()
        try left.bind(endpoint)
        try right.connect(endpoint)
        try left.send(parts: [[1], [2], [3]])
        try left.send(parts: [[4]])
        #expect(throws: ZMQError.messageTooLong) { try right.receiveMultipart(maximumParts: 2) }
        #expect(try right.receiveMultipart(maximumParts: 2) == [[4]])
    }

    @Test func misuseIsNamed() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let request = try Socket(.req, in: context)
        #expect(throws: ZMQError.notSupported) { try pull.send(bytes: [1]) }
        #expect(throws: ZMQError.outOfTurn) { try request.receiveBytes() }
    }

    @Test func requestAndReplyAlternate() throws {
        let context = try Context()
        let request = try Socket(.req, in: context)
        let reply = try Socket(.rep, in: context)
        try request.connect(try reply.bindAnywhere())
        for number in UInt32(0)..<3 {
            try request.put(encode(number))
            #expect(try reply.await("a request") == encode(number))
            try reply.put(encode(number + 100))
            #expect(try request.await("a reply") == encode(number + 100))
        }
    }
}

@Suite struct SocketOptionTests {
    typealias Setter = @Sendable (borrowing Socket, Int) throws -> Void

    /// The options with a range: a name, its lowest and highest value, and the setter.
    static let ranges: [(String, Int, Int, Setter)] = [
        ("send high-water mark", 0, 2_147_483_647, { try $0.setSendHighWaterMark($1) }),
        ("receive high-water mark", 0, 2_147_483_647, { try $0.setReceiveHighWaterMark($1) }),
        ("linger", -1, 2_147_483_647, { try $0.setLinger(milliseconds: $1) }),
        ("send timeout", -1, 2_147_483_647, { try $0.setSendTimeout(milliseconds: $1) }),
        ("receive timeout", -1, 2_147_483_647, { try $0.setReceiveTimeout(milliseconds: $1) }),
        ("maximum message size", -1, Int.max, { try $0.setMaximumMessageSize(Int64($1)) }),
        ("reconnect interval", -1, 2_147_483_647, { try $0.setReconnectInterval(milliseconds: $1) }),
        ("maximum reconnect interval", 0, 2_147_483_647, { try $0.setReconnectIntervalMaximum(milliseconds: $1) }),
        ("handshake interval", 0, 2_147_483_647, { try $0.setHandshakeInterval(milliseconds: $1) }),
        ("connect timeout", 0, 2_147_483_647, { try $0.setConnectTimeout(milliseconds: $1) }),
        ("heartbeat interval", 0, 2_147_483_647, { try $0.setHeartbeatInterval(milliseconds: $1) }),
        ("heartbeat timeout", 0, 2_147_483_647, { try $0.setHeartbeatTimeout(milliseconds: $1) }),
        ("heartbeat time to live", 0, 6_553_599, { try $0.setHeartbeatTimeToLive(milliseconds: $1) }),
        ("send buffer", -1, 2_147_483_647, { try $0.setSendBuffer(bytes: $1) }),
        ("receive buffer", -1, 2_147_483_647, { try $0.setReceiveBuffer(bytes: $1) }),
        ("backlog", 0, 2_147_483_647, { try $0.setBacklog($1) }),
        ("TCP retransmit timeout", 0, 2_147_483_647, { try $0.setTCPMaximumRetransmitTimeout(milliseconds: $1) }),
    ]

    @Test(arguments: ranges.indices)
    func limitsAreThoseOfLibzmq(index: Int) throws {
        let (name, lowest, highest, set) = Self.ranges[index]
        let context = try Context()
        let socket = try Socket(.dealer, in: context)
        // Within the limits libzmq must agree, so a limit drawn too wide fails here.
        try set(socket, lowest)
        try set(socket, highest)
        let error = #expect(throws: ZMQError.self) { try set(socket, lowest - 1) }
        #expect(error == .invalidArgument)
        #expect(error?.description.contains(name) == true)
        #expect(error?.expectation == "expected \(lowest) to \(highest)")
        if highest < Int.max { #expect(throws: ZMQError.invalidArgument) { try set(socket, highest + 1) } }
    }

    @Test func switchesAreAcceptedByTheirKinds() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.setRouterMandatory(true)
        try router.setRouterHandover(true)
        try router.setProbeRouter(true)
        try router.setImmediate(true)
        try router.setIPv6(true)
        for value in [true, false, nil] { try router.setTCPKeepalive(value) }
        try router.setTCPKeepalive(idleSeconds: 5, intervalSeconds: 2, probes: 3)
        #expect(throws: ZMQError.self) {
            try router.setTCPKeepalive(idleSeconds: 0, intervalSeconds: 2, probes: 3)
        }
        let xpub = try Socket(.xpub, in: context)
        try xpub.setXPubNoDrop(true)
        try xpub.setXPubVerbose(true)
        try xpub.setXPubVerboser(true)
        try xpub.setInvertMatching(true)
        let pub = try Socket(.pub, in: context)
        try pub.setXPubNoDrop(true)
        try pub.setConflate(true)
    }

    @Test func switchesOfOtherKindsAreRefusedByName() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        let error = #expect(throws: ZMQError.self) { try pull.setRouterMandatory(true) }
        #expect(error?.description == "set router mandatory of a PULL: Invalid argument (only for ROUTER)")
        #expect(throws: ZMQError.invalidArgument) { try pull.setXPubNoDrop(true) }
        #expect(throws: ZMQError.invalidArgument) { try pull.setXPubVerboser(true) }
        #expect(throws: ZMQError.invalidArgument) { try pull.setProbeRouter(true) }
        #expect(throws: ZMQError.invalidArgument) { try pull.subscribe([]) }
        let router = try Socket(.router, in: context)
        #expect(throws: ZMQError.invalidArgument) { try router.setConflate(true) }
    }

    @Test func routingIDsAreOneTo255BytesAndDoNotStartWithZero() throws {
        let context = try Context()
        let socket = try Socket(.dealer, in: context)
        try socket.setRoutingID([1])
        try socket.setRoutingID([UInt8](repeating: 65, count: 255))
        #expect(throws: ZMQError.invalidArgument) { try socket.setRoutingID([]) }
        #expect(throws: ZMQError.invalidArgument) { try socket.setRoutingID([UInt8](repeating: 65, count: 256)) }
        #expect(throws: ZMQError.invalidArgument) { try socket.setRoutingID([0, 1]) }
    }
}

import Testing
import ZMQ

/// How libzmq publishes, as far as the design rests on it.
@Suite struct PublishSubscribeTests {
    @Test func nothingIsLostAfterTheSubscriptionMessage() throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        let endpoint = try publisher.bindAnywhere()
        for round in 0..<50 {
            let topic = [UInt8(round)]
            let subscriber = try Socket(.sub, in: context)
            try subscriber.subscribe(topic)
            try subscriber.connect(endpoint)
            // Leftovers of the round before are ends of subscriptions.
            while try publisher.await("the subscription of round \(round)") != [1] + topic {}
            for number in UInt32(0)..<100 { try publisher.put(topic + encode(number)) }
            for number in UInt32(0)..<100 {
                #expect(try subscriber.await("message \(number) of round \(round)") == topic + encode(number))
            }
        }
    }

    @Test func aBoundSubscriberSubscribesOnlyWhenItsThreadTouchesIt() throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        let subscriber = try Socket(.sub, in: context)
        let monitor = try Monitor(of: publisher)
        try subscriber.subscribe([7])
        try publisher.connect(try subscriber.bindAnywhere())
        try monitor.await(.handshakeSucceeded)
        #expect(try publisher.staysSilent())
        _ = try subscriber.events
        // The new connection may need one more touch to be seen.
        try publisher.setReceiveTimeout(milliseconds: 10)
        var subscription = try publisher.receiveBytes(wait: true)
        for _ in 0..<500 where subscription == nil {
            _ = try subscriber.events
            subscription = try publisher.receiveBytes(wait: true)
        }
        #expect(subscription == [1, 7])
    }

    enum Verbosity: CaseIterable { case plain, verbose, verboser }

    @Test(arguments: Verbosity.allCases)
    func onlyVerboserCountsSharedTopicsExactly(verbosity: Verbosity) throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        if verbosity == .verbose { try publisher.setXPubVerbose(true) }
        if verbosity == .verboser { try publisher.setXPubVerboser(true) }
        let endpoint = try publisher.bindAnywhere()
        // Each has a topic of its own and one they share, which sorts last.
        func join(_ own: String) throws -> Socket {
            let socket = try Socket(.sub, in: context)
            try socket.subscribe(Array(own.utf8))
            try socket.subscribe(Array("shared".utf8))
            try socket.connect(endpoint)
            return socket
        }
        func next() throws -> String {
            let bytes = try publisher.await("news of subscriptions")
            return (bytes[0] == 1 ? "+" : "-") + String(decoding: bytes.dropFirst(), as: UTF8.self)
        }
        let first = try join("1")
        var news = [try next(), try next()]
        let second = try join("2")
        news += [try next()]
        if verbosity != .plain { news += [try next()] }
        try first.close()
        news += [try next()]
        if verbosity == .verboser { news += [try next()] }
        try second.close()
        news += [try next(), try next()]
        switch verbosity {
        case .plain: #expect(news == ["+1", "+shared", "+2", "-1", "-2", "-shared"])
        case .verbose: #expect(news == ["+1", "+shared", "+2", "+shared", "-1", "-2", "-shared"])
        case .verboser: #expect(news == ["+1", "+shared", "+2", "+shared", "-1", "-shared", "-2", "-shared"])
        }
    }

    @Test func withoutASubscriberMessagesVanishEvenWithNoDrop() throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        try publisher.setXPubNoDrop(true)
        try publisher.setSendHighWaterMark(1)
        try publisher.bind(Endpoint.inproc())
        #expect(try publisher.fill(limit: 1000) == 1000)
    }

    @Test func subscriptionsSelectByPrefix() throws {
        let context = try Context()
        let pair = try Pair(.xpub, .sub, in: context, prefix: Array("ab".utf8))
        for text in ["a", "ab", "abc", "b", ""] { try pair.sender.put(Array(text.utf8)) }
        #expect(try pair.receiver.await("ab") == Array("ab".utf8))
        #expect(try pair.receiver.await("abc") == Array("abc".utf8))
        try pair.receiver.unsubscribe(Array("ab".utf8))
        #expect(try pair.sender.await("the end of the subscription").first == 0)
        try pair.sender.put(Array("ab".utf8))
        #expect(try pair.receiver.drain() == 0)
    }

    @Test func invertedMatchingDeliversWhatDoesNotMatch() throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        let subscriber = try Socket(.sub, in: context)
        try publisher.setInvertMatching(true)
        try subscriber.setInvertMatching(true)
        let endpoint = Endpoint.inproc()
        try publisher.bind(endpoint)
        try subscriber.subscribe([1])
        try subscriber.connect(endpoint)
        _ = try publisher.await("the subscription")
        try publisher.put([1])
        try publisher.put([2])
        #expect(try subscriber.await("what does not match") == [2])
        #expect(try subscriber.drain() == 0)
    }

    @Test func aConflatingReceiverKeepsTheNewestOnly() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        try pull.setConflate(true)
        try push.setConflate(true)
        let endpoint = Endpoint.inproc()
        try pull.bind(endpoint)
        try push.connect(endpoint)
        for number in UInt32(1)...20 { try push.put(encode(number)) }
        #expect(decode(try pull.await("the newest")) == 20)
        #expect(try pull.drain() == 0)
    }
}

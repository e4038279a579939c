import Testing
import ZMQ

@Suite struct MessageTests {
    // libzmq keeps up to 33 bytes inside its structure; a structure that moved would show here, in release builds most
    // of all.
    @Test(arguments: [0, 1, 8, 32, 33, 34, 64, 1000])
    func contentStaysIntactHoweverTheValueMoves(size: Int) throws {
        var damaged = 0
        for round in 0..<50 {
            let fill = UInt8(truncatingIfNeeded: round &+ 1)
            let message = pass(try make(size: size, fill: fill))
            let span = message.bytes
            guard span.byteCount == size else {
                damaged += 1
                continue
            }
            for offset in 0..<size where span.unsafeLoad(fromByteOffset: offset, as: UInt8.self) != fill {
                damaged += 1
                break
            }
        }
        #expect(damaged == 0)
    }

    @Test(arguments: [0, 33, 34, 5000])
    func contentArrivesAsSent(size: Int) throws {
        let context = try Context()
        let left = try Socket(.pair, in: context)
        let right = try Socket(.pair, in: context)
        let endpoint = Endpoint.inproc()
        try left.bind(endpoint)
        try right.connect(endpoint)
        var outgoing = try make(size: size, fill: 0xA5)
        #expect(try left.send(&outgoing) == .sent)
        #expect(outgoing.count == 0)
        var incoming = Message()
        #expect(try right.receive(into: &incoming))
        #expect(incoming.copyBytes() == [UInt8](repeating: 0xA5, count: size))
    }

    @Test(arguments: [10, 1000])
    func aCopyOutlivesTheOriginal(size: Int) throws {
        var copy = Message()
        do {
            let original = try make(size: size, fill: 3)
            try copy.copy(from: original)
            #expect(original.count == size)
        }
        #expect(copy.copyBytes() == [UInt8](repeating: 3, count: size))
    }

    @Test func largeCopiesShareTheirContentAndSmallOnesDoNot() throws {
        func address(_ message: borrowing Message) -> Int {
            message.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
        }
        let large = try make(size: 5000, fill: 1)
        let small = try make(size: 20, fill: 1)
        var copy = Message()
        try copy.copy(from: large)
        #expect(address(copy) == address(large))
        try copy.copy(from: small)
        #expect(address(copy) != address(small))
    }

    @Test func movingEmptiesTheSource() throws {
        var from = try make(size: 100, fill: 9)
        var to = try make(size: 5, fill: 1)
        to.move(from: &from)
        #expect(from.count == 0)
        #expect(to.copyBytes() == [UInt8](repeating: 9, count: 100))
    }

    @Test func resizingReplacesTheContent() throws {
        var message = try make(size: 10, fill: 1)
        for size in [100, 0, 33, 34] {
            try message.resize(discardingTo: size)
            #expect(message.count == size)
            #expect(message.bytes.byteCount == size)
        }
    }

    @Test func impossibleSizesAreRefused() throws {
        #expect(throws: ZMQError.invalidArgument) { _ = try Message(size: -1) }
        #expect(throws: ZMQError.outOfMemory) { _ = try Message(size: Int.max) }
        var message = try make(size: 10, fill: 1)
        // Not in a closure: it could not borrow the message for writing.
        do throws(ZMQError) {
            try message.resize(discardingTo: Int.max)
            Issue.record("a message of Int.max bytes was made")
        } catch {
            #expect(error == .outOfMemory)
        }
        #expect(message.count == 0)
        try message.resize(discardingTo: 10)
        #expect(message.count == 10)
    }

    @Test func writingThroughTheSpanIsReadBack() throws {
        var message = try Message(size: 4)
        var span = message.mutableBytes
        span.storeBytes(of: 0x0403_0201, as: UInt32.self)
        #expect(message.copyBytes() == [1, 2, 3, 4])
        message.withUnsafeMutableBytes { $0[0] = 9 }
        #expect(message.copyBytes() == [9, 2, 3, 4])
    }

    @Test func flagsTellTheLastPart() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        let endpoint = Endpoint.inproc()
        try pull.bind(endpoint)
        try push.connect(endpoint)
        try push.send(parts: [[1], [2]])
        var message = Message()
        #expect(try pull.receive(into: &message))
        #expect(message.hasMore == true)
        #expect(try pull.receivesMore)
        #expect(try pull.receive(into: &message))
        #expect(message.hasMore == false)
        #expect(try !pull.receivesMore)
    }

    @Test func metadataNamesThePeer() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        try push.connect(try pull.bindAnywhere())
        try push.put([1])
        try pull.setReceiveTimeout(milliseconds: Patience.milliseconds)
        var message = Message()
        #expect(try pull.receive(into: &message, wait: true))
        #expect(message.metadata("Peer-Address") == "127.0.0.1")
        #expect(message.metadata("Socket-Type") == "PUSH")
        #expect(message.metadata("Shoe-Size") == nil)
    }

    private func make(size: Int, fill: UInt8) throws -> Message {
        var message = try Message(size: size)
        message.withUnsafeMutableBytes { bytes in for index in bytes.indices { bytes[index] = fill } }
        return message
    }

    @inline(never)
    private func pass(_ message: consuming Message) -> Message { message }
}

import Testing
import ZMQ

@Suite struct ZMQLibraryTests {
    @Test func reportsTheVersionsFoundAtRunTime() {
        // The behaviours pinned in this target were read in the sources of this series.
        #expect(ZMQLibrary.version.hasPrefix("4.3."))
        #expect(ZMQLibrary.czmqVersion?.hasPrefix("4.2.") == true)
    }

    @Test(arguments: [("ipc", true), ("curve", true), ("draft", false), ("telepathy", false)])
    func tellsCapabilities(name: String, expected: Bool) {
        #expect(ZMQLibrary.has(name) == expected)
    }
}

@Suite struct ZMQErrorTests {
    @Test func textNamesOperationEndpointAndReason() throws {
        let context = try Context()
        let first = try Socket(.pull, in: context)
        let endpoint = try first.bindAnywhere()
        let second = try Socket(.pull, in: context)
        let error = #expect(throws: ZMQError.self) { try second.bind(endpoint) }
        #expect(error == .addressInUse)
        #expect(error?.description == "bind \(endpoint): Address already in use")
    }

    @Test func textNamesTheLimit() throws {
        let context = try Context()
        let socket = try Socket(.push, in: context)
        let error = #expect(throws: ZMQError.self) { try socket.setLinger(milliseconds: -2) }
        #expect(error?.description == "set linger to -2: Invalid argument (expected -1 to 2147483647)")
    }

    @Test func equalityAsksForTheCodeAlone() {
        let again = ZMQError(code: ZMQError.again.code, operation: "send", subject: "somewhere")
        #expect(again == .again)
        #expect(again.hashValue == ZMQError.again.hashValue)
        #expect(again != .terminated)
    }

    @Test func libzmqsOwnCodesHaveText() {
        #expect(ZMQError.terminated.description == "Context was terminated")
        #expect(ZMQError.outOfTurn.reason == "Operation cannot be accomplished in current state")
    }

    @Test(arguments: ["carrier-pigeon://home", "tcp://", "nonsense", "inproc://a\0b", "tcp://127.0.0.1:99999"])
    func malformedEndpointsAreRefused(endpoint: String) throws {
        let context = try Context()
        let socket = try Socket(.pull, in: context)
        let error = #expect(throws: ZMQError.self) { try socket.bind(endpoint) }
        #expect(error == .invalidArgument || error == .protocolNotSupported)
        #expect(error?.subject == endpoint)
    }

    @Test func endpointsNeverBoundCannotBeUnbound() throws {
        let context = try Context()
        let socket = try Socket(.pull, in: context)
        #expect(throws: ZMQError.noSuchEndpoint) { try socket.unbind("tcp://127.0.0.1:9") }
        #expect(throws: ZMQError.noSuchEndpoint) { try socket.disconnect("tcp://127.0.0.1:9") }
    }
}

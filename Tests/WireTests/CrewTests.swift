import Testing

@testable import Wire

/// The golden payloads of `docs/protocol.md`, section 16, and what is refused.
@Suite struct CrewTests {
    static let clock = CrewClock(lowestNanoseconds: -2, highestNanoseconds: 3, bootDigest: 4)
    static let registration = CrewRegistration(
        version: "v", cluster: "c", host: "h", pid: 5, number: 1, clock: clock)
    static let share = CrewShare(
        worker: 1, workers: 2, clientsTotal: 8, incarnation: 9, clusterDigest: 10, bootDigest: 11, loadDigest: 12,
        lateNode: 3, nodes: ["e"], arguments: ["-", "é"])

    static let requests: [(CrewRequest, String)] = [
        (.clock, "0020"),
        (
            .register(registration),
            "0021 00000001 76 00000001 63 00000001 68 00000005 0001 FFFFFFFFFFFFFFFE 0000000000000003 0000000000000004"
        ),
        (.ready(clock), "0022 FFFFFFFFFFFFFFFE 0000000000000003 0000000000000004"),
        (
            .progress(CrewProgress(sent: 1, acknowledged: 2, refused: 3, p99Nanoseconds: 4)),
            "0023 0000000000000001 0000000000000002 0000000000000003 0000000000000004"
        ),
        (.result(lateNanoseconds: 6, bytes: [7, 8]), "0024 0000000000000006 00000002 0708"),
        (.failed(code: 69, reason: "x"), "0025 45 00000001 78"),
    ]

    static let responses: [(CrewResponse, String)] = [
        (
            .clock(ClockReading(receivedNanoseconds: 1, answeredNanoseconds: 2)),
            "0020 0000000000000001 0000000000000002"
        ),
        (.refused("x"), "0021 00000001 78"),
        (
            .share(share),
            "0022 0001 0002 00000008 00000009 000000000000000A 000000000000000B 000000000000000C 0003 "
                + "00000001 00000001 65 00000002 00000001 2D 00000002 C3A9"
        ),
        (.start(258), "0023 0000000000000102"),
        (.lost(dead: [2], silent: [3], isMajorityLost: true), "0024 00000001 0002 00000001 0003 01"),
        (.stop(isUrgent: false), "0025 00"), (.taken, "0026"),
    ]

    @Test func requestsHaveTheDocumentedBytesAndComeBack() throws {
        for (request, hex) in Self.requests {
            #expect(request.payload == [UInt8](hex: hex), "\(request)")
            #expect(try CrewRequest(decoding: request.payload) == request)
        }
    }

    @Test func responsesHaveTheDocumentedBytesAndComeBack() throws {
        for (response, hex) in Self.responses {
            #expect(response.payload == [UInt8](hex: hex), "\(response)")
            #expect(try CrewResponse(decoding: response.payload) == response)
        }
    }

    @Test func whatIsCutOffOrTooLongIsRefused() throws {
        for payload in Self.requests.map(\.0.payload) {
            for count in 0..<payload.count {
                #expect(throws: WireError.self) { try CrewRequest(decoding: Array(payload.prefix(count))) }
            }
            #expect(throws: WireError.self) { try CrewRequest(decoding: payload + [0]) }
        }
        for payload in Self.responses.map(\.0.payload) {
            for count in 0..<payload.count {
                #expect(throws: WireError.self) { try CrewResponse(decoding: Array(payload.prefix(count))) }
            }
            #expect(throws: WireError.self) { try CrewResponse(decoding: payload + [0]) }
        }
    }

    @Test func noiseIsRefusedOrComesBackAsItWas() throws {
        var seeded = Seeded(77)
        let samples = Self.requests.map(\.0.payload) + Self.responses.map(\.0.payload)
        for round in 0..<20_000 {
            var bytes = samples[round % samples.count]
            for _ in 0...seeded.next() % 3 {
                let place = Int.random(in: bytes.indices, using: &seeded)
                bytes[place] = UInt8(truncatingIfNeeded: seeded.next())
            }
            // Why it is refused is of no interest here, only that what is taken is what was sent.
            if let request = try? CrewRequest(decoding: bytes) { #expect(request.payload == bytes) }
            if let response = try? CrewResponse(decoding: bytes) { #expect(response.payload == bytes) }
        }
    }

    @Test func aShareOfNothingIsNone() throws {
        var shares = [CrewShare](repeating: Self.share, count: 6)
        shares[0].worker = 2
        shares[1].workers = 17
        shares[2].clientsTotal = 1
        shares[3].incarnation = Header.warmupBit
        shares[4].nodes = []
        shares[5].arguments = [String](repeating: "", count: 257)
        for share in shares {
            #expect(throws: WireError.self) { try CrewResponse(decoding: CrewResponse.share(share).payload) }
        }
    }

    @Test func requestsOfWorkersAreNoneOfNodes() throws {
        for (request, _) in Self.requests {
            #expect(throws: WireError.self) { try ControlRequest(decoding: request.payload) }
        }
        #expect(throws: WireError.self) { try CrewRequest(decoding: ControlRequest.status.payload) }
    }
}

import Testing

@testable import Wire

/// The golden payloads of `docs/protocol.md`, section 15, and what is refused.
@Suite struct MembershipTests {
    @Test func requestsHaveTheDocumentedBytes() {
        let join = JoinRequest(
            purpose: .claim(3), instance: 0x0102_0304_0506_0708, endpoint: "tcp://b:1", nodeCount: 5,
            terms: [Term("a", "b")])
        #expect(
            ControlRequest.join(join).payload
                == [UInt8](
                    hex:
                        "0008 02 0003 0102030405060708 00000009 7463703A2F2F623A31 0005 00000001 00000001 61 00000001 62"
                ))
        let greeting = Greeting(node: 1, incarnation: 2, instance: 3, clusterDigest: 4, endpoint: "e")
        #expect(
            ControlRequest.greet(greeting).payload
                == [UInt8](hex: "0009 0001 00000002 0000000000000003 0000000000000004 00000001 65 00000000"))
        #expect(
            ControlRequest.leave(Leave(node: 1, instance: 2)).payload == [UInt8](hex: "000A 0001 0000000000000002"))
    }

    @Test func answersHaveTheDocumentedBytes() {
        let table = MemberTable(members: [Member(endpoint: "e", instance: 7)], place: nil, living: [0])
        #expect(
            ControlResponse.membership(.formed(table)).payload
                == [UInt8](hex: "0006 03 00000001 00000001 65 0000000000000007 FFFF 00000001 0000"))
        let short: [(MembershipAnswer, String)] = [
            (.waiting(arrived: 2), "00 0002"), (.undecided, "01"), (.elsewhere("e"), "02 00000001 65"),
            (.granted(2), "04 0002"), (.taken(2), "05 0002"), (.welcome, "06"), (.stranger("e"), "07 00000001 65"),
            (.refused("e"), "08 00000001 65"),
        ]
        for (answer, hex) in short {
            #expect(ControlResponse.membership(answer).payload == [0, 6] + [UInt8](hex: hex))
        }
    }

    @Test func whoIsNobodyOrNowhereCannotJoin() {
        let nobody = JoinRequest(purpose: .join, instance: Member.vacant, endpoint: "tcp://b:1")
        let nowhere = JoinRequest(purpose: .join, instance: 1, endpoint: "")
        for request in [nobody, nowhere] {
            #expect(throws: WireError(field: "instance")) {
                try ControlRequest(decoding: ControlRequest.join(request).payload)
            }
        }
    }

    @Test func textsAndListsAreBounded() {
        let long = String(repeating: "x", count: Member.endpointBytesMax + 1)
        #expect(throws: WireError(field: "endpoint")) {
            try ControlRequest(
                decoding: ControlRequest.join(JoinRequest(purpose: .join, instance: 1, endpoint: long)).payload)
        }
        let terms = [Term](repeating: Term("a", "b"), count: Term.countMax + 1)
        #expect(throws: WireError(field: "terms")) {
            try ControlRequest(
                decoding: ControlRequest.join(
                    JoinRequest(purpose: .join, instance: 1, endpoint: "e", terms: terms)
                ).payload)
        }
    }

    @Test func aTableThatContradictsItselfIsRefused() {
        let member = Member(endpoint: "e", instance: 1)
        let tables = [
            MemberTable(members: []), MemberTable(members: [member], place: 1),
            MemberTable(members: [member], living: [1]),
            MemberTable(members: [Member](repeating: member, count: Origin.nodesMax + 1)),
        ]
        for table in tables {
            #expect(throws: WireError(field: "members")) {
                try ControlResponse(decoding: ControlResponse.membership(.formed(table)).payload)
            }
        }
    }
}

import Testing

@testable import Topology

@Suite struct PortPlanTests {
    @Test func servicesFollowTheBasePort() throws {
        let plan = try PortPlan.local(nodes: 3, basePort: 5000)
        #expect(plan.endpoint(.events, of: 0) == "tcp://127.0.0.1:5000")
        #expect(Service.allCases.map { plan.port($0, of: 2) } == [5200, 5201, 5202, 5203, 5204, 5205])
        #expect(plan.endpoint(.orders, of: 1) == "tcp://127.0.0.1:5102")
        #expect(plan.endpoint(.metrics, of: 1) == "http://127.0.0.1:5105")
        #expect(plan.bindEndpoint(.inbox, of: 1, address: "0.0.0.0") == "tcp://0.0.0.0:5101")
        #expect(plan.bindEndpoint(.inbox, of: 1, address: "::") == "tcp://[::]:5101")
        #expect(plan.check() == [])
    }

    @Test func otherTransportsHaveNames() throws {
        let ipc = try PortPlan.ipc(nodes: 2, directory: "/tmp/x/")
        #expect(ipc.endpoint(.events, of: 1) == "ipc:///tmp/x/node-1.events")
        #expect(ipc.bindEndpoint(.events, of: 1, address: "0.0.0.0") == "ipc:///tmp/x/node-1.events")
        #expect(ipc.port(.events, of: 1) == nil)
        #expect(try PortPlan.inproc(nodes: 2, prefix: "t").endpoint(.tasks, of: 0) == "inproc://t/node-0.tasks")
    }

    @Test func socketPathsHaveALimit() throws {
        // "/node-9.forward" and "/node-9.metrics" are the longest names: 15 bytes.
        let longest = "/" + String(repeating: "d", count: 107 - 15 - 1)
        #expect(try PortPlan.ipc(nodes: 10, directory: longest).endpoint(.metrics, of: 9).utf8.count == 107 + 6)
        let error = #expect(throws: TopologyError.self) { try PortPlan.ipc(nodes: 11, directory: longest) }
        #expect(error?.description.contains("has 108 bytes, but a Unix socket's has at most 107") == true)
        #expect(throws: TopologyError.self) { try PortPlan.ipc(nodes: 1, directory: "") }
        #expect(throws: TopologyError.self) { try PortPlan.inproc(nodes: 1, prefix: "") }
    }

    @Test func transportsAreNotMixed() {
        let error = #expect(throws: TopologyError.self) {
            try PortPlan(transport: .tcp, nodes: [.tcp(host: "a", basePort: 5000), .ipc(directory: "/tmp")])
        }
        #expect(error?.description.contains("node 1 has an address of ipc, but the plan is for tcp") == true)
    }

    @Test func clashesNameNodesAndPorts() throws {
        let error = #expect(throws: TopologyError.self) { try PortPlan.local(nodes: 3, basePort: 5000, stride: 4) }
        #expect(error?.diagnostics.count == 2)
        #expect(error?.description.hasPrefix("nodes 0 and 1 would both use ports 5004 to 5005 of 127.0.0.1") == true)
        #expect(try PortPlan.local(nodes: 3, basePort: 5000, stride: 6).check() == [])
    }

    @Test func clashesAreFoundAcrossNamesOfTheLoopbackButNotAcrossHosts() throws {
        func plan(_ first: String, _ second: String) throws -> PortPlan {
            try PortPlan(
                transport: .tcp, nodes: [.tcp(host: first, basePort: 5005), .tcp(host: second, basePort: 5000)])
        }
        #expect(try plan("localhost", "127.0.0.1").check().map(\.severity) == [.error])
        #expect(
            try plan("localhost", "127.0.0.1").check()[0].message.contains("nodes 0 and 1 would both use port 5005 of"))
        #expect(try plan("a", "b").check() == [])
    }

    @Test func portsThatDoNotExistAreErrors() throws {
        let span = try PortPlan(transport: .tcp, nodes: [.tcp(host: "a", basePort: 65_531)])
        #expect(span.check().first?.severity == .error)
        #expect(span.check().first?.message.contains("would use ports 65531 to 65536") == true)
        #expect(
            try PortPlan(transport: .tcp, nodes: [.tcp(host: "a", basePort: 65_530)]).check().map(\.severity) == [
                .warning
            ])
        let error = #expect(throws: TopologyError.self) { try PortPlan.local(nodes: 4096, basePort: 5000) }
        #expect(error?.description.contains("node 606 would have base port 65600") == true)
        for base in [0, -5, 70_000, Int.max] {
            #expect(throws: TopologyError.self) { try PortPlan.local(nodes: 2, basePort: base) }
            #expect(throws: TopologyError.self) {
                try PortPlan(transport: .tcp, nodes: [.tcp(host: "a", basePort: base)])
            }
        }
    }

    @Test(arguments: [(32_762, false), (32_763, true), (40_000, true)])
    func ephemeralPortsAreWarnedOf(base: Int, isWarned: Bool) throws {
        let found = try PortPlan.local(nodes: 1, basePort: base).check()
        #expect(found.map(\.severity) == (isWarned ? [.warning] : []))
    }
}

@Suite struct PeerListTests {
    static func peers(_ list: String, id: Int, nodes: Int, dialled: [Int]? = nil) throws(TopologyError)
        -> [NodeAddress?]
    {
        try PortPlan.peers(parsing: list, selfID: id, nodes: nodes, ownBasePort: 5000, dialled: dialled)
    }

    @Test func aFullListIsIndexedByID() throws {
        let peers = try Self.peers("tcp://a:6000, b:5000 ,tcp://[::1]:7000", id: 1, nodes: 3)
        #expect(
            peers == [
                .tcp(host: "a", basePort: 6000), .tcp(host: "b", basePort: 5000), .tcp(host: "::1", basePort: 7000),
            ])
        let plan = try PortPlan(transport: .tcp, nodes: peers)
        #expect(plan.endpoint(.inbox, of: 2) == "tcp://[::1]:7001")
    }

    @Test func aListOfTheOthersSkipsTheNode() throws {
        let peers = try Self.peers("a:1,c:3", id: 1, nodes: 3)
        #expect(
            peers == [
                .tcp(host: "a", basePort: 1), .tcp(host: "127.0.0.1", basePort: 5000), .tcp(host: "c", basePort: 3),
            ])
    }

    @Test func aListOfTheDialledLeavesTheRestUnknown() throws {
        let star = try LinkGraph(.star, nodes: 5)
        let leaf = try Self.peers("hub:5000", id: 3, nodes: 5, dialled: star.dialled(by: 3))
        #expect(leaf == [.tcp(host: "hub", basePort: 5000), nil, nil, .tcp(host: "127.0.0.1", basePort: 5000), nil])
        let plan = try PortPlan(transport: .tcp, nodes: leaf)
        #expect(plan.knows(0) && !plan.knows(1) && plan.knows(3))
        let hub = try Self.peers("", id: 0, nodes: 5, dialled: star.dialled(by: 0))
        #expect(hub.compactMap(\.self).count == 1)
        let ring = try LinkGraph(.ring(.twoWay), nodes: 6)
        let node = try Self.peers("x:1,y:2", id: 0, nodes: 6, dialled: ring.dialled(by: 0))
        #expect(node[1] == .tcp(host: "x", basePort: 1) && node[5] == .tcp(host: "y", basePort: 2))
        #expect(try Self.peers("", id: 0, nodes: 1).count == 1)
    }

    @Test func aWrongNumberOfPeersIsExplained() {
        let error = #expect(throws: TopologyError.self) { try Self.peers("a:1,b:2", id: 3, nodes: 5, dialled: [0]) }
        #expect(
            error?.description
                == "2 peers are listed: expected 5 (all, by id), 4 (all but this one, ascending) or 1 (those it dials: node 0)"
        )
        let short = #expect(throws: TopologyError.self) { try Self.peers("a:1", id: 0, nodes: 5) }
        #expect(short?.description == "1 peer is listed: expected 5 (all, by id) or 4 (all but this one, ascending)")
    }

    @Test func theNodesOwnPlaceMustFit() {
        let error = #expect(throws: TopologyError.self) { try Self.peers("a:5000,b:6000", id: 1, nodes: 2) }
        #expect(error?.description.contains("peer 2 of the list is this node itself (id 1) at b:6000") == true)
        #expect(throws: TopologyError.self) { try Self.peers("a:5000", id: 2, nodes: 2) }
    }

    @Test(arguments: [
        ("a", "has no port"), ("a:", "has '' as its port"), ("a:0", "not from 1 to 65535"), ("a:65536", "not from 1"),
        ("a:+5", "has '+5' as its port"), (":5000", "has no valid host"), ("ipc:///tmp/x", "is not an address of TCP"),
        ("udp://a:1", "is not an address of TCP"), ("::1:5000", "write an IPv6 address in brackets"),
        ("0.0.0.0:5000", "cannot be dialled"), ("a b:1", "has no valid host"), ("a:5000,", "peer 2, '', is empty"),
    ])
    func unreadablePeersAreExplained(list: String, expected: String) {
        let error = #expect(throws: TopologyError.self) { try Self.peers(list, id: 0, nodes: 2) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func allUnreadablePeersAreReported() {
        let error = #expect(throws: TopologyError.self) { try Self.peers("a,b:5000,c:x", id: 0, nodes: 3) }
        #expect(error?.diagnostics.map { $0.message.prefix(6) } == ["peer 1", "peer 3"])
    }
}

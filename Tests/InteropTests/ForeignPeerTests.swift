import Runtime
import Testing

/// Peers in another language, written from `docs/protocol.md`, against real nodes.
@Suite(.serialized, .enabled(if: Programs.hasPython, "\(Programs.pythonIsMissing)"))
struct ForeignPeerTests {
    @Test func theDocumentsProgramsRunAsTheyStand() throws {
        try Cluster.with { cluster in
            try cluster.startOverIPC(0..<1, of: 1, topology: "mesh", ["--mode", "one", "--rate", "1000"])
            try Programs.runPeer(
                "examples.py",
                [Programs.document(), cluster.endpoint("events", 0), cluster.endpoint("orders", 0)])
        }
    }

    @Test func observersSeeEveryMessageOnceAndInOrder() throws {
        try Cluster.with { cluster in
            let broadcast = ["--mode", "one", "--rate", "1000", "--message-size-bytes", "200"]
            try cluster.startOverIPC(0..<1, of: 3, topology: "ring", broadcast + ["--leader"])
            try cluster.startOverIPC(1..<3, of: 3, topology: "ring", broadcast)
            try Programs.runPeer(
                "observe.py",
                [0, 1].flatMap { [cluster.endpoint("events", $0), cluster.endpoint("orders", $0)] })
        }
    }

    @Test func ordersAreAllAcknowledgedAndReachEveryNode() throws {
        try Cluster.with { cluster in
            try cluster.startOverIPC(0..<3, of: 3, topology: "ring")
            try Programs.runPeer("submit_orders.py", (0..<3).map { cluster.endpoint("orders", $0) })
        }
    }

    @Test func anOrderBookRefusesWhatIsWrongAndItsTradesReachTheOthers() throws {
        try Cluster.with { cluster in
            try cluster.startOverIPC(0..<2, of: 2, topology: "mesh", ["--workload", "orders"])
            try Programs.runPeer(
                "book.py",
                [cluster.endpoint("events", 0), cluster.endpoint("orders", 0), cluster.endpoint("orders", 1)])
        }
    }

    @Test func aNodeWithoutItsNeighboursRefuses() throws {
        try Cluster.with { cluster in
            try cluster.startOverIPC(0..<1, of: 3, topology: "mesh")
            try Programs.runPeer("unready.py", [cluster.endpoint("orders", 0)])
        }
    }

    @Test func aForeignLeafIsAFullPeerOfAStar() throws {
        try Cluster.with { cluster in
            let broadcast = ["--mode", "one", "--broadcaster", "1", "--rate", "1000", "--cluster", "zug"]
            try cluster.startOverIPC(0..<2, of: 3, topology: "star", broadcast)
            try Programs.runPeer(
                "leaf.py",
                ["events", "inbox", "orders"].map { cluster.endpoint($0, 0) } + [cluster.endpoint("orders", 1)])
        }
    }

    @Test func whatIsMalformedIsCountedExactlyAndHarmsNothing() throws {
        try Cluster.with { cluster in
            let base = try Programs.freeBasePort(nodes: 3)
            for id in 0..<3 {
                try cluster.start(id, of: 3, ["--topology", "star", "--port", "\(base + 100 * id)"])
            }
            try Programs.runPeer("hostile.py", ["\(cluster.nodes[0].pid)", "127.0.0.1", "\(base)"])
        }
    }
}

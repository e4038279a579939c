import Glibc
import Reporting
import Runtime
import Testing
import Wire
import ZMQ

extension SystemTests {
    /// Nodes that are told the address of one of them, and nothing else.
    @Suite(.serialized) struct BootstrapTests {
        /// Nodes at ports of their own; the one at the first port is in everybody's list.
        private final class Nodes {
            let space: Workspace
            let basePort: Int
            private(set) var running: [Int: Command] = [:]

            init(_ count: Int, in space: Workspace, ports: Int, extra: String) throws {
                self.space = space
                basePort = try Ports.free(nodes: ports)
                for place in 0..<count { try start(place, list: [0], extra) }
            }

            func port(_ place: Int) -> Int { basePort + place * Ports.stride }
            func orders(_ place: Int) -> String { "tcp://127.0.0.1:\(port(place) + 2)" }

            /// Starts the node at one port, with the addresses of others.
            @discardableResult
            func start(_ place: Int, list: [Int], _ extra: String) throws -> Command {
                let addresses = list.map { "tcp://localhost:\(port($0))" }.joined(separator: ",")
                let command = try space.start(
                    "znode", "--bootstrap \(addresses) --port \(port(place)) --timeout 120s \(extra)".words)
                running[place] = command
                return command
            }

            func kill(_ place: Int) {
                running[place]?.kill()
                running[place] = nil
            }

            /// Waits until all are ready; answers their ports in the order of their ids.
            func waitUntilReady() throws -> [Int] {
                let places = running.keys.sorted()
                var ids: [Int: Int] = [:]
                try SystemTests.waitForStatus(places.map(orders)) { place, status in
                    ids[Int(status.node)] = places[place]
                    return status.state != .joining && status.nodes == places.count
                }
                try #require(ids.count == places.count, "two nodes have one id: \(ids)")
                return ids.keys.sorted().compactMap { ids[$0] }
            }
        }

        private static func report(of endpoint: String) throws -> Wire.NodeReport {
            let context = try Context()
            let report = try ask(endpoint, context)
            try context.terminate()
            return try #require(report)
        }

        private static func ask(_ endpoint: String, _ context: Context) throws -> Wire.NodeReport? {
            let control = try ControlClient(endpoints: [endpoint], context: context)
            return try control.reports(of: [0], timeoutNanoseconds: 5_000_000_000)[0]
        }

        /// Sends orders through every node, and expects each at all of them.
        private static func load(_ nodes: Nodes, _ places: [Int], in space: Workspace) throws {
            let endpoints = places.map(nodes.orders).joined(separator: ",")
            let ending = try space.run(
                "loadclient", "--nodes \(endpoints) --rate 500 --warmup 0s --duration 1s --quiet".words)
            // On a busy machine the rate may not be reached; nothing is missing for that.
            #expect(ending.code == 0 || ending.code == 2, "\(ending.output) \(ending.error)")
            for place in places {
                let report = try report(of: nodes.orders(place))
                #expect(report.status.unique >= 400, "node at \(nodes.port(place))")
            }
        }

        @Test func fiveFindEachOtherAndADeadOneIsReplacedAtAnotherPort() throws {
            let space = try Workspace()
            let nodes = try Nodes(5, in: space, ports: 6, extra: "--topology ring --num-nodes 5")
            let places = try nodes.waitUntilReady()
            #expect(places.first == 0, "the node in the list gathers")
            try Self.load(nodes, places, in: space)
            for place in places { #expect(try Self.report(of: nodes.orders(place)).discoveryNanoseconds > 0) }

            let victim = places[2]
            nodes.kill(victim)
            try nodes.start(5, list: [places[4]], "--topology ring")
            let after = try nodes.waitUntilReady()
            #expect(after == [places[0], places[1], 5, places[3], places[4]])
            try Self.load(nodes, after, in: space)
        }

        /// Each is told to begin with itself, or with the other one: neither list says who gathers.
        @Test(arguments: [[[0, 1], [1, 0]], [[1, 0], [0, 1]]])
        func twoThatWereToldThemselvesInOppositeOrderMakeOneCluster(lists: [[Int]]) throws {
            let space = try Workspace()
            for extra in ["--topology mesh --num-nodes 3", "--topology mesh --settle-millis 2s"] {
                let nodes = try Nodes(0, in: space, ports: 3, extra: extra)
                for (place, list) in lists.enumerated() { try nodes.start(place, list: list, extra) }
                try nodes.start(2, list: [1, 0], extra)
                let places = try nodes.waitUntilReady()
                #expect(Set(places) == [0, 1, 2] && places[0] != 2, "one of the two gathers")
                for place in places { nodes.kill(place) }
            }
        }

        /// A node of a cluster with a log comes back with nothing but an address, and gets the log again.
        @Test func aNodeThatComesBackGetsInStepWithTheLog() throws {
            let space = try Workspace()
            let extra = "--topology mesh --consensus leader --workload orders --num-nodes 3"
            let nodes = try Nodes(3, in: space, ports: 4, extra: extra)
            let places = try nodes.waitUntilReady()
            try Self.trade(nodes, in: space)
            // Once at its own address, once at another one; the first of the list, which may lead, and a later one.
            for (victim, place) in [(places[1], places[1]), (places[0], 3)] {
                nodes.kill(victim)
                try nodes.start(place, list: nodes.running.keys.sorted(), extra)
                let after = try nodes.waitUntilReady()
                try Self.trade(nodes, in: space)
                let check = try space.run(
                    "zbed", ["check", "--nodes", after.map(nodes.orders).joined(separator: ","), "--timeout", "20s"])
                #expect(check.code == 0, "\(check.output)\(check.error)")
                let late = try #require(try Self.consensus(of: nodes.orders(place)))
                #expect(late.applied > 0 && late.executed > 0 && late.divergences == 0)
            }
        }

        /// Orders by a client that is told no more than the nodes are.
        private static func trade(_ nodes: Nodes, in space: Workspace) throws {
            let list = nodes.running.keys.sorted().map { "tcp://localhost:\(nodes.port($0))" }.joined(separator: ",")
            let ending = try space.run(
                "loadclient", "--bootstrap \(list) --workload orders --rate 500 --warmup 0s --duration 1s --quiet".words
            )
            #expect(ending.code == 0 || ending.code == 2, "\(ending.output) \(ending.error)")
            #expect(ending.output.contains("500"))
        }

        private static func consensus(of endpoint: String) throws -> ConsensusReport? {
            let context = try Context()
            let report = try askConsensus(endpoint, context)
            try context.terminate()
            return report
        }

        private static func askConsensus(_ endpoint: String, _ context: Context) throws -> ConsensusReport? {
            try ControlClient(endpoints: [endpoint], context: context).consensus(
                of: [0], timeoutNanoseconds: 5_000_000_000)[0]
        }

        @Test func theConductorsNodesFindEachOtherAndTheReportSaysHowLongThatTook() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 5)
            let ending = try space.zbedRun(
                "--bootstrap --nodes 5 --topology ring --port \(port) --port-stride \(Ports.stride) --rate 500 "
                    + "--warmup 0s --duration 500ms")
            let run = try #require(try space.report().runs.first)
            expectComplete(run, ending)
            #expect(run.perNode.map(\.id) == [0, 1, 2, 3, 4])
            #expect(run.perNode.allSatisfy { ($0.discoverySeconds ?? 0) > 0 })
            #expect(run.settings.other["bootstrap"] == "true")
            #expect(try Files.readText(space("results/run/latest/report.txt")).contains("Found cluster in"))
            #expect(try Files.readText(space("results/run/latest/report.html")).contains("Found cluster in"))
            space.expectNothingLeft()
        }

        @Test func clientsAndVisitorsAskOneNodeForTheOthers() throws {
            let space = try Workspace()
            let nodes = try Nodes(3, in: space, ports: 4, extra: "--topology mesh --num-nodes 3")
            _ = try nodes.waitUntilReady()
            let any = "tcp://localhost:\(nodes.port(2))"
            let health = try space.run("zbed", ["health", "--bootstrap", any, "--timeout", "20s"])
            #expect(health.code == 0, "\(health.output)\(health.error)")
            let client = try space.run(
                "loadclient", "--bootstrap \(any) --outstanding 1 --warmup 0s --duration 200ms --quiet".words)
            #expect(client.code == 0, "\(client.output)\(client.error)")
            let nobody = "tcp://localhost:\(nodes.port(3))"
            let lost = try space.run("zbed", ["health", "--bootstrap", nobody, "--timeout", "300ms"])
            #expect(lost.code == 69 && lost.error.contains("nobody answered"), "\(lost.error)")
            let told = try NodeCluster("mesh", nodes: 2, in: space)
            try told.waitUntilReady()
            let ending = try space.run(
                "zbed", ["leader", "--bootstrap", "tcp://localhost:\(told.basePort)", "--timeout", "5s"])
            #expect(ending.code == 69 && ending.error.contains("list them (--nodes)"), "\(ending.error)")
        }

        @Test func allAreStoppedByTheAddressOfOneAndThoseThatStillSearchToo() throws {
            let space = try Workspace()
            let nodes = try Nodes(3, in: space, ports: 4, extra: "--topology mesh --num-nodes 3")
            _ = try nodes.waitUntilReady()
            let any = "tcp://localhost:\(nodes.port(2))"
            let stop = try space.run("zbed", ["stop", "--bootstrap", any])
            #expect(stop.code == 0 && stop.output == "3 nodes told to stop\n", "\(stop.output)\(stop.error)")
            for node in nodes.running.values { #expect(try node.end().code == 0) }
            let again = try space.run("zbed", ["stop", "--bootstrap", any, "--timeout", "300ms"])
            #expect(again.code == 2 && again.output.contains("nobody answered"), "\(again.output)\(again.error)")

            let lone = try space.start(
                "znode", "--bootstrap \(any) --port \(nodes.port(2)) --num-nodes 2 --timeout 120s".words)
            #expect(eventually { lone.complained.contains("event=searching") })
            let end = try space.run("zbed", ["stop", "--bootstrap", any])
            #expect(end.code == 0 && end.output == "1 node told to stop\n", "\(end.output)\(end.error)")
            #expect(try lone.end().code == 0)
        }

        @Test(arguments: [("stop", Int32(2)), ("health", 69)])
        func anotherProgramsPortIsNotANodeOfAnotherVersion(command: String, code: Int32) throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 1)
            let server = try Listener(port: port + 2)
            let zbed = try space.start(
                "zbed", [command, "--bootstrap", "tcp://127.0.0.1:\(port)", "--timeout", "1s"])
            let body = String(repeating: "no request that anybody could understand ", count: 10)
            server.answerAll("HTTP/1.1 400 Bad Request\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)") {
                Processes.isRunning(zbed.child.pid)
            }
            let ending = try zbed.end()
            let said = ending.output + ending.error
            #expect(ending.code == code && !said.contains("version"), "\(said)")
            #expect(
                said.contains("what answers at tcp://127.0.0.1:\(port + 2) does not speak this protocol"), "\(said)")
        }

        @Test func withoutANumberTheyFormWhenNobodyComesAnyMoreAndTheFirstCanComeBack() throws {
            let space = try Workspace()
            let extra = "--topology star --settle-millis 1500"
            let nodes = try Nodes(3, in: space, ports: 4, extra: extra)
            #expect(try nodes.waitUntilReady().first == 0)
            // It knows no other address than its own; the others find it.
            nodes.kill(0)
            try nodes.start(0, list: [0], extra)
            #expect(try nodes.waitUntilReady().first == 0)
            // The hub of a star is dialled both ways, so its neighbours must follow it with both.
            nodes.kill(0)
            try nodes.start(3, list: [1], extra)
            let moved = try nodes.waitUntilReady()
            #expect(moved.first == 3)
            try Self.load(nodes, moved, in: space)
        }

        @Test func aNodeThatLeavesMakesRoomAtOnce() throws {
            let space = try Workspace()
            let nodes = try Nodes(3, in: space, ports: 4, extra: "--topology mesh --num-nodes 3")
            let places = try nodes.waitUntilReady()
            let leaver = try #require(nodes.running[places[1]])
            try leaver.interrupt()
            #expect(try leaver.end().code == 0)
            nodes.kill(places[1])
            try nodes.start(3, list: [0], "--topology mesh")
            #expect(try nodes.waitUntilReady() == [places[0], 3, places[2]])
        }

        @Test func whoDoesNotFitIsToldWhyAndChangesNothing() throws {
            let space = try Workspace()
            let nodes = try Nodes(2, in: space, ports: 3, extra: "--topology mesh --num-nodes 2")
            let places = try nodes.waitUntilReady()
            let reasons = [
                "--topology star": "the cluster has --topology mesh, and you have --topology star",
                "--topology mesh --cluster other": "the cluster has --cluster zbed, and you have --cluster other",
                "--topology mesh --num-nodes 5": "the cluster has 2 nodes, and you have --num-nodes 5",
                "--topology mesh": "the cluster has its 2 nodes, and all are there: no place is free",
            ]
            for (extra, reason) in reasons {
                let ending = try nodes.start(2, list: [1], extra).end()
                #expect(ending.code == 69 && ending.error.contains(reason), "\(extra): \(ending.error)")
                nodes.kill(2)
            }
            #expect(try nodes.waitUntilReady() == places)
            #expect(try Self.report(of: nodes.orders(1)).turnedAway == 3, "those who differ are counted")
        }

        @Test func whereNobodyAnswersTheSearchEndsWithItsTimeout() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 2)
            let ending = try space.run(
                "znode", "--bootstrap tcp://localhost:\(port) --port \(port + Ports.stride) --timeout 300ms".words)
            #expect(ending.code == 69)
            #expect(
                ending.error.contains("nobody answered at tcp://127.0.0.1:\(port) within 300 ms"), "\(ending.error)")
        }

        @Test func whatTheSearchFindsCannotBeGiven() throws {
            let space = try Workspace()
            for extra in ["--id 1", "--peers tcp://h:1", "--transport ipc", "--pattern pipeline"] {
                let ending = try space.run("znode", "--bootstrap tcp://localhost:5000 \(extra)".words)
                #expect(ending.code == 64, "\(extra): \(ending.error)")
            }
            let neither = try space.run("znode", [])
            #expect(neither.code == 64 && neither.error.contains("--id is missing"), "\(neither.error)")
        }

        /// Ids and addresses were given by hand, and one id twice.
        @Test func aSecondNodeWithAnIdIsTurnedAway() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 2, in: space)
            try cluster.waitUntilReady()
            let port = try Ports.free(nodes: 1)
            let peers = (0..<2).map { "tcp://127.0.0.1:\($0 == 1 ? port : cluster.basePort)" }.joined(separator: ",")
            let ending = try space.run(
                "znode",
                "--id 1 --num-nodes 2 --topology mesh --port \(port) --peers \(peers) --timeout 60s".words)
            #expect(ending.code == 69)
            #expect(ending.error.contains("another process with id 1 is there"), "\(ending.error)")
            #expect(try Self.report(of: cluster.endpoints[0]).turnedAway == 1)
            try cluster.waitUntilReady()
        }
    }

    /// Asks until every node answers, and says what is waited for; the condition gets a node's place in the list.
    private static func waitForStatus(_ endpoints: [String], _ condition: (Int, NodeStatus) -> Bool) throws {
        let context = try Context()
        let isSo = try poll(ControlClient(endpoints: endpoints, context: context), condition)
        try context.terminate()
        try #require(isSo, "the nodes did not come to where they should")
    }

    /// The sockets' own scope: a context waits until they are closed.
    private static func poll(_ control: ControlClient, _ condition: (Int, NodeStatus) -> Bool) throws -> Bool {
        let nodes = Array(0..<control.count)
        return try eventually {
            let statuses = try control.statuses(of: nodes, timeoutNanoseconds: 200_000_000)
            return zip(nodes, statuses).allSatisfy { place, status in status.map { condition(place, $0) } ?? false }
        }
    }
}

import Cluster
import Measurement
import Runtime
import Testing
import Wire
import ZMQ

/// Nodes of a pipeline with real sockets.
@Suite(.serialized) struct PipelineNodeTests {
    private static let second = NodeCluster.second

    @Test(arguments: [3, 4, 7]) func everyTaskIsDoneOnceAndWorkersShareEqually(nodes: Int) throws {
        try PipelineHarness.run(nodes: nodes) { pipeline in
            try pipeline.waitUntilReady()
            try pipeline.start(warmup: 100_000_000, duration: 500_000_000)
            let reports = try pipeline.waitUntilDone()
            let source = try #require(reports[0]?.measured)
            let sink = try #require(reports[nodes - 1]?.measured)
            #expect(source.sent == 1_000 && sink.unique == 1_000 && sink.announced == 1_000)
            #expect(sink.duplicate == 0 && sink.stale == 0 && source.inbound.allSatisfy { $0.refused == 0 })
            #expect(sink.inbound.map(\.forwarded).reduce(0, +) == 1_000)
            #expect(source.inbound.map(\.received) == sink.inbound.map(\.received))
            for worker in 1..<nodes - 1 {
                let report = try #require(reports[worker]?.measured?.inbound.first)
                #expect(report.received == report.forwarded && report.from == 0)
            }
            let latency = try #require(reports[nodes - 1]?.latencies.first)
            #expect(try Histogram(decodingV2: latency.fromDue).count == 1_000)
            #expect(reports.values.allSatisfy { $0.malformed.allSatisfy { $0 == 0 } })
        }
    }

    @Test func moreThanWorkersCanDoMakesTheSourceLateAndLosesNothing() throws {
        let adjust: (inout PipelineSettings) -> Void = {
            $0.workNanoseconds = 5_000_000
            $0.outstandingMax = 8
        }
        try PipelineHarness.run(nodes: 4, adjust: adjust) { pipeline in
            try pipeline.waitUntilReady()
            try pipeline.start(duration: 200_000_000)
            // Two workers do 400 a second; 400 tasks were due in 200 ms.
            let reports = try pipeline.waitUntilDone()
            let sink = try #require(reports[3]?.measured)
            #expect(sink.unique == 400 && sink.duplicate == 0)
            let lag = try Histogram(decodingV2: try #require(reports[0]).sendLag)
            #expect(lag.maximum > 500_000_000, "what could not be sent in time was sent late")
            let latency = try Histogram(decodingV2: try #require(reports[3]?.latencies.first).fromDue)
            #expect(latency.minimum >= 5_000_000, "a task takes as long as its work")
        }
    }

    /// What is no frame of the protocol, or has no business where it arrives, and what is wrong with it.
    private static func hostile(to node: Int) -> [(frames: [[UInt8]], why: Malformation)] {
        let wrongKind: Kind = node == 1 ? .result : .task
        let route: UInt16 = node == 1 ? 0 : (node == 0 ? 2 : 1)
        let fits: Kind = node == 0 ? .done : (node == 1 ? .task : .result)
        return [
            ([[]], .truncated), ([[UInt8](repeating: 0x10, count: 39)], .truncated),
            ([[UInt8](repeating: 0xFF, count: 64)], .version),
            ([Header(kind: wrongKind, route: route).frame()], .kind),
            ([Header(kind: .event, route: route).frame()], .kind),
            ([Header(kind: .request, route: route).frame()], .kind),
            ([Header(kind: fits, route: 3_000).frame()], .origin),
            ([Header(kind: fits, route: route, origin: 77).frame()], .origin),
            ([Header(kind: .beacon, route: route).frame(payload: [1, 2, 3])], .payload),
            ([Header(kind: fits, route: route).frame(), [1]], .frames),
            ([Header(kind: fits, route: route).frame() + [9]], .length),
        ] + (node == 0 ? [([Header(kind: .done, route: 2).frame(payload: [0, 0, 0, 9])], .payload)] : [])
    }

    @Test(arguments: 0..<3) func whatIsMalformedIsCountedAndDropped(node: Int) throws {
        try PipelineHarness.run(nodes: 3) { pipeline in
            try pipeline.waitUntilReady()
            let attacker = try pipeline.push(to: node)
            var expected = [UInt64](repeating: 0, count: Malformation.allCases.count)
            for (frames, why) in Self.hostile(to: node) {
                try attacker.send(parts: frames, wait: true)
                expected[Int(why.rawValue)] += 1
            }
            try pipeline.waitForReports("the counts of what is malformed") { $0[node]?.malformed == expected }
            try pipeline.start(duration: 100_000_000)
            let reports = try pipeline.waitUntilDone()
            #expect(reports[2]?.measured?.unique == 200 && reports[2]?.measured?.duplicate == 0)
        }
    }

    @Test func aStrangersBeaconIsNoSignOfLife() throws {
        try PipelineHarness.run(nodes: 3) { pipeline in
            try pipeline.waitUntilReady()
            let stranger = try pipeline.push(to: 2)
            let beacon = Beacon(clusterDigest: 1, readyNodes: [7])
            try stranger.send(bytes: Header(kind: .beacon, route: 1).frame(payload: beacon.payload), wait: true)
            try pipeline.waitForReports("its count") { $0[2]?.foreignBeacons == 1 }
        }
    }

    /// The first task that comes; what is said before that is of no interest.
    private static func firstTask(from socket: borrowing Socket) throws -> [UInt8] {
        while let frame = try socket.receiveBytes(wait: true) {
            guard case .header(let header) = Header.decode(frame.span.bytes), header.kind == .task else { continue }
            return frame
        }
        throw NodeTestFailure(description: "no task came")
    }

    @Test func theTasksOfAWorkerThatDoesNothingGoToOthers() throws {
        // Node 1 is played here: it says that it has its links, takes tasks, and does nothing with them.
        try PipelineHarness.run(
            nodes: 4, only: [0, 2, 3], adjust: { $0.taskTimeoutNanoseconds = 200_000_000 }
        ) { pipeline in
            let tasks = try pipeline.pull(at: 1)
            let results = try pipeline.push(to: 3)
            try results.send(bytes: pipeline.beacon(of: 1), wait: true)
            try pipeline.waitUntilReady()
            try pipeline.start(duration: 100_000_000)
            let reports = try pipeline.waitUntilDone()
            let source = try #require(reports[0]?.measured)
            let idle = try #require(source.inbound.first)
            #expect(source.sent == 200 && reports[3]?.measured?.unique == 200)
            #expect(idle.received > 0 && idle.forwarded == 0 && idle.refused == idle.received)
            #expect(source.inbound.reduce(0) { $0 + $1.received } == 200 + idle.refused)

            // Late as it is, it does the first after all: a copy, and counted as one.
            var bytes = try Self.firstTask(from: tasks)
            bytes.withUnsafeMutableBytes { Header.relabel($0, kind: .result, route: 1, hop: 2) }
            try results.send(bytes: bytes, wait: true)
            let after = try pipeline.waitForReports("the copy") { $0[3]?.measured?.duplicate == 1 }
            #expect(after[3]?.measured?.unique == 200)
            #expect(after[3]?.measured?.inbound.first?.forwarded == 0)
        }
    }

    @Test func aWorkerWhoseConnectionEndsLosesItsTasksAtOnce() throws {
        // The last resort would come after an hour.
        try PipelineHarness.run(
            nodes: 4, only: [0, 2, 3], adjust: { $0.taskTimeoutNanoseconds = 3_600 * Self.second }
        ) { pipeline in
            let results = try pipeline.push(to: 3)
            do {
                let tasks = try pipeline.pull(at: 1)
                try results.send(bytes: pipeline.beacon(of: 1), wait: true)
                try pipeline.waitUntilReady()
                try pipeline.start(duration: 100_000_000)
                _ = try Self.firstTask(from: tasks)
                try tasks.close()
            }
            let reports = try pipeline.waitUntilDone()
            let source = try #require(reports[0]?.measured)
            #expect(source.sent == 200 && reports[3]?.measured?.unique == 200)
            #expect(reports[0]?.links.first { $0.to == 1 }?.interruptions ?? 0 > 0)
            let idle = try #require(source.inbound.first)
            #expect(idle.refused == idle.received && idle.received > 0)
        }
    }

    @Test func theSourceMakesNothingBeforeEverybodyIsThere() throws {
        try PipelineHarness.run(nodes: 4, only: [0, 1, 3]) { pipeline in
            try pipeline.waitForReports("the links without node 2") {
                $0[0]?.status.outboundReady == 2 && $0[1]?.status.inboundReady == 1
            }
            let order = StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: Self.second)
            let answer = try pipeline.control.ask(.start(order), nodes: [0], timeoutNanoseconds: 5 * Self.second)
            guard case .refused? = answer[0] else {
                Issue.record("it was \(String(describing: answer[0]))")
                return
            }
        }
    }
}

import Foundation
import Runtime
import Testing

@testable import Conductor

@Suite struct ClusterPlanTests {
    private static func plan(_ words: String) throws -> ClusterPlan {
        let arguments = words.split(separator: " ").map { String($0) }
        guard case .run(let options) = try ClusterStartCommand.options.parse(arguments: arguments, environment: [:])
        else {
            throw Failure(.usage, "printed")
        }
        return try ClusterPlan(options, stamp: "20261122T015904Z")
    }

    /// What the overlay says, as kustomize reads it.
    private static func overlay(_ words: String) throws -> [String: Any] {
        let text = try plan(words).overlay()
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static func literals(_ name: String, _ overlay: [String: Any]) throws -> [String] {
        let generators = try #require(overlay["configMapGenerator"] as? [[String: Any]])
        let found = try #require(generators.first { $0["name"] as? String == name })
        #expect(found["behavior"] as? String == "merge")
        return try #require(found["literals"] as? [String])
    }

    /// The patch of an object, as the JSON that it is.
    private static func patch(_ kind: String, _ name: String, _ overlay: [String: Any]) throws -> [String: Any] {
        let texts = try #require(overlay["patches"] as? [[String: String]]).compactMap { $0["patch"] }
        let patches = try texts.compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        return try #require(
            patches.first { patch in
                patch["kind"] as? String == kind && (patch["metadata"] as? [String: String])?["name"] == name
            })
    }

    @Test func withoutOptionsItIsTheBaseUnderTheNameOfTheTime() throws {
        let overlay = try Self.overlay("")
        #expect(overlay["namespace"] as? String == "zbed-20261122-015904")
        #expect(overlay["resources"] as? [String] == ["base"])
        #expect(overlay["components"] == nil)
        let node = try Self.literals("node", overlay)
        #expect(node.count == 2 && node[0] == "NUM_NODES=3")
        #expect(
            try Self.literals("load", overlay) == [
                "WORKERS=2", "NODES=tcp://node-0.node:5002,tcp://node-1.node:5002,tcp://node-2.node:5002", "RATE=2500",
                "DURATION=60s", "WARMUP=5s",
            ])
    }

    @Test func nodesAreToldWhereAllAreAndWhatTheyWereMeantToDo() throws {
        let overlay = try Self.overlay(
            "--nodes 2 --topology ring --mode one --broadcaster 1 --rate 2k --message-size-bytes 1k --verbosity 4")
        #expect(
            try Self.literals("node", overlay) == [
                "NUM_NODES=2", "PEERS=tcp://node-0.node:5000,tcp://node-1.node:5000", "TOPOLOGY=ring", "MODE=one",
                "BROADCASTER=1", "MESSAGE_SIZE_BYTES=1k", "VERBOSITY=4", "RATE=2k",
            ])
        // Who broadcasts needs no load.
        #expect(try Self.patch("Job", "load", overlay)["$patch"] as? String == "delete")
    }

    @Test(arguments: [
        ("--rate 5k --workers 2", "2500"), ("--rate 1000 --workers 3", "333.333333"), ("--rate 0.5", "0.25"),
    ])
    func theRateIsSharedByTheWorkers(words: String, each: String) throws {
        #expect(try Self.literals("load", Self.overlay(words)).contains("RATE=\(each)"))
    }

    @Test func loadAndBroadcastsCanBeTogether() throws {
        let overlay = try Self.overlay("--mode all --workers 1 --rate 100 --clients 3 --balance random")
        #expect(try Self.literals("node", overlay).contains("RATE=100"))
        let load = try Self.literals("load", overlay)
        #expect(["RATE=100", "CLIENTS=3", "BALANCE=random", "WORKERS=1"].allSatisfy(load.contains))
    }

    @Test func shapingTakesAComponentAndTheImagesVariables() throws {
        for (words, variable) in [("--latency 0.5", "LATENCY=0.5"), ("--throughput 1000", "THROUGHPUT=1000")] {
            let overlay = try Self.overlay(words)
            #expect(overlay["components"] as? [String] == ["base/components/shaping"])
            let node = try Self.literals("node", overlay)
            #expect(node.filter { $0.hasPrefix("LATENCY") || $0.hasPrefix("THROUGHPUT") } == [variable])
            #expect(try Self.literals("load", overlay).allSatisfy { $0 != variable })
        }
    }

    @Test func theTimerRunsForTheTimeOut() throws {
        let text = try Self.patch("Job", "expiry", Self.overlay("--timeout 90m"))
        #expect("\(text)".contains("5400"))
    }

    @Test func imagesAreReplacedByNameTagAndDigest() throws {
        let image = try #require(
            try Self.overlay("--image host:5000/a/b:7")["images"] as? [[String: String]])
        #expect(image == [["name": "zbed", "newName": "host:5000/a/b", "newTag": "7"]])
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let exact = try #require(try Self.overlay("--image a/b@\(digest)")["images"] as? [[String: String]])
        #expect(exact == [["name": "zbed", "newName": "a/b", "digest": digest]])
    }

    @Test(arguments: [
        ("--name Bad", "--name"), ("--cpu-requests 0", "--cpu-requests"), ("--memory-limits lots", "--memory-limits"),
        ("--memory-limits 64Mi", "less than --memory-requests 256Mi"),
        ("--cpu-requests 2 --cpu-limits 1500m", "less than --cpu-requests 2"), ("--nodes 1001", "1000"),
        ("--timeout 59s", "--timeout"), ("--timeout 721h", "--timeout"), ("--topology file:x", "pods do not have"),
        ("--topology random:9", "random:9"), ("--mode one --broadcaster 3", "--broadcaster 3"),
        ("--round-duration-seconds 3", "--mode rr"), ("--workers 17", "16"), ("--rate max", "--mode"),
        ("--rate 0.001 --workers 2", "too low"), ("--workers 0 --clients 2", "--clients"),
        ("--workers 0 --rate 5", "--rate"), ("--mode explore --rate 5", "--rate"), ("--latency 60000", "59999"),
        ("--latency 0", "--latency"), ("--latency 0.12345", "too many digits"), ("--throughput 0", "--throughput"),
        ("--image Bad:", "--image"), ("--node-pool =", "--node-pool"), ("--toleration a:b", "--toleration"),
        ("--message-size-bytes 39", "--message-size-bytes"), ("--duration 0", "--duration"), ("--clients 513", "512"),
        ("--rate max --mode all --workers 1", "or --workers 0"), ("--image a/..", "--image"),
        ("--timeout 1m", "before the load ends"), ("--timeout 1h --duration 1h", "at least 3605 s"),
        ("--timeout 1h --mode all --duration 2h", "before the load ends"),
        ("--dry-run --context x", "no effect with --dry-run"), ("--explore-sizes 64", "--mode explore"),
    ])
    func whatPodsWouldNotTakeIsFoundBefore(words: String, message: String) {
        #expect { try Self.plan(words) } throws: { error in
            Program.failure(of: error).code == .usage && "\(error)".contains(message)
        }
    }

    @Test func aRunMayEndWithItsLoad() throws {
        #expect(try Self.plan("--timeout 65s").timeoutSeconds == 65)
        // Nodes that broadcast go on until the end.
        #expect(try Self.plan("--timeout 60s --mode all").timeoutSeconds == 60)
    }

    @Test func aThousandNodesAreNoProblem() throws {
        #expect(try Self.plan("--nodes 1000 --topology tree:3").endpoints(port: 5000).count == 1_000)
    }
}

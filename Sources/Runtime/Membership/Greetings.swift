import Cluster
import Wire
import ZMQ

/// Greets other nodes over connections of its own, which last until they have understood: the shell around `Greeter`.
final class Greetings {
    private var greeter: Greeter
    private let links: AskLinks<Int>
    private var number: UInt64 = 0
    /// When `turn` has something to do next.
    private(set) var nextNanoseconds: UInt64 = 0

    private static let intervalNanoseconds: UInt64 = 50_000_000

    init(targets: [Int], context: Context) {
        greeter = Greeter(targets: targets)
        links = AskLinks(context)
    }

    /// Greets who is to be greeted, and hears the answers; `endpoint` is where a node's ROUTER is.
    func turn(
        _ greeting: Greeting, at now: UInt64, isReady: Bool, endpoint: (Int) -> String?
    ) throws(ZMQError) -> [(node: Int, outcome: Greeter.Outcome)] {
        nextNanoseconds = now + Self.intervalNanoseconds
        var outcomes: [(node: Int, outcome: Greeter.Outcome)] = []
        for node in links.keys {
            while let incoming = try links.receive(from: node) {
                // A node of another version, or one that knows nothing of greetings, is as if it had not answered.
                guard case .answer(.membership(let answer), _) = incoming else { continue }
                if let outcome = greeter.receive(answer, from: node) { outcomes.append((node, outcome)) }
            }
        }
        for node in greeter.due(at: now, isReady: isReady) {
            guard let endpoint = endpoint(node) else { continue }
            number += 1
            if try !links.ask(node, at: endpoint, .greet(greeting), number: number) { greeter.notSent(to: node) }
        }
        if greeter.isOver(at: now) {
            for node in links.keys { links.close(node) }
            nextNanoseconds = .max
        }
        return outcomes
    }

    /// A node may have to be told again.
    func greetAgain(_ node: Int, at now: UInt64) {
        greeter.greetAgain(node, at: now)
        nextNanoseconds = min(nextNanoseconds, now + Self.intervalNanoseconds)
    }

    /// A node is at another endpoint than before.
    func followTo(_ node: Int, at now: UInt64) {
        links.close(node)
        greetAgain(node, at: now)
    }
}

/// Says goodbye to other nodes, and waits for a moment until they have heard it.
enum Farewell {
    /// How long that may take.
    private static let patienceNanoseconds: UInt64 = 300_000_000

    static func say(_ leave: Leave, to endpoints: [String], context: Context) throws(ZMQError) {
        let links = AskLinks<String>(context)
        var waiting = Set(endpoints)
        let deadline = MonotonicClock.now() + patienceNanoseconds
        var asked: Set<String> = []
        var poller = Poller()
        while !waiting.isEmpty, MonotonicClock.now() < deadline {
            for endpoint in waiting {
                if !asked.contains(endpoint), try links.ask(endpoint, at: endpoint, .leave(leave), number: 1) {
                    asked.insert(endpoint)
                }
                if try links.receive(from: endpoint) != nil { waiting.remove(endpoint) }
            }
            if !waiting.isEmpty { _ = try poller.wait(timeoutNanoseconds: 2_000_000) }
        }
    }
}

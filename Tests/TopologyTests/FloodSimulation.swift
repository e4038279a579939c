@testable import Topology

/// A broadcast played out frame by frame, to hold the laws against.
struct FloodSimulation {
    /// How long a frame is under way.
    enum Delays {
        /// All links are equally fast; frames that arrive together are taken in random order.
        case equal
        /// Each frame takes a random time.
        case random
    }

    private(set) var frames = 0
    private(set) var handled: [Int]
    private(set) var reached: Set<Int> = []

    /// Plays a broadcast of `origin`.
    init(_ graph: LinkGraph, origin: Int, delays: Delays, random: inout SplitMix64) {
        self.handled = [Int](repeating: 0, count: graph.nodeCount)
        var underWay: [(arrival: Int, tie: UInt64, from: Int, to: Int)] = []
        func send(_ graph: LinkGraph, at now: Int, node: Int, from sender: Int, _ random: inout SplitMix64) -> Int {
            var sent = 0
            for next in 0..<graph.nodeCount
            where graph.isForwarded(at: node, from: sender, origin: origin, to: next) {
                let delay = delays == .equal ? 1 : 1 + random.next(below: 1000)
                underWay.append((now + delay, random.next(), node, next))
                sent += 1
            }
            return sent
        }
        reached = [origin]
        handled[origin] += send(graph, at: 0, node: origin, from: origin, &random)
        while let next = underWay.indices.min(by: {
            (underWay[$0].arrival, underWay[$0].tie) < (underWay[$1].arrival, underWay[$1].tie)
        }) {
            let frame = underWay.remove(at: next)
            frames += 1
            handled[frame.to] += 1
            if reached.insert(frame.to).inserted {
                handled[frame.to] += send(graph, at: frame.arrival, node: frame.to, from: frame.from, &random)
            }
        }
    }
}

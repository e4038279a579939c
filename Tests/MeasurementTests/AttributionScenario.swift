import Measurement

/// A cluster in miniature: it floods a stream message by message over links that fail in chosen ways, and keeps both
/// what the nodes would count and, for each missing delivery, the true cause.
struct AttributionScenario {
    enum Fault: CaseIterable {
        case none, drops, interrupted, lateSubscriber, refuses, damages, cutShort, silent
    }

    struct Link {
        var evidence: LinkEvidence
        var fault: Fault
        /// How likely the fault hits a message; for a late subscriber, the part of the stream it misses.
        var share: Double
    }

    let nodeCount: Int
    let edges: [(Int, Int)]
    let messages: UInt64
    var entry = 0
    var isClientStream = false
    /// The part of the messages that the origin could not hand to anyone.
    var refusedByOrigin = 0.0
    /// For each node that dies, the index of the first message that it no longer takes.
    var deaths: [Int: UInt64] = [:]
    var links: [[Int]: Link] = [:]

    private(set) var unique: [UInt64]
    private(set) var highest: [UInt64?]
    private(set) var refused: UInt64 = 0
    private(set) var truth: [LossCounts]

    init(nodeCount: Int, edges: [(Int, Int)], messages: UInt64) {
        self.nodeCount = nodeCount
        self.edges = edges
        self.messages = messages
        unique = Array(repeating: 0, count: nodeCount)
        highest = Array(repeating: nil, count: nodeCount)
        truth = Array(repeating: LossCounts(), count: nodeCount)
        for (left, right) in edges {
            links[[left, right]] = Link(evidence: LinkEvidence(from: left, to: right), fault: .none, share: 0)
            links[[right, left]] = Link(evidence: LinkEvidence(from: right, to: left), fault: .none, share: 0)
        }
    }

    func neighbours(of node: Int) -> [Int] {
        edges.compactMap { $0.0 == node ? $0.1 : $0.1 == node ? $0.0 : nil }
    }

    /// For each node its neighbour on a shortest way to the entry node.
    var parents: [Int?] {
        var parents: [Int?] = Array(repeating: nil, count: nodeCount)
        var reached: Set = [entry]
        var queue = [entry]
        while !queue.isEmpty {
            let node = queue.removeFirst()
            for neighbour in neighbours(of: node) where reached.insert(neighbour).inserted {
                parents[neighbour] = node
                queue.append(neighbour)
            }
        }
        return parents
    }

    mutating func setFault(_ fault: Fault, share: Double, from: Int, to: Int) {
        links[[from, to]]?.fault = fault
        links[[from, to]]?.share = share
        links[[from, to]]?.evidence.mayDrop = fault == .drops
        links[[from, to]]?.evidence.interruptions = fault == .interrupted ? 1 : 0
        links[[from, to]]?.evidence.drained = fault != .cutShort
    }

    /// Sends all messages through the cluster.
    mutating func run(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for index in 0..<messages {
            broadcast(index, using: &generator)
        }
    }

    private mutating func broadcast(_ index: UInt64, using generator: inout SeededGenerator) {
        var has: Set<Int> = []
        // What stopped the message on its way to a node, last.
        var stopped: [Int: LossCause] = [:]
        var queue: [(node: Int, from: Int?)] = []
        if index >= deaths[entry] ?? .max {
            stopped[entry] = .originDown
        } else if generator.nextUnit() < refusedByOrigin {
            refused += 1
            stopped[entry] = .refusedBySender
            if !isClientStream { has.insert(entry) }
        } else {
            has.insert(entry)
            queue.append((node: entry, from: nil))
        }
        while !queue.isEmpty {
            let (node, from) = queue.removeFirst()
            for neighbour in neighbours(of: node) where neighbour != from {
                if let cause = send(index, from: node, to: neighbour, using: &generator) {
                    stopped[neighbour] = cause
                } else if has.insert(neighbour).inserted {
                    queue.append((node: neighbour, from: node))
                }
            }
        }
        account(index, has: has, stopped: stopped)
    }

    /// Sends one message over one link; nil when it arrived, else the cause of its loss.
    private mutating func send(
        _ index: UInt64, from: Int, to: Int, using generator: inout SeededGenerator
    ) -> LossCause? {
        guard var link = links[[from, to]] else { return .unexplained }
        defer { links[[from, to]] = link }
        let isHit = generator.nextUnit() < link.share
        if link.fault == .lateSubscriber, Double(index) < link.share * Double(messages) {
            link.evidence.beforeSubscription += 1
            return .notYetSubscribed
        }
        if link.fault == .refuses, isHit {
            link.evidence.refused += 1
            return .refusedBySender
        }
        // The subscription of a dead node is gone: nothing is handed to its link.
        if index >= deaths[to] ?? .max { return .forwarderDown }
        link.evidence.handed += 1
        if isHit {
            switch link.fault {
            case .drops: return .fullQueue
            case .interrupted: return .linkDown
            case .cutShort: return .inFlightAtStop
            case .silent: return .unexplained
            case .damages:
                link.evidence.corrupt += 1
                return .corrupt
            case .none, .lateSubscriber, .refuses: break
            }
        }
        link.evidence.arrived += 1
        return nil
    }

    private mutating func account(_ index: UInt64, has: Set<Int>, stopped: [Int: LossCause]) {
        for node in 0..<nodeCount {
            if has.contains(node) {
                unique[node] += 1
                highest[node] = index
                continue
            }
            if deaths[node] != nil {
                truth[node][.receiverDown] += 1
                continue
            }
            // The cause is what stopped the message on the tree way, at the first place.
            var culprit: Int? = node
            var cause = LossCause.unexplained
            while let place = culprit, !has.contains(place) || place == entry {
                if let known = stopped[place] { cause = known }
                culprit = parents[place]
            }
            truth[node][cause] += 1
        }
    }

    /// What the nodes counted.
    ///
    /// A dead node's own counts are gone.
    var evidence: StreamEvidence {
        let isUnknown = !isClientStream && deaths[entry] != nil
        var evidence = StreamEvidence(
            entry: entry, sent: isUnknown ? nil : messages, refusedByOrigin: isUnknown ? 0 : refused,
            originDied: deaths[entry] != nil, receivers: [], links: [])
        for node in 0..<nodeCount {
            let isKnown = deaths[node] == nil && (node != entry || isClientStream)
            evidence.receivers.append(
                isKnown ? ReceiverEvidence(unique: unique[node], highestIndex: highest[node]) : ReceiverEvidence())
        }
        for link in links.values {
            var known = link.evidence
            if deaths[known.from] != nil { (known.handed, known.refused, known.beforeSubscription) = (0, 0, 0) }
            if deaths[known.to] != nil { (known.arrived, known.corrupt) = (0, 0) }
            evidence.links.append(known)
        }
        return evidence
    }

    var nodes: [NodeEvidence] {
        (0..<nodeCount).map { NodeEvidence(died: deaths[$0] != nil) }
    }

    var attribution: [ReceiverLoss] {
        attribute(evidence, parents: parents, nodes: nodes)
    }
}

extension AttributionScenario {
    /// The edges of a shape.
    enum Shape: String, CaseIterable {
        case star, line, tree, ring, mesh

        var isTree: Bool { self != .ring && self != .mesh }

        func edges(nodeCount: Int) -> [(Int, Int)] {
            switch self {
            case .star: (1..<nodeCount).map { (0, $0) }
            case .line: (1..<nodeCount).map { ($0 - 1, $0) }
            case .tree: (1..<nodeCount).map { (($0 - 1) / 2, $0) }
            case .ring: (1..<nodeCount).map { ($0 - 1, $0) } + [(nodeCount - 1, 0)]
            case .mesh: (0..<nodeCount).flatMap { left in ((left + 1)..<nodeCount).map { (left, $0) } }
            }
        }
    }

    /// A scenario with a random entry node, random faults on the links, and at most one death.
    static func random(_ shape: Shape, seed: UInt64, silentFaults: Bool = false) -> AttributionScenario {
        var generator = SeededGenerator(seed: seed)
        let nodeCount = Int.random(in: 3...9, using: &generator)
        var scenario = AttributionScenario(
            nodeCount: nodeCount, edges: shape.edges(nodeCount: nodeCount), messages: 300)
        scenario.entry = Int.random(in: 0..<nodeCount, using: &generator)
        scenario.isClientStream = Bool.random(using: &generator)
        scenario.refusedByOrigin = Bool.random(using: &generator) ? 0.1 * generator.nextUnit() : 0
        for pair in scenario.links.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let fault = Fault.allCases.randomElement(using: &generator) ?? .none
            let isAllowed = fault != .silent || silentFaults
            scenario.setFault(isAllowed ? fault : .none, share: 0.4 * generator.nextUnit(), from: pair[0], to: pair[1])
        }
        if Int.random(in: 0..<3, using: &generator) == 0 {
            let victim = Int.random(in: 0..<nodeCount, using: &generator)
            scenario.kill(victim, at: UInt64.random(in: 50..<250, using: &generator))
        }
        scenario.run(seed: seed)
        return scenario
    }

    /// Kills a node.
    ///
    /// What a link loses silently on its way to a node that dies can be told by nobody, so these links do not; and a
    /// dead origin takes the number of its refusals with it.
    mutating func kill(_ node: Int, at index: UInt64) {
        deaths[node] = index
        if node == entry { refusedByOrigin = 0 }
        for neighbour in neighbours(of: node) {
            setFault(.none, share: 0, from: neighbour, to: node)
            setFault(.none, share: 0, from: node, to: neighbour)
        }
    }
}

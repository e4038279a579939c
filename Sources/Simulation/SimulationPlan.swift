public import Cluster
import Measurement
public import Topology

/// Everything that decides how a simulation goes; drawn from a seed, or written by hand.
public struct SimulationPlan: Sendable {
    /// Seeds whatever chance decides while it runs.
    public var seed: UInt64
    /// Which links there are.
    public var shape: Shape
    /// How many nodes.
    public var nodeCount: Int
    /// Nodes that are not there when the cluster forms; they start when faults begin.
    public var lateNodes: Set<Int> = []
    /// Who stands first; nil: chance decides.
    public var preferredLeader: Int?
    /// How often a leader sends a heartbeat, in nanoseconds.
    public var heartbeatNanoseconds: UInt64 = 100_000_000
    /// The shortest election time-out, in nanoseconds.
    public var electionNanoseconds: UInt64 = 300_000_000
    /// After how long leaders hand over, in nanoseconds; nil: never by themselves.
    public var rotationNanoseconds: UInt64?
    /// Bytes of log that a node keeps.
    public var logBytesMax = 32 << 20
    /// Bytes of log or snapshot in one message.
    public var partBytesMax = 256 << 10
    /// How all links are while nothing is broken.
    public var network = NetworkConditions()
    /// The longest time between the arrival of a frame and the round of the node that takes it, in nanoseconds.
    public var roundDelayNanosecondsMax: UInt64 = 0
    /// How much a node's clock may be fast or slow, in thousandths.
    public var driftPerMilleMax: Int = 0
    /// What orders are about.
    public var workload = Workload.events
    /// What goes wrong.
    public var faults: [FaultSource] = []
    /// When faults begin, in nanoseconds.
    public var faultsBeginNanoseconds: UInt64 = 0
    /// When all of them end, in nanoseconds.
    public var faultsEndNanoseconds: UInt64 = 0
    /// How long the cluster may take to agree after that, in nanoseconds.
    public var recoveryNanosecondsMax: UInt64 = 15_000_000_000
    /// How long it may take after that until all vote and follow one leader, in nanoseconds.
    public var electionNanosecondsMax: UInt64 = 8_000_000_000
    /// How many clients send orders.
    public var clientCount = 0
    /// How many orders each sends.
    public var ordersPerClient: UInt64 = 0
    /// How many orders of a client may be unanswered.
    public var window: UInt64 = 8
    /// How many orders a client puts into one message.
    public var ordersPerMessage: UInt64 = 2
    /// How long a client waits for an answer before it sends again, in nanoseconds.
    public var patienceNanoseconds: UInt64 = 400_000_000
    /// How long a client rests between messages at most, in nanoseconds.
    public var thinkNanosecondsMax: UInt64 = 0
    /// The mistake that the nodes make; nil: none that is known.
    public var mutant: Mutant?

    /// A plan in which nothing goes wrong.
    public init(seed: UInt64 = 1, shape: Shape, nodeCount: Int) {
        self.seed = seed
        self.shape = shape
        self.nodeCount = nodeCount
    }
}

/// How links treat frames.
public struct NetworkConditions: Sendable {
    /// The least time that a frame takes, in nanoseconds.
    public var delayNanoseconds: UInt64 = 1_000_000
    /// How much more it may take, in nanoseconds.
    public var jitterNanoseconds: UInt64 = 0
    /// Frames lost of a thousand.
    public var lossPerMille = 0
    /// Frames that arrive twice of a thousand.
    public var duplicatePerMille = 0
    /// Whether frames of one link may overtake each other, which TCP does not allow.
    public var reorders = false

    /// Fast and sound.
    public init() {}
}

/// Where faults of one kind come from.
public struct FaultSource: Sendable {
    /// What goes wrong.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Two groups do not hear each other.
        case halves
        /// A node hears nobody, and nobody hears it.
        case isolateOne
        /// The same for the leader.
        case isolateLeader
        /// One direction only between some nodes.
        case asymmetric
        /// Each node hears a majority, and no two the same.
        case majoritiesRing
        /// Two groups that only one node connects.
        case bridge
        /// Frames of some links are held back.
        case clog
        /// A node loses everything, and starts again later.
        case crash
        /// The same for the leader.
        case crashLeader
        /// A node stands still.
        case pause
        /// The same for the leader.
        case pauseLeader
        /// Many frames are lost.
        case loss
        /// The leader is told to hand over.
        case transfer
        /// A node gets a frame that says nothing, but in the name of a life or with a number far in the future.
        case forgery
    }

    /// What goes wrong.
    public var kind: Kind
    /// How long it is from one to the next on average, in nanoseconds.
    public var intervalNanoseconds: UInt64
    /// How long each lasts on average, in nanoseconds.
    public var durationNanoseconds: UInt64
    /// How often it strikes at most.
    public var strikesMax: Int

    /// Makes a source of faults.
    public init(kind: Kind, intervalNanoseconds: UInt64, durationNanoseconds: UInt64, strikesMax: Int = .max) {
        self.kind = kind
        self.intervalNanoseconds = intervalNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.strikesMax = strikesMax
    }
}

extension SimulationPlan {
    /// The plan of a seed: a cluster, a network, and a random few of the faults that it survives.
    ///
    /// Each seed enables some kinds of faults and leaves out the others, because what happens all the time keeps rare
    /// things from happening (A. Groce and others, "Swarm Testing", 2012).
    public init(drawnFrom seed: UInt64) {
        var random = SeededGenerator(seed: seed &* 0x9e37_79b9_7f4a_7c15 ^ 0x5eed)
        let count = random.pick([1, 3, 3, 3, 3, 4, 5, 5, 5, 7])
        var shapes: [Shape] = [.mesh, .mesh, .mesh, .star, .ring(.twoWay)]
        if count > 3 && count < 7 { shapes.append(.fullFlood) }
        if count > 4 { shapes.append(.random(degree: 3)) }
        // A random graph has an even number of ends.
        let shape = random.pick(shapes.filter { $0 != .random(degree: 3) || count % 2 == 0 } + [.mesh])
        self.init(seed: seed, shape: count == 1 ? .mesh : shape, nodeCount: count)
        preferredLeader = random.chance(500) ? random.below(count) : nil
        if count > 3 && random.chance(150) { lateNodes = [random.below(count)] }
        if let preferred = preferredLeader, lateNodes.contains(preferred) { preferredLeader = nil }
        rotationNanoseconds = random.chance(150) ? 500_000_000 + random.next() % 2_000_000_000 : nil
        if random.chance(400) {
            logBytesMax = 2_000 + random.below(6_000)
            partBytesMax = 500 + random.below(1_000)
        }
        drawNetwork(&random)
        drawFaults(&random)
        workload = random.chance(300) ? .orders : .events
        clientCount = random.pick([1, 2, 2, 3])
        window = UInt64(random.pick([1, 4, 16]))
        ordersPerClient = UInt64(window == 1 ? 5 + random.below(15) : 10 + random.below(50))
        ordersPerMessage = UInt64(random.pick([1, 1, 2, 4]))
        // Where little is sent again at a time, who sends often would always be ahead of it.
        patienceNanoseconds = partBytesMax < 10_000 ? 1_500_000_000 : random.pick([300_000_000, 1_000_000_000])
        thinkNanosecondsMax = random.pick([
            partBytesMax < 10_000 ? 100_000_000 : 0, 20_000_000, 200_000_000, 500_000_000,
        ])
        // Drawn last, so that it changes nothing else in the plan of a seed.
        if count > 1 && random.chance(350) {
            let mean = random.pick([50_000_000, 400_000_000, 1_500_000_000 as UInt64])
            faults.append(FaultSource(kind: .forgery, intervalNanoseconds: mean, durationNanoseconds: 0))
        }
    }

    private mutating func drawNetwork(_ random: inout SeededGenerator) {
        network.delayNanoseconds = random.pick([50_000, 200_000, 1_000_000, 5_000_000, 15_000_000])
        network.jitterNanoseconds = random.pick([0, network.delayNanoseconds, 20_000_000, 60_000_000])
        network.lossPerMille = random.pick([0, 0, 0, 5, 30, 100])
        network.duplicatePerMille = random.pick([0, 0, 10, 100, 300])
        network.reorders = random.chance(250)
        roundDelayNanosecondsMax = random.pick([0, 0, 100_000, 5_000_000])
        driftPerMilleMax = random.pick([0, 0, 1, 50])
    }

    private mutating func drawFaults(_ random: inout SeededGenerator) {
        faultsBeginNanoseconds = random.pick([0, 20_000_000, 200_000_000, 1_000_000_000])
        faultsEndNanoseconds = faultsBeginNanoseconds + 2_000_000_000 + random.next() % 6_000_000_000
        for kind in FaultSource.Kind.allCases where kind != .forgery && random.chance(350) {
            let mean = random.pick([150_000_000, 400_000_000, 1_000_000_000, 3_000_000_000 as UInt64])
            let duration = random.pick([30_000_000, 300_000_000, 1_000_000_000, 2_500_000_000 as UInt64])
            faults.append(FaultSource(kind: kind, intervalNanoseconds: mean, durationNanoseconds: duration))
        }
        // While the cluster forms, nodes take each other for founders: who dies then must not be taken for one again.
        if faultsBeginNanoseconds < 100_000_000 && random.chance(500) {
            faults.append(
                FaultSource(
                    kind: .crash, intervalNanoseconds: 20_000_000 + random.upTo(200_000_000),
                    durationNanoseconds: random.pick([5_000_000, 50_000_000, 300_000_000]), strikesMax: 1))
        }
    }
}

extension SeededGenerator {
    /// A number from 0 up to and without `end`.
    mutating func below(_ end: Int) -> Int { end > 1 ? Int(next() % UInt64(end)) : 0 }

    /// A time from 0 up to and with `most`.
    mutating func upTo(_ most: UInt64) -> UInt64 { most == 0 ? 0 : next() % (most + 1) }

    /// True so many times of a thousand.
    mutating func chance(_ perMille: Int) -> Bool { perMille > 0 && below(1_000) < perMille }

    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A time between a tenth and two times of the mean.
    mutating func around(_ mean: UInt64) -> UInt64 { mean / 10 + upTo(mean * 19 / 10) }
}

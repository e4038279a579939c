import Testing

@testable import Measurement

@Suite struct AttributionTests {
    static func total(_ losses: [ReceiverLoss]) -> LossCounts {
        losses.reduce(LossCounts()) { $0 + $1.causes }
    }

    static func identityHolds(_ losses: [ReceiverLoss], in scenario: AttributionScenario) -> Bool {
        losses.allSatisfy { loss in
            let got = scenario.evidence.receivers[loss.receiver].unique ?? 0
            return loss.causes.total == loss.missing && loss.missing == loss.expected - got
        }
    }

    @Test(arguments: AttributionScenario.Shape.allCases.filter(\.isTree), 1...60 as ClosedRange<UInt64>)
    func onTreesTheAttributionIsTheTruth(shape: AttributionScenario.Shape, seed: UInt64) {
        let scenario = AttributionScenario.random(shape, seed: seed, silentFaults: true)
        let losses = scenario.attribution
        #expect(Self.identityHolds(losses, in: scenario))
        for loss in losses where scenario.deaths[loss.receiver] == nil {
            // A dead origin's last messages may have reached nobody: then they were never sent as far as anyone knows.
            var truth = scenario.truth[loss.receiver]
            if scenario.evidence.originDied { truth[.originDown] -= scenario.messages - loss.expected }
            #expect(loss.causes == truth)
        }
    }

    @Test(arguments: AttributionScenario.Shape.allCases.filter { !$0.isTree }, 1...60 as ClosedRange<UInt64>)
    func withSeveralWaysInEverythingIsExplainedAndNothingTwice(shape: AttributionScenario.Shape, seed: UInt64) {
        let scenario = AttributionScenario.random(shape, seed: seed)
        let losses = scenario.attribution
        #expect(Self.identityHolds(losses, in: scenario))
        #expect(Self.total(losses)[.unexplained] == 0)
    }

    @Test(arguments: AttributionScenario.Shape.allCases)
    func withoutFaultsNothingIsMissing(shape: AttributionScenario.Shape) {
        var scenario = AttributionScenario(nodeCount: 6, edges: shape.edges(nodeCount: 6), messages: 100)
        scenario.run(seed: 1)
        let losses = scenario.attribution
        #expect(losses.map(\.receiver) == [1, 2, 3, 4, 5])
        #expect(losses.allSatisfy { $0.missing == 0 && $0.expected == 100 && $0.causes == LossCounts() })
    }

    @Test(
        arguments: [
            (.drops, .fullQueue), (.interrupted, .linkDown), (.lateSubscriber, .notYetSubscribed),
            (.refuses, .refusedBySender), (.damages, .corrupt), (.cutShort, .inFlightAtStop), (.silent, .unexplained),
        ] as [(AttributionScenario.Fault, LossCause)])
    func eachFaultOfALinkIsItsCauseForAllBehindIt(fault: AttributionScenario.Fault, cause: LossCause) throws {
        var scenario = AttributionScenario(
            nodeCount: 4, edges: AttributionScenario.Shape.line.edges(nodeCount: 4), messages: 200)
        scenario.setFault(fault, share: 0.25, from: 1, to: 2)
        scenario.run(seed: 3)
        let losses = scenario.attribution
        #expect(losses[0].missing == 0)
        #expect(losses[1].missing > 0)
        #expect(losses[1].causes[cause] == losses[1].missing)
        #expect(losses[2].causes == losses[1].causes)
    }

    @Test func aDeadForwarderIsTheCauseBehindItAndItsOwnLossIsItsDeath() {
        var scenario = AttributionScenario(
            nodeCount: 4, edges: AttributionScenario.Shape.line.edges(nodeCount: 4), messages: 100)
        scenario.kill(1, at: 60)
        scenario.run(seed: 1)
        let causes = scenario.attribution.map(\.causes.occurring)
        #expect(causes.map { $0.map(\.cause) } == [[.receiverDown], [.forwarderDown], [.forwarderDown]])
        #expect(causes.map { $0.map(\.count) } == [[100], [40], [40]])
    }

    @Test func whatAQueueDroppedBeforeItsNodeDiedIsNotTheDeaths() throws {
        var scenario = AttributionScenario(
            nodeCount: 4, edges: AttributionScenario.Shape.line.edges(nodeCount: 4), messages: 1_000)
        scenario.setFault(.refuses, share: 0.1, from: 0, to: 1)
        scenario.kill(1, at: 600)
        scenario.setFault(.refuses, share: 0.1, from: 0, to: 1)
        scenario.setFault(.drops, share: 0.3, from: 1, to: 2)
        scenario.run(seed: 5)
        let losses = scenario.attribution
        #expect(Self.identityHolds(losses, in: scenario))
        let truth = scenario.truth[2]
        let end = try #require(scenario.highest[2]) + 1
        // What was dropped after the last arrival nobody can tell from what the death took.
        #expect(end > 590 && truth[.fullQueue] > 100 && losses[1].causes[.fullQueue] > 100)
        #expect(losses[1].causes[.fullQueue] <= truth[.fullQueue])
        #expect(losses[1].causes[.forwarderDown] >= truth[.forwarderDown])
        #expect(losses[1].causes[.refusedBySender] == truth[.refusedBySender])
        #expect(losses[2].causes == losses[1].causes, "and so of all behind it")

        scenario.links[[1, 2]]?.evidence.mayDrop = false
        #expect(scenario.attribution[1].causes[.fullQueue] == 0, "a queue that blocks drops nothing")
    }

    @Test func ofADeadOriginCountsWhatAnyoneSaw() {
        var evidence = StreamEvidence(
            entry: 0, sent: nil, originDied: true,
            receivers: [ReceiverEvidence(), .init(unique: 50, highestIndex: 49), .init(unique: 40, highestIndex: 39)],
            links: [])
        let nodes = [NodeEvidence(died: true), NodeEvidence(), NodeEvidence()]
        let losses = attribute(evidence, parents: [nil, 0, 0], nodes: nodes)
        #expect(losses.map(\.expected) == [50, 50])
        #expect(losses.map { $0.causes[.originDown] } == [0, 10])
        // Nobody saw anything: nothing is known to have been sent.
        evidence.receivers = Array(repeating: ReceiverEvidence(), count: 3)
        #expect(attribute(evidence, parents: [nil, 0, 0], nodes: nodes).allSatisfy { $0.missing == 0 })
    }

    @Test func aClientThatDiedIsTheCauseOfWhatTheEntryNodeMisses() {
        let evidence = StreamEvidence(
            entry: 0, sent: nil, originDied: true,
            receivers: [.init(unique: 9, highestIndex: 9), .init(unique: 9, highestIndex: 9)],
            links: [LinkEvidence(from: 0, to: 1, handed: 9, arrived: 9)])
        let losses = attribute(evidence, parents: [nil, 0], nodes: [NodeEvidence(), NodeEvidence()])
        #expect(losses.map { $0.causes[.originDown] } == [1, 1])
    }

    @Test func aNodeThatCannotBeReachedIsUnexplainedUnlessItDied() {
        let evidence = StreamEvidence(
            entry: 0, sent: 5, receivers: Array(repeating: ReceiverEvidence(), count: 4), links: [])
        let nodes = [NodeEvidence(), NodeEvidence(), NodeEvidence(died: true), NodeEvidence()]
        // Node 1 has no parent, node 3 a parent that does not exist.
        let losses = attribute(evidence, parents: [nil, nil, nil, 9], nodes: nodes)
        #expect(losses.map { $0.causes.occurring.map(\.cause) } == [[.unexplained], [.receiverDown], [.unexplained]])
    }

    @Test func parentsInACircleEndTheWalk() {
        let evidence = StreamEvidence(
            entry: 0, sent: 5, receivers: Array(repeating: ReceiverEvidence(), count: 3), links: [])
        let losses = attribute(evidence, parents: [1, 2, 1], nodes: Array(repeating: NodeEvidence(), count: 3))
        #expect(losses.map { $0.causes[.unexplained] } == [5, 5])
    }

    /// Counts that contradict each other, as from a faulty node: still every missing delivery has one cause.
    @Test func contradictingCountsNeverBreakTheIdentity() {
        var generator = SeededGenerator(seed: 8)
        func any() -> UInt64 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: 0
            case 1: .max
            default: UInt64.random(in: 0..<200, using: &generator)
            }
        }
        var wrong = 0
        for _ in 0..<3_000 {
            let count = Int.random(in: 1...6, using: &generator)
            let pairs = (0..<12).map { _ in
                (Int.random(in: -1...count, using: &generator), Int.random(in: -1...count, using: &generator))
            }
            let evidence = StreamEvidence(
                entry: Int.random(in: 0..<count, using: &generator), sent: Bool.random(using: &generator) ? nil : any(),
                refusedByOrigin: any(), originDied: Bool.random(using: &generator),
                receivers: (0..<count).map { _ in
                    ReceiverEvidence(unique: Bool.random(using: &generator) ? nil : any(), highestIndex: any())
                },
                links: pairs.map {
                    LinkEvidence(
                        from: $0.0, to: $0.1, handed: any(), arrived: any(), corrupt: any(), refused: any(),
                        beforeSubscription: any(), mayDrop: Bool.random(using: &generator), interruptions: any(),
                        drained: Bool.random(using: &generator))
                })
            let parents: [Int?] = (0..<count).map { _ in
                let parent = Int.random(in: -2...count, using: &generator)
                return parent < -1 ? nil : parent
            }
            let nodes = (0..<count).map { _ in NodeEvidence(died: Bool.random(using: &generator)) }
            for loss in attribute(evidence, parents: parents, nodes: nodes) {
                let got = evidence.receivers[loss.receiver].unique ?? 0
                let missing = loss.expected > got ? loss.expected - got : 0
                if loss.missing != missing || loss.causes.total != missing { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }
}

import Cluster
import Testing
import Wire

/// Processes find each other whatever the network does, and agree on who is which node.
@Suite struct SearchTests {
    /// A network without faults, and ones with more and more.
    static let losses: [UInt64] = [0, 10, 30]

    @Test(arguments: losses, [1, 2, 3, 4, 5] as [UInt64])
    func fiveFindEachOtherThroughOne(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        for port in [5010, 5020, 5000, 5030, 5040] { world.start(port, list: [5000], nodes: 5) }
        let isFormed = world.run(seconds: 30) { $0.cluster?.count == 5 }
        #expect(isFormed, "\(world.processes.map { "\($0.membership?.id ?? -1) \($0.failure ?? "")" })")
        #expect(world.processes[2].membership?.id == 0, "the process in the list gathers")
        let tables = Set(world.processes.compactMap { $0.membership?.members.map(\.instance) })
        #expect(tables.count == 1)
    }

    @Test(arguments: losses, [1, 2, 3] as [UInt64])
    func withoutANumberTheClusterFormsWhenNobodyComesAnyMore(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        world.start(5000, list: [5000])
        #expect(!world.run(seconds: 10) { $0.cluster?.isEmpty == false }, "one alone is no cluster")
        for port in [5010, 5020, 5030] { world.start(port, list: [5000]) }
        #expect(world.run(seconds: 30) { $0.cluster?.count == 4 })
        #expect(world.cluster?.allSatisfy { $0.membership?.members.count == 4 } == true)
    }

    @Test(arguments: losses, [1, 2, 3, 4, 5] as [UInt64])
    func ofSeveralAddressesTheFirstThatIsThereGathers(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        let list = [5000, 5010, 5020]
        for port in [5020, 5010, 5030, 5040] { world.start(port, list: list, nodes: 4) }
        #expect(world.run(seconds: 60) { $0.cluster?.count == 4 }, "the first of the list never comes")
        #expect(world.cluster?.first?.endpoint == SimulatedSearch.endpoint(5010))
    }

    /// The first comes while the second gathers already: one of them steps back, and there is one cluster.
    @Test(arguments: losses, [1, 2, 3, 4, 5] as [UInt64])
    func whoComesLateDoesNotMakeASecondCluster(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        for port in [5010, 5020] { world.start(port, list: [5000, 5010], nodes: 3) }
        // Patience ends after 2.5 s: the late one comes right then.
        _ = world.run(seconds: 2) { _ in false }
        _ = world.run(seconds: 1) { $0.now >= 2_300_000_000 + seed * 60_000_000 }
        world.start(5000, list: [5000, 5010], nodes: 3)
        #expect(world.run(seconds: 60) { $0.cluster?.count == 3 })
        #expect(Set(world.processes.compactMap { $0.membership?.members.map(\.instance) }).count == 1)
    }

    /// A name is looked up while its other addresses are not there yet: each gathers, until it hears of the other.
    @Test(arguments: losses, [1, 2, 3] as [UInt64])
    func twoThatGatherBecomeOneWhenTheyHearOfEachOther(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        let first = world.start(5010, list: [5010])
        _ = world.run(seconds: 1)
        let pair = [first, world.start(5000, list: [5000])]
        _ = world.run(seconds: 1)
        #expect(pair.allSatisfy { $0.founder.isGathering })
        world.start(5020, list: [5000, 5010])
        let list = [5000, 5010].map(SimulatedSearch.endpoint)
        for process in pair { process.founder.learn(candidates: list, at: world.now) }
        #expect(world.run(seconds: 30) { $0.cluster?.count == 3 })
        #expect(world.cluster?.first === pair[0], "the one that started first gathers")
    }

    /// Every order in which the members of a list can be written, for each of three that are all in it.
    static let orders: [[[Int]]] = [
        [[5000, 5010], [5010, 5000]], [[5010, 5000], [5000, 5010]], [[5000], [5000, 5010]], [[5010, 5000], [5010]],
        [[5000, 5010, 5020], [5010, 5020, 5000], [5020, 5000, 5010]],
        [[5010, 5020, 5000], [5020, 5000, 5010], [5000, 5010, 5020]],
        [[5020, 5010, 5000], [5000, 5010, 5020], [5010, 5000, 5020]],
    ]

    /// Each holds itself, or another one, for the first.
    @Test(arguments: orders, [0, 10, 30] as [UInt64])
    func listsInDifferentOrdersMakeOneCluster(lists: [[Int]], loss: UInt64) {
        for seed in 1...5 as ClosedRange<UInt64> {
            for nodes in [0, lists.count + 1] {
                var world = SimulatedSearch(seed: seed, lossPercent: loss)
                for (place, list) in lists.enumerated() { world.start(5000 + 10 * place, list: list, nodes: nodes) }
                world.start(5500, list: lists[0], nodes: nodes)
                let isFormed = world.run(seconds: 60) { world in
                    world.processes.allSatisfy { $0.membership != nil || $0.failure != nil }
                }
                #expect(isFormed && world.cluster?.count == lists.count + 1, "seed \(seed), \(nodes) nodes")
                #expect(Set(world.processes.compactMap { $0.membership?.members.map(\.instance) }).count == 1)
            }
        }
    }

    /// Lists of which none has the process's own address in it: each was told "any other node".
    static let others: [[[Int]]] = [
        [[5010], [5000]], [[5010], [5020], [5000]], [[5010], [5000], [5000]], [[5010], [5020], [5010]],
        [[5010, 5020], [5000, 5020], [5000, 5010]],
    ]

    @Test(arguments: others, losses)
    func whoIsToldOnlyOthersFindsThemToo(lists: [[Int]], loss: UInt64) {
        for seed in 1...5 as ClosedRange<UInt64> {
            for nodes in [0, lists.count] {
                var world = SimulatedSearch(seed: seed, lossPercent: loss)
                for (place, list) in lists.enumerated() { world.start(5000 + 10 * place, list: list, nodes: nodes) }
                let isFormed = world.run(seconds: 60) { $0.cluster?.count == lists.count }
                #expect(isFormed, "seed \(seed), \(nodes) nodes")
            }
        }
    }

    /// Two groups, of which each has its gatherer, and one more process that knows both.
    static let groups: [[[Int]]] = [
        [[5000], [5000], [5020], [5020], [5000, 5020]], [[5010], [5000], [5030], [5020], [5000, 5020]],
        [[5000], [5000], [5020], [5020], [5020, 5000]],
    ]

    @Test(arguments: groups, [0, 10] as [UInt64])
    func whoKnowsTwoThatGatherBringsThemTogether(lists: [[Int]], loss: UInt64) {
        for seed in 1...10 as ClosedRange<UInt64> {
            for (nodes, pause) in [(0, 0 as UInt64), (0, 1), (5, 0), (5, 1)] {
                var world = SimulatedSearch(seed: seed, lossPercent: loss)
                for (place, list) in lists.enumerated() {
                    if place == 2 { _ = world.run(seconds: pause) }
                    world.start(5000 + 10 * place, list: list, nodes: nodes)
                }
                let isFormed = world.run(seconds: 60) { $0.cluster?.count == 5 }
                let ends = world.processes.map { "\($0.membership?.id ?? -1) \($0.failure ?? "")" }
                // Without a number, and where messages get lost, one group can have settled before it hears of the
                // other.
                #expect(isFormed || nodes == 0 && loss > 0, "seed \(seed), \(nodes) nodes, \(pause) s: \(ends)")
                #expect(world.isUndivided, "seed \(seed), \(nodes) nodes, \(pause) s: \(ends)")
            }
        }
    }

    /// They know nobody who gathers, and leave it to the one that they were told of, however late it comes.
    @Test(arguments: losses, [1, 2, 3] as [UInt64])
    func whoIsToldOfOneThatIsNotThereWaitsForIt(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        for port in [5010, 5020, 5030] { world.start(port, list: [5000]) }
        let isEarly = world.run(seconds: 30) { world in world.processes.contains { $0.founder.isGathering } }
        #expect(!isEarly)
        world.start(5000, list: [5000])
        #expect(world.run(seconds: 30) { $0.cluster?.count == 4 })
        #expect(world.cluster?.first?.endpoint == SimulatedSearch.endpoint(5000))
    }

    /// Both gather and know of each other: neither stays alone with its list, and never do both step back.
    @Test(arguments: losses, [1, 2, 3] as [UInt64])
    func ofTwoThatGatherTheLaterFollowsTheEarlier(loss: UInt64, seed: UInt64) {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        let early = world.start(5010, list: [5010])
        _ = world.run(seconds: 1)
        let late = world.start(5000, list: [5000])
        _ = world.run(seconds: 1)
        #expect(early.founder.isGathering && late.founder.isGathering)
        late.founder.learn(candidates: [5000, 5010].map(SimulatedSearch.endpoint), at: world.now)
        var hasStayed = true
        let isSettled = world.run(seconds: 10) { _ in
            hasStayed = hasStayed && early.founder.isGathering
            return !late.founder.isGathering
        }
        #expect(isSettled && hasStayed, "the earlier one never steps back")
        #expect(world.run(seconds: 10) { $0.cluster?.count == 2 })
    }

    @Test func aVisitorIsToldHowFarItIsAndChangesNothing() {
        var world = SimulatedSearch(seed: 1)
        let first = world.start(5000, list: [5000], nodes: 2)
        let visit = JoinRequest(purpose: .visit, instance: 1, endpoint: "none", terms: [Term("topology", "star")])
        #expect(first.founder.receive(visit, at: world.now) == .undecided)
        _ = world.run(seconds: 1)
        #expect(first.founder.receive(visit, at: world.now) == .waiting(arrived: 1))
        #expect(first.founder.refusals == 0)
    }

    @Test func whoDiesBeforeTheClusterFormsHasNoPlaceInIt() {
        var world = SimulatedSearch(seed: 1)
        world.start(5000, list: [5000])
        let mortal = world.start(5010, list: [5000])
        world.start(5020, list: [5000])
        _ = world.run(seconds: 1)
        mortal.isAlive = false
        #expect(world.run(seconds: 30) { $0.cluster?.count == 2 })
        #expect(world.cluster?.first?.membership?.members.count == 2)
    }

    @Test func theGathererMayDieBeforeTheClusterForms() {
        var world = SimulatedSearch(seed: 1)
        let list = [5000, 5010]
        let first = world.start(5000, list: list, nodes: 3)
        world.start(5010, list: list, nodes: 3)
        _ = world.run(seconds: 1)
        #expect(first.founder.isGathering)
        first.isAlive = false
        for port in [5020, 5030] { world.start(port, list: list, nodes: 3) }
        #expect(world.run(seconds: 60) { $0.cluster?.count == 3 })
        #expect(world.cluster?.first?.endpoint == SimulatedSearch.endpoint(5010))
    }

    // MARK: - After the cluster has formed

    static func formed(seed: UInt64, loss: UInt64 = 0, nodes: Int = 4) -> SimulatedSearch {
        var world = SimulatedSearch(seed: seed, lossPercent: loss)
        for place in 0..<nodes { world.start(5000 + 10 * place, list: [5000], nodes: nodes) }
        #expect(world.run(seconds: 30) { $0.cluster?.count == nodes })
        return world
    }

    @Test(arguments: losses, [1, 2, 3, 4, 5] as [UInt64])
    func aNewProcessTakesThePlaceOfADeadOneThroughAnyMember(loss: UInt64, seed: UInt64) {
        var world = Self.formed(seed: seed, loss: loss)
        let dead = world.processes[2]
        dead.isAlive = false
        let newcomer = world.start(5500, list: [5030])
        #expect(world.run(seconds: 60) { _ in newcomer.membership != nil }, "\(newcomer.failure ?? "")")
        #expect(newcomer.membership?.id == dead.membership?.id && newcomer.membership?.isReplacement == true)
        #expect(world.cluster?.count == 4, "everybody knows where it is")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func whoComesBackToItsEndpointGetsItsPlace(seed: UInt64) {
        var world = Self.formed(seed: seed)
        let ids = [1, 3].compactMap { world.processes[$0].membership?.id }
        for place in [1, 3] { world.processes[place].isAlive = false }
        let back = world.start(5030, list: [5000])
        #expect(world.run(seconds: 60) { _ in back.membership != nil })
        #expect(back.membership?.id == ids[1])
    }

    /// The only address in the list died and comes back: a member greets it, and it finds its cluster.
    @Test func whoGatheredTheClusterFindsItAgain() {
        var world = Self.formed(seed: 1)
        world.processes[0].isAlive = false
        let back = world.start(5000, list: [5000])
        _ = world.run(seconds: 1)
        #expect(back.founder.isGathering)
        back.founder.learn(member: SimulatedSearch.endpoint(5020))
        #expect(world.run(seconds: 30) { _ in back.membership != nil })
        #expect(back.membership?.id == 0 && back.membership?.isReplacement == true)
    }

    @Test(arguments: losses, Array(1...20) as [UInt64])
    func twoThatComeAtOnceGetTwoPlaces(loss: UInt64, seed: UInt64) {
        var world = Self.formed(seed: seed, loss: loss, nodes: 5)
        for place in [2, 3] { world.processes[place].isAlive = false }
        let pair = [world.start(5500, list: [5010]), world.start(5510, list: [5040])]
        #expect(world.run(seconds: 60) { _ in pair.allSatisfy { $0.membership != nil } }, "\(pair.map(\.failure))")
        #expect(world.cluster?.count == 5)
    }

    @Test(arguments: Array(1...20) as [UInt64])
    func ofTwoThatWantOnePlaceOneIsToldThatThereIsNone(seed: UInt64) {
        var world = Self.formed(seed: seed)
        world.processes[1].isAlive = false
        let pair = [world.start(5500, list: [5000]), world.start(5510, list: [5030])]
        #expect(world.run(seconds: 60) { _ in pair.allSatisfy { $0.membership != nil || $0.failure != nil } })
        #expect(pair.filter { $0.membership != nil }.count == 1)
        #expect(pair.compactMap(\.failure) == ["the cluster has its 4 nodes, and all are there: no place is free"])
        #expect(world.cluster?.count == 4)
    }

    @Test func aFullClusterTakesNobody() {
        var world = Self.formed(seed: 1)
        let late = world.start(5500, list: [5020])
        #expect(world.run(seconds: 30) { _ in late.failure != nil })
        #expect(late.failure == "the cluster has its 4 nodes, and all are there: no place is free")
        #expect(world.cluster?.count == 4)
    }

    @Test func whoWasToldSomethingElseIsRefusedBeforeAndAfter() {
        var world = SimulatedSearch(seed: 1)
        let star = [Term("topology", "star"), Term("cluster", "zbed")]
        world.start(5000, list: [5000], nodes: 2)
        let early = world.start(5010, list: [5000], nodes: 2, terms: star)
        #expect(world.run(seconds: 5) { _ in early.failure != nil })
        world.start(5020, list: [5000], nodes: 2)
        #expect(world.run(seconds: 5) { $0.cluster?.count == 2 })
        let late = world.start(5030, list: [5020], nodes: 2, terms: [Term("topology", "mesh"), Term("cluster", "x")])
        let other = world.start(5040, list: [5020], nodes: 7)
        #expect(world.run(seconds: 5) { _ in late.failure != nil && other.failure != nil })
        #expect(early.failure?.contains("the cluster has --topology mesh, and you have --topology star") == true)
        #expect(late.failure?.contains("the cluster has --cluster zbed, and you have --cluster x") == true)
        #expect(other.failure?.contains("the cluster has 2 nodes, and you have --num-nodes 7") == true)
        #expect(world.processes[0].founder.refusals == 1)
        #expect(world.processes[2].register?.turnedAway == 2)
        #expect(world.cluster?.count == 2, "nothing has changed")
    }
}

import Cluster
import Testing
import Wire

/// What a node answers to newcomers, to other nodes, and to those who take themselves for the same node.
@Suite struct MemberRegisterTests {
    private static let second: UInt64 = 1_000_000_000

    private static func register(members: Int) -> MemberRegister {
        MemberRegister(
            id: 0, nodeCount: 3, clusterDigest: 7,
            members: (0..<members).map { Member(endpoint: "tcp://h:\(5000 + 10 * $0)", instance: UInt64($0 + 1)) },
            terms: [])
    }

    private static func greeting(
        _ node: UInt16, _ incarnation: UInt32, _ instance: UInt64, digest: UInt64 = 7, endpoint: String = ""
    ) -> Greeting {
        Greeting(
            node: node, incarnation: incarnation, instance: instance, clusterDigest: digest, endpoint: endpoint)
    }

    private static func there(_ node: Int) -> MemberRegister.Sight { .init(subscribes: true, isSender: true) }
    private static func gone(_ node: Int) -> MemberRegister.Sight { .init(subscribes: false, isSender: true) }

    // MARK: - Places

    @Test func aPlaceIsGrantedToOneAndWhenItIsFreeOnly() {
        var register = Self.register(members: 3)
        func claim(_ instance: UInt64, _ place: UInt16 = 1) -> JoinRequest {
            JoinRequest(purpose: .claim(place), instance: instance, endpoint: "tcp://h:6000")
        }
        #expect(register.receive(claim(9), at: 0, sight: Self.there) == .taken(1))
        #expect(register.receive(claim(9), at: 0, sight: Self.gone) == .granted(1))
        #expect(register.receive(claim(9), at: 1, sight: Self.gone) == .granted(1), "an answer can be lost")
        #expect(register.receive(claim(8), at: 2, sight: Self.gone) == .taken(1))
        #expect(register.receive(claim(8), at: 6 * Self.second, sight: Self.gone) == .granted(1), "the first died")
        #expect(register.receive(claim(9, 0), at: 0, sight: Self.gone) == .taken(0), "that is this node")
        #expect(register.receive(claim(9, 3), at: 0, sight: Self.gone) == .taken(3))
    }

    /// A client, say, was told none of the terms, and has no address.
    @Test func aVisitorIsToldTheNodesWhateverItWasTold() {
        let visit = JoinRequest(purpose: .visit, instance: 1, endpoint: "none", nodeCount: 9, terms: [Term("a", "b")])
        var register = Self.register(members: 3)
        guard case .formed(let table) = register.receive(visit, at: 0, sight: Self.there) else {
            Issue.record("it was told nothing")
            return
        }
        #expect(table.members == register.members && register.turnedAway == 0)
        var told = Self.register(members: 0)
        guard case .refused(let reason) = told.receive(visit, at: 0, sight: Self.there) else {
            Issue.record("it was told something")
            return
        }
        #expect(reason.contains("--nodes") && told.turnedAway == 0)
    }

    @Test func whoGaveItsClaimBackLeavesThePlaceToOthers() {
        var register = Self.register(members: 3)
        let claim = JoinRequest(purpose: .claim(1), instance: 9, endpoint: "tcp://h:6000")
        _ = register.receive(claim, at: 0, sight: Self.gone)
        #expect(register.receive(Leave(node: 1, instance: 9)) == nil)
        var other = claim
        other.instance = 8
        #expect(register.receive(other, at: 1, sight: Self.gone) == .granted(1))
    }

    @Test func onlyTheProcessItselfCanSayThatItLeaves() {
        var register = Self.register(members: 3)
        #expect(register.receive(Leave(node: 1, instance: 9)) == nil)
        #expect(register.receive(Leave(node: 0, instance: 1)) == nil)
        #expect(register.receive(Leave(node: 1, instance: 2)) == .left(node: 1))
        #expect(register.members[1].instance == Member.vacant)
        // Its link may be up for a moment longer.
        let claim = JoinRequest(purpose: .claim(1), instance: 9, endpoint: "tcp://h:6000")
        #expect(register.receive(claim, at: 0, sight: Self.there) == .granted(1))
    }

    @Test func whoTakesAPlaceIsFoundWhereItIs() {
        var register = Self.register(members: 3)
        let claim = JoinRequest(purpose: .claim(1), instance: 9, endpoint: "tcp://h:6000")
        _ = register.receive(claim, at: 0, sight: Self.gone)
        let arrival = Self.greeting(1, 5, 9, endpoint: "tcp://h:6000")
        let first = register.receive(arrival, at: 1, sight: Self.gone)
        let table = MemberTable(members: register.members, place: 1)
        #expect(first.answer == .formed(table))
        #expect(first.change == .moved(node: 1, from: "tcp://h:5010", to: "tcp://h:6000"))
        let again = register.receive(arrival, at: 2, sight: Self.there)
        #expect(again.answer == .formed(table) && again.change == nil)
        #expect(register.merge(table).isEmpty, "it is all known")
        // The process before it was only asleep.
        let before = register.receive(Self.greeting(1, 4, 2, endpoint: "tcp://h:5010"), at: 3, sight: Self.there)
        #expect(before.answer == .refused("another process, at tcp://h:6000, is node 1 now") && before.change == nil)
        #expect(register.turnedAway == 1 && register.members[1].endpoint == "tcp://h:6000")
    }

    @Test func strangersChangeNothing() {
        var register = Self.register(members: 3)
        let members = register.members
        let stranger = register.receive(
            Self.greeting(1, 5, 9, digest: 8, endpoint: "tcp://h:6000"), at: 0, sight: Self.gone)
        guard case .stranger = stranger.answer else {
            Issue.record("it was answered with \(stranger.answer)")
            return
        }
        let nowhere = register.receive(Self.greeting(1, 5, 9, endpoint: "nowhere"), at: 0, sight: Self.gone)
        guard case .refused = nowhere.answer else {
            Issue.record("it was answered with \(nowhere.answer)")
            return
        }
        #expect(stranger.change == nil && nowhere.change == nil)
        #expect(register.members == members && register.turnedAway == 2)
    }

    // MARK: - Two processes with one id

    /// Greets as a node does, four times a second, while others are heard; answers what it was told last.
    private func greet(
        _ register: inout MemberRegister, _ greeting: Greeting, from begin: UInt64, hears voices: [UInt32]
    ) -> MembershipAnswer {
        var answer = MembershipAnswer.undecided
        for tick in 0..<20 {
            let now = begin + UInt64(tick) * Self.second / 4
            if tick % 4 == 0 { for voice in voices { register.heard(1, incarnation: voice, at: now) } }
            answer = register.receive(greeting, at: now, sight: Self.there).answer
            if answer != .undecided { return answer }
        }
        return answer
    }

    @Test func theFirstOfItsIdIsWelcomeAtOnce() {
        var register = Self.register(members: 0)
        #expect(register.receive(Self.greeting(1, 5, 9), at: 0, sight: Self.there).answer == .welcome)
    }

    @Test func whoStartsAgainIsWelcomeWhenItsLifeBeforeIsOver() {
        var register = Self.register(members: 0)
        register.heard(1, incarnation: 4, at: 0)
        #expect(greet(&register, Self.greeting(1, 5, 9), from: Self.second, hears: []) == .welcome)
        #expect(register.turnedAway == 0)
    }

    @Test func theSecondOfItsIdIsTurnedAwayWhileTheFirstIsHeard() {
        var register = Self.register(members: 0)
        register.heard(1, incarnation: 4, at: 0)
        let answer = greet(&register, Self.greeting(1, 5, 9), from: Self.second, hears: [4])
        guard case .refused(let reason) = answer else {
            Issue.record("it was answered with \(answer)")
            return
        }
        #expect(reason.contains("another process with id 1 is there (incarnation 4)"))
        #expect(register.turnedAway == 1)
    }

    /// Both start at once, and both are heard: the one that greeted first stays.
    @Test func ofTwoThatStartTogetherOneStays() {
        var register = Self.register(members: 0)
        #expect(register.receive(Self.greeting(1, 5, 9), at: 0, sight: Self.there).answer == .welcome)
        var answers: [[MembershipAnswer]] = [[], []]
        for tick in 1..<20 {
            let now = UInt64(tick) * Self.second / 4
            register.heard(1, incarnation: 4, at: now)
            register.heard(1, incarnation: 5, at: now)
            answers[0].append(register.receive(Self.greeting(1, 5, 9), at: now, sight: Self.there).answer)
            answers[1].append(register.receive(Self.greeting(1, 4, 8), at: now, sight: Self.there).answer)
        }
        #expect(answers[0].allSatisfy { $0 == .welcome || $0 == .undecided }, "\(answers[0])")
        guard case .refused = answers[1].last else {
            Issue.record("both stay: \(answers[1])")
            return
        }
    }

    @Test func nobodyElseHasTheIdOfThisNode() {
        var register = Self.register(members: 0)
        let answer = register.receive(Self.greeting(0, 5, 9), at: 0, sight: Self.there).answer
        #expect(answer == .refused("I am node 0 myself: give each node another --id"))
    }
}

/// Who is greeted, how often, and until when.
@Suite struct GreeterTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func everybodyIsGreetedUntilHeUnderstands() {
        var greeter = Greeter(targets: [1, 2])
        #expect(greeter.due(at: 0, isReady: false) == [1, 2])
        #expect(greeter.receive(.welcome, from: 1) == nil)
        #expect(greeter.due(at: Self.second / 2, isReady: true) == [2], "the other has understood")
        #expect(!greeter.isOver(at: Self.second / 2))
        _ = greeter.receive(.welcome, from: 2)
        #expect(greeter.isOver(at: Self.second / 2))
    }

    @Test func whoNeverAnswersIsGivenUp() {
        var greeter = Greeter(targets: [1])
        _ = greeter.due(at: 0, isReady: true)
        #expect(!greeter.isOver(at: 59 * Self.second) && greeter.isOver(at: 61 * Self.second))
    }

    @Test func aStrangerIsToldOfOnceAndAnExpulsionEachTime() {
        var greeter = Greeter(targets: [1])
        #expect(greeter.receive(.stranger("a"), from: 1) == .stranger("a"))
        #expect(greeter.receive(.stranger("a"), from: 1) == nil)
        #expect(greeter.receive(.refused("b"), from: 1) == .turnedAway("b"))
        #expect(greeter.receive(.refused("b"), from: 5) == nil, "that one was not greeted")
    }
}

import Cluster
import Testing
import Wire

@Suite struct ReplicaElectionTests {
    private let candidacy = PeerMessage.Candidacy(lastIndex: 0, lastTerm: 0)

    @Test func answersAreCountedByWhoGaveThem() {
        var member = LoneReplica(0, of: 5, isPreferred: true)
        #expect(member.replica.tick(at: member.now).bodies == [.askPreVote(candidacy)])
        _ = member.hear(.preVote(isGranted: true), from: 1, term: 1)
        _ = member.hear(.preVote(isGranted: true), from: 1, term: 1)
        #expect(member.replica.role == .preCandidate, "one node and this one are no majority of five")
        #expect(member.hear(.preVote(isGranted: true), from: 2, term: 1).bodies == [.askVote(candidacy)])
        _ = member.hear(.vote(isGranted: true), from: 3, term: 1)
        _ = member.hear(.vote(isGranted: true), from: 3, term: 1)
        #expect(member.replica.role == .candidate)
        _ = member.hear(.vote(isGranted: true), from: 4, term: 1)
        #expect(member.replica.role == .leader && member.replica.term == 1)
    }

    @Test func aRefusalAndTheVoteOfANodeThatWasNotThereDoNotCount() {
        var member = LoneReplica(0, of: 3, isPreferred: true)
        _ = member.replica.tick(at: member.now)
        _ = member.hear(.preVote(isGranted: false), from: 1, term: 0)
        _ = member.hear(.preVote(isGranted: true), from: 2, term: 1, incarnation: 2, isFounder: false)
        _ = member.hear(.preVote(isGranted: true), from: 7, term: 1)
        #expect(member.replica.role == .preCandidate)
    }

    /// The leader of three is dead, and the other two notice it at the same moment: one of them must lead at once.
    @Test func ofTwoWhoAskEachOtherTheLowerIdGoesOn() {
        var members = [LoneReplica(0, of: 3), LoneReplica(1, of: 3)]
        var onTheWay: [(to: Int, message: PeerMessage)] = []
        func post(_ effects: [Replica.Effect], from node: Int) {
            onTheWay += effects.messages.map { (1 - node, $0) }
        }
        for node in 0...1 { post(members[node].waitUntilDue(), from: node) }
        #expect(onTheWay.map(\.message.body) == [.askPreVote(candidacy), .askPreVote(candidacy)])
        while !onTheWay.isEmpty {
            let (to, message) = onTheWay.removeFirst()
            guard message.to == PeerMessage.everybody || Int(message.to) == to else { continue }
            post(members[to].hear(message.body, from: 1 - to, term: message.term), from: to)
        }
        #expect(members[0].replica.role == .leader && members[0].replica.term == 1)
        #expect(
            members[1].replica.leader == nil && members[1].replica.candidacies == 0, "it voted, and hears of it soon")
    }

    @Test func whoGrantsAPreVoteWaitsAMomentBeforeItAsks() {
        var member = LoneReplica(1, of: 3)
        let due = member.replica.nextTickNanoseconds
        member.now = due - LoneReplica.milliseconds
        #expect(member.hear(.askPreVote(candidacy), from: 2, term: 1).bodies == [.preVote(isGranted: true)])
        #expect(member.replica.nextTickNanoseconds == member.now + 30 * LoneReplica.milliseconds)
    }

    @Test func aPreVoteIsRefusedWhileTheLeaderIsHeard() {
        var member = LoneReplica(1, of: 3)
        member.hearHeartbeat(from: 0, term: 1)
        member.now += 299 * LoneReplica.milliseconds
        #expect(member.hear(.askPreVote(candidacy), from: 2, term: 2).bodies == [.preVote(isGranted: false)])
        member.now += LoneReplica.milliseconds
        #expect(member.hear(.askPreVote(candidacy), from: 2, term: 2).bodies == [.preVote(isGranted: true)])
        #expect(member.replica.term == 1, "who asks has no term yet")
    }

    @Test func aCandidateDisturbsNobodyWhoHearsTheLeaderUnlessTheLeaderToldItToStand() {
        var member = LoneReplica(1, of: 3)
        member.hearHeartbeat(from: 0, term: 1)
        #expect(member.hear(.askVote(candidacy), from: 2, term: 9).isEmpty)
        #expect(member.replica.term == 1 && member.replica.leader == 0)
        var told = candidacy
        told.isTransfer = true
        #expect(member.hear(.askVote(told), from: 2, term: 2).bodies == [.vote(isGranted: true)])
        #expect(member.replica.term == 2 && member.replica.leader == nil)
    }

    /// A node that executed orders for a second, or was stopped, has heartbeats waiting for it.
    @Test func whoLooksAtTheClockTooLateListensBeforeItCallsTheLeaderSilent() {
        var member = LoneReplica(1, of: 3)
        member.hearHeartbeat(from: 0, term: 1)
        #expect(member.wait(2_000).isEmpty)
        #expect(member.replica.role == .follower && member.replica.leader == 0)
        member.hearHeartbeat(from: 0, term: 1)
        #expect(member.wait(299).isEmpty)
        #expect(member.replica.suspectedNanoseconds == 0)
    }

    @Test func whoListenedAndHeardNobodyStands() {
        var member = LoneReplica(1, of: 3)
        member.hearHeartbeat(from: 0, term: 1)
        #expect(member.wait(2_000).isEmpty)
        #expect(member.wait(99).isEmpty)
        #expect(member.wait(1).bodies == [.askPreVote(candidacy)])
        // However long it takes until it is asked the next time: once is enough.
        #expect(member.replica.suspectedNanoseconds == member.now)
    }

    @Test func aNodeVotesOnceInATerm() {
        var member = LoneReplica(1, of: 3)
        #expect(member.hear(.askVote(candidacy), from: 0, term: 1).bodies == [.vote(isGranted: true)])
        #expect(member.hear(.askVote(candidacy), from: 2, term: 1).bodies == [.vote(isGranted: false)])
        #expect(member.hear(.askVote(candidacy), from: 0, term: 1).bodies == [.vote(isGranted: true)])
        #expect(member.hear(.askVote(candidacy), from: 2, term: 2).bodies == [.vote(isGranted: true)])
    }

    @Test(arguments: [
        (PeerMessage.Candidacy(lastIndex: 1, lastTerm: 2), false),
        (PeerMessage.Candidacy(lastIndex: 9, lastTerm: 1), false),
        (PeerMessage.Candidacy(lastIndex: 2, lastTerm: 2), true),
        (PeerMessage.Candidacy(lastIndex: 1, lastTerm: 3), true),
    ])
    func onlyWhoHoldsAsMuchGetsAVote(candidacy: PeerMessage.Candidacy, isGranted: Bool) {
        var member = LoneReplica(1, of: 3)
        member.take([1, 2], after: 0, of: 0, from: 0, term: 2)
        member.now += 300 * LoneReplica.milliseconds
        #expect(member.hear(.askPreVote(candidacy), from: 2, term: 3).bodies == [.preVote(isGranted: isGranted)])
        #expect(member.hear(.askVote(candidacy), from: 2, term: 3).bodies == [.vote(isGranted: isGranted)])
    }

    @Test func aLeaderThatHearsOfNoMajorityGivesUp() {
        var member = LoneReplica.leader(of: 5)
        for _ in 1...5 { _ = member.wait(100) }
        #expect(member.replica.role == .leader)
        _ = member.hear(.appended(match: 0, isBehind: true), from: 1, term: 1)
        _ = member.wait(100)
        #expect(member.replica.role == .follower, "one of four is no majority")
        #expect(member.replica.term == 1)
    }

    @Test func aLeaderThatHearsOfAMajorityLeadsOn() {
        var member = LoneReplica.leader(of: 5)
        for _ in 1...50 {
            _ = member.wait(100)
            for node in 1...2 { _ = member.hear(.appended(match: 1, isBehind: false), from: node, term: 1) }
        }
        #expect(member.replica.role == .leader)
    }

    @Test func aLeaderThatStoodStillTakesNothingInBeforeItLooksAtTheClock() {
        var member = LoneReplica.leader(of: 3)
        #expect(member.replica.propose(orders: orderFrame(0), at: member.now) != nil)
        let late = member.now + 5_000 * LoneReplica.milliseconds
        #expect(member.replica.propose(orders: orderFrame(1), at: late) == nil)
        _ = member.replica.tick(at: late)
        #expect(member.replica.role == .follower)
    }

    @Test func aHigherTermEndsALeadership() {
        var member = LoneReplica.leader(of: 3)
        _ = member.hear(.appended(match: 0, isBehind: false), from: 1, term: 4)
        #expect(member.replica.role == .follower && member.replica.term == 4)
    }

    @Test func nobodyIsFollowedInTermZero() {
        var member = LoneReplica(0, of: 3)
        _ = member.replica.receiveHeartbeat(term: 0, log: .init(), from: 1, at: member.now)
        _ = member.hear(.committed(0), from: 2, term: 0)
        #expect(member.replica.leader == nil)
        _ = member.replica.receiveHeartbeat(term: 1, log: .init(), from: 1, at: member.now)
        #expect(member.replica.leader == 1)
    }

    @Test func whoComesLateDoesNotStand() {
        var settings = ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 2, seed: 1)
        settings.preferredLeader = 2
        var replica = Replica(settings: settings)
        _ = replica.comeLate(term: 3, at: 0)
        #expect(replica.role == .learner && replica.nextTickNanoseconds == .max)
    }

    @Test func candidatesThatThwartEachOtherWaitLongerEachTime() {
        var member = LoneReplica(0, of: 3)
        var waits: [UInt64] = []
        for _ in 1...40 {
            let due = member.replica.nextTickNanoseconds
            waits.append((due - member.now) / LoneReplica.milliseconds)
            member.now = due
            _ = member.replica.tick(at: due)
        }
        #expect(waits.allSatisfy { $0 >= 300 && $0 < 2_100 })
        #expect(waits[0] < 600)
        #expect(waits.suffix(30).contains { $0 > 1_000 })
    }
}

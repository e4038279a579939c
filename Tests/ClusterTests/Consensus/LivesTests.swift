import Cluster
import Testing
import Wire

/// Which life of a node has its place: the one that is heard.
@Suite struct LivesTests {
    /// A leader of three that heard of both others, once.
    private func leader() -> LoneReplica {
        var member = LoneReplica.leader(of: 3)
        for node in 1...2 { _ = member.hear(.appended(match: 1, isBehind: false), from: node, term: 1) }
        #expect(member.replica.commit == 1)
        return member
    }

    private func votes(_ member: LoneReplica, _ node: Int, life: UInt32?) -> Bool {
        member.replica.voters.incarnation(of: node) == life
    }

    /// A heartbeat passes, and the nodes answer it.
    private func beat(_ member: inout LoneReplica, lives: [Int: UInt32]) {
        _ = member.wait(100)
        for (node, life) in lives.sorted(by: { $0.key < $1.key }) {
            _ = member.hear(
                .appended(match: member.replica.lastIndex, isBehind: false), from: node, term: 1, incarnation: life,
                isFounder: life == 1)
        }
    }

    @Test func nobodyTakesThePlaceOfAVoterThatIsHeard() {
        var member = leader()
        for _ in 1...20 {
            _ = member.hear(.join, from: 2, term: 1, incarnation: 2_000_000_000, isFounder: false)
            beat(&member, lives: [1: 1, 2: 1])
            #expect(votes(member, 2, life: Voters.founding))
        }
        #expect(member.replica.voters.all.count == 3 && member.replica.lastIndex == 1)
    }

    /// A node that is cut off for a while is not voted out because somebody says once that he is its next life.
    @Test func oneFrameVotesNobodyOut() {
        var member = leader()
        for life in 100..<130 as Range<UInt32> {
            beat(&member, lives: [1: 1])
            _ = member.hear(.join, from: 2, term: 1, incarnation: life, isFounder: false)
        }
        #expect(votes(member, 2, life: Voters.founding))
    }

    @Test func aVoterThatAsksToBeLetInKeepsItsVote() {
        var member = leader()
        for _ in 1...20 {
            beat(&member, lives: [1: 1])
            _ = member.hear(.join, from: 2, term: 1, incarnation: 1, isFounder: false)
        }
        #expect(votes(member, 2, life: Voters.founding))
    }

    @Test func aLifeThatAsksWhenTheOneBeforeIsSilentIsLetIn() {
        var member = leader()
        for _ in 1...3 { beat(&member, lives: [1: 1]) }
        _ = member.hear(.join, from: 2, term: 1, incarnation: 2, isFounder: false)
        #expect(votes(member, 2, life: Voters.founding), "one frame is not enough")
        beat(&member, lives: [1: 1])
        _ = member.hear(.join, from: 2, term: 1, incarnation: 2, isFounder: false)
        #expect(votes(member, 2, life: nil), "its old life is voted out")
        for _ in 1...3 { beat(&member, lives: [1: 1, 2: 2]) }
        #expect(votes(member, 2, life: 2))
    }

    /// A learner that never was drove the node out, and was even let in: with some forged frames that works.
    @Test func aNodeTakesItsPlaceBackFromALifeOfWhichNothingMoreIsHeard() {
        var member = leader()
        for _ in 1...3 { beat(&member, lives: [1: 1]) }
        for _ in 1...2 {
            beat(&member, lives: [1: 1])
            _ = member.hear(.join, from: 2, term: 1, incarnation: 2_000_000_000, isFounder: false)
        }
        for _ in 1...3 { beat(&member, lives: [1: 1, 2: 2_000_000_000]) }
        #expect(votes(member, 2, life: 2_000_000_000))
        for beats in 1...20 {
            _ = member.hear(.join, from: 2, term: 1, incarnation: 7, isFounder: false)
            beat(&member, lives: [1: 1])
            if beats < 9 { #expect(votes(member, 2, life: 2_000_000_000), "what looks older may be a late copy") }
            _ = member.hear(
                .appended(match: member.replica.lastIndex, isBehind: false), from: 2, term: 1, incarnation: 7,
                isFounder: false)
        }
        #expect(votes(member, 2, life: 7))
    }

    @Test func aVoterThatAnswersIsNoLearnerWhateverWasSaidInItsName() {
        var member = leader()
        for _ in 1...3 { beat(&member, lives: [1: 1]) }
        // Nothing can change while an entry about who votes is undecided: so the place is taken, and the vote is not.
        #expect(member.replica.transfer(to: 1, at: member.now).refusal == nil)
        for _ in 1...2 {
            _ = member.hear(.join, from: 2, term: 1, incarnation: 9, isFounder: false)
            beat(&member, lives: [1: 1])
        }
        #expect(votes(member, 2, life: Voters.founding))
        for _ in 1...5 { beat(&member, lives: [1: 1, 2: 1]) }
        #expect(votes(member, 2, life: Voters.founding))
        let index = member.replica.propose(orders: orderFrame(0), at: member.now)?.index
        _ = member.hear(.appended(match: index ?? 0, isBehind: false), from: 2, term: 1)
        #expect(index != nil && member.replica.commit == index, "its answers count")
    }
}

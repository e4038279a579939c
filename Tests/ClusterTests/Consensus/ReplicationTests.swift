import Testing
import Wire

@testable import Cluster

@Suite struct ReplicationTests {
    @Test func whatAMajorityHoldsIsDecided() throws {
        var member = LoneReplica.leader(of: 5)
        let proposal = member.replica.propose(orders: orderFrame(0), at: member.now)
        let (index, effects) = try #require(proposal)
        #expect(index == 2 && effects == [.publish(index: 2)])
        _ = member.hear(.appended(match: 2, isBehind: false), from: 1, term: 1)
        #expect(member.replica.commit == 0)
        _ = member.hear(.appended(match: 2, isBehind: false), from: 1, term: 1)
        #expect(member.replica.commit == 0, "one node holds it, however often it says so")
        _ = member.hear(.appended(match: 2, isBehind: false), from: 2, term: 1)
        #expect(member.replica.commit == 2)
        #expect(member.flush().bodies == [.committed(2)])
    }

    @Test func aLeaderTakesInOnlySoManyBytesThatAreNotDecided() {
        var member = LoneReplica.leader(of: 3)
        let large = [UInt8](repeating: 0, count: 8 << 20)
        #expect(member.replica.propose(orders: large, at: member.now)?.index == 2)
        #expect(member.replica.propose(orders: large, at: member.now)?.index == 3)
        #expect(!member.replica.takesProposals)
        #expect(member.replica.propose(orders: orderFrame(0), at: member.now) == nil)
        _ = member.hear(.appended(match: 2, isBehind: false), from: 1, term: 1)
        #expect(member.replica.commit == 2 && member.replica.takesProposals)
        _ = member.hear(.appended(match: 3, isBehind: false), from: 1, term: 1)
        #expect(member.replica.propose(orders: large, at: member.now)?.index == 4)
        #expect(member.replica.takesProposals, "what is decided does not count any more")
    }

    /// What is around an order when the log takes it from node to node must fit in a frame with it.
    @Test func theLargestOrderFitsInAFrameHoweverItTravels() throws {
        let frameBytesMax = 16 << 20
        let order = [UInt8](repeating: 0, count: frameBytesMax - ReplicationLimits.frameOverheadMax)
        let entry = LogEntry(term: 1, kind: .orders, bytes: order)
        let published = EntryFrame(term: 1, index: 2, previousTerm: 1, commit: 1, entry: entry)
        #expect(Header.size + published.payload.count <= frameBytesMax)
        let stretch = PeerMessage.Entries(previousIndex: 1, previousTerm: 1, commit: 1, entries: [entry])
        let again = PeerMessage(to: 1, term: 1, isFounder: true, body: .entries(stretch))
        #expect(Header.size + again.payload.count <= frameBytesMax)
    }

    @Test func entriesOfOldTermsAreDecidedOnlyByOneOfThisTerm() {
        var member = LoneReplica(0, of: 3)
        member.take([1], after: 0, of: 0, from: 1, term: 1)
        while member.replica.role != .preCandidate { _ = member.wait(100) }
        _ = member.hear(.preVote(isGranted: true), from: 2, term: 2)
        _ = member.hear(.vote(isGranted: true), from: 2, term: 2)
        #expect(member.replica.role == .leader && member.terms == [1, 2])
        _ = member.hear(.appended(match: 1, isBehind: true), from: 2, term: 2)
        #expect(member.replica.commit == 0, "a majority holds entry 1, but it is of term 1")
        _ = member.hear(.appended(match: 2, isBehind: false), from: 2, term: 2)
        #expect(member.replica.commit == 2)
    }

    @Test func nobodyHoldsMoreOfTheLeadersLogThanTheLeader() {
        var member = LoneReplica.leader(of: 3)
        _ = member.hear(.appended(match: 7, isBehind: false), from: 1, term: 1)
        #expect(member.replica.commit == 0)
    }

    @Test func whatComesLateErasesNothing() {
        var member = LoneReplica(1, of: 3)
        member.take([1, 1, 1], after: 0, of: 0, from: 0, term: 1)
        member.take([1], after: 0, of: 0, from: 0, term: 1)
        member.take([], after: 1, of: 1, from: 0, term: 1)
        #expect(member.terms == [1, 1, 1])
    }

    @Test func whatContradictsTheLeaderGivesWay() {
        var member = LoneReplica(1, of: 3)
        member.take([1, 1, 1], after: 0, of: 0, commit: 1, from: 0, term: 1)
        member.take([2], after: 1, of: 1, from: 2, term: 2)
        #expect(member.terms == [1, 2])
        #expect(member.replica.commit == 1)
    }

    @Test func whatIsDecidedDoesNotGiveWay() {
        var member = LoneReplica(1, of: 3)
        member.take([1, 1], after: 0, of: 0, commit: 2, from: 0, term: 1)
        member.take([2, 2], after: 0, of: 0, from: 2, term: 2)
        #expect(member.terms == [1, 1])
        #expect(member.replica.refusedEntries == 1)
    }

    @Test func aGapIsToldAndNotFilledWithAnythingElse() {
        var member = LoneReplica(1, of: 3)
        member.take([1], after: 2, of: 1, from: 0, term: 1)
        #expect(member.replica.lastIndex == 0)
        #expect(member.flush().bodies == [.appended(match: 0, isBehind: true)])
    }

    @Test func aFollowerCallsNothingDecidedThatItMayHoldOtherwise() {
        var member = LoneReplica(1, of: 3)
        member.take([1, 1], after: 0, of: 0, from: 0, term: 1)
        // Another leader: entry 2 may be another one there.
        _ = member.hear(.committed(2), from: 2, term: 2)
        #expect(member.replica.commit == 0)
        member.hearHeartbeat(from: 2, term: 2, lastIndex: 2, lastTerm: 1)
        _ = member.hear(.committed(2), from: 2, term: 2)
        #expect(member.replica.commit == 2)
    }

    @Test func aLeaderOfAnOldTermIsToldOfTheNewOne() throws {
        var member = LoneReplica(1, of: 3)
        member.hearHeartbeat(from: 2, term: 5)
        let effects = member.replica.receive(
            LogEntry(term: 3, kind: .nothing), at: 1, previousTerm: 0, term: 3, commit: 0, from: 0, at: member.now)
        let answer = try #require(effects.messages.first)
        #expect(answer.term == 5 && answer.to == 0)
        #expect(member.replica.lastIndex == 0 && member.replica.leader == 2)
    }

    // MARK: - Handing over

    @Test func nothingEntersTheLogAfterTheNextLeaderWasToldToStand() {
        var member = LoneReplica.leader(of: 3)
        _ = member.hear(.appended(match: 1, isBehind: false), from: 1, term: 1)
        _ = member.hear(.appended(match: 1, isBehind: false), from: 2, term: 1)
        let (refusal, effects) = member.replica.transfer(to: 2, at: member.now)
        #expect(refusal == nil && effects.bodies == [.standNow])
        #expect(!member.replica.takesProposals)
        #expect(member.replica.propose(orders: orderFrame(0), at: member.now) == nil)
        #expect(
            member.hear(.join, from: 1, term: 1, incarnation: 2, isFounder: false).allSatisfy {
                $0 != .publish(index: 2)
            })
    }

    @Test func aTransferThatComesToNothingIsGivenUp() {
        var member = LoneReplica.leader(of: 3)
        _ = member.hear(.appended(match: 1, isBehind: false), from: 2, term: 1)
        _ = member.replica.transfer(to: 2, at: member.now)
        for _ in 1...4 {
            _ = member.wait(100)
            _ = member.hear(.appended(match: 1, isBehind: false), from: 2, term: 1)
        }
        #expect(member.replica.takesProposals)
    }

    @Test func whoLacksEntriesIsToldToStandWhenItHasThem() {
        var member = LoneReplica.leader(of: 3)
        _ = member.hear(.appended(match: 1, isBehind: false), from: 2, term: 1)
        #expect(member.replica.propose(orders: orderFrame(0), at: member.now) != nil)
        #expect(member.replica.transfer(to: 2, at: member.now).effects.isEmpty)
        #expect(member.hear(.appended(match: 2, isBehind: false), from: 2, term: 1).bodies == [.standNow])
    }

    @Test func onlyANodeInStepCanTakeOver() {
        var member = LoneReplica.leader(of: 3)
        #expect(member.replica.transfer(to: nil, at: member.now).refusal != nil)
        #expect(member.replica.transfer(to: 0, at: member.now).refusal != nil)
        #expect(member.replica.transfer(to: 5, at: member.now).refusal != nil)
        #expect(member.replica.takesProposals)
    }
}

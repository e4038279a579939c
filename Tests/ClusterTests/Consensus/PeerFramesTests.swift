import Testing
import Wire

@testable import Cluster

/// What is news and what is a copy, whatever life or number a forged frame names.
@Suite struct PeerFramesTests {
    private static let heartbeat: UInt64 = 100_000_000

    private var frames = PeerFrames(id: 0, incarnation: 5, heartbeatNanoseconds: Self.heartbeat)

    private func frame(_ index: UInt64, life: UInt32, from node: UInt32 = 1) -> Header {
        Header(kind: .peer, origin: node, index: index, incarnation: life)
    }

    @Test mutating func aFrameIsNewsOnce() {
        for index in [0, 1, 3, 2] as [UInt64] {
            #expect(frames.isNews(frame(index, life: 7), at: 0) == true)
            #expect(frames.isNews(frame(index, life: 7), at: 0) == false)
        }
    }

    @Test mutating func anotherLifeOfANodeIsHeardAtOnce() {
        #expect(frames.isNews(frame(900, life: 7), at: 0) == true)
        #expect(frames.isNews(frame(0, life: 8), at: 1) == true)
        #expect(frames.isNews(frame(0, life: 8), at: 1) == false)
        #expect(frames.isNews(frame(1, life: 8), at: 2) == true)
        #expect(frames.isNews(frame(900, life: 7), at: 3) == false, "copies of the life before are still known")
    }

    @Test(arguments: [UInt32(8), Header.warmupBit - 1])
    func aForgedLaterLifeSilencesNobody(life: UInt32) {
        var frames = frames
        for index in 0..<10 as Range<UInt64> { _ = frames.isNews(frame(index, life: 7), at: index) }
        #expect(frames.isNews(frame(0, life: life), at: 10) == true)
        for index in 10..<20 as Range<UInt64> {
            #expect(frames.isNews(frame(index, life: 7), at: index) == true)
            #expect(frames.isNews(frame(index, life: 7), at: index) == false)
        }
    }

    @Test mutating func aForgedNumberSilencesALifeForAHeartbeatAtMost() {
        for index in 0..<10 as Range<UInt64> { _ = frames.isNews(frame(index, life: 7), at: index) }
        #expect(frames.isNews(frame(1 << 47, life: 7), at: 10) == true)
        #expect(frames.isNews(frame(10, life: 7), at: Self.heartbeat - 1) == false, "it could be a copy")
        for index in 11..<20 as Range<UInt64> {
            #expect(frames.isNews(frame(index, life: 7), at: Self.heartbeat + index) == true)
            #expect(frames.isNews(frame(index, life: 7), at: Self.heartbeat + index) == false)
        }
    }

    /// More lives at once than are kept, as from a node that stood still, must not make each other's copies look new.
    @Test mutating func copiesOfManyLivesAtOnceAreCopies() {
        for life in 100..<500 as Range<UInt32> { #expect(frames.isNews(frame(3, life: life), at: 0) == true) }
        for life in 100..<500 as Range<UInt32> { #expect(frames.isNews(frame(3, life: life), at: 1) == false) }
    }

    @Test mutating func aSlowWayBringsNoNews() {
        for index in 0..<5_000 as Range<UInt64> {
            #expect(frames.isNews(frame(index, life: 7), at: index * 1_000_000) == true)
            // Copies that are further behind than a ledger can tell, while there is news.
            if index >= 2_000 { #expect(frames.isNews(frame(index - 2_000, life: 7), at: index * 1_000_000) == false) }
        }
    }

    @Test mutating func noNumberOfForgedLivesTakesMoreMemoryOrSilencesALife() {
        for life in 100..<200 as Range<UInt32> {
            #expect(frames.isNews(frame(0, life: life), at: 0) == true)
            #expect(frames.isNews(frame(UInt64(life), life: 7), at: 0) == true)
            #expect(frames.isNews(frame(UInt64(life), life: 7), at: 0) == false)
        }
    }

    @Test mutating func aNodeHearsNothingOfItselfNorOfNodesThatCannotBe() {
        #expect(frames.isNews(frame(0, life: 9, from: 0), at: 0) == false)
        #expect(frames.isNews(frame(0, life: 9, from: UInt32(Origin.nodesMax)), at: 0) == false)
    }

    /// Whoever holds such an entry could never be led again, whatever it is told.
    @Test func anEntryThatNobodyVotesIsNoEntry() throws {
        func payload(_ voters: Voters) -> [UInt8] {
            let entry = LogEntry(term: 1, kind: .voters, bytes: voters.bytes)
            return EntryFrame(term: 1, index: 2, previousTerm: 1, commit: 1, entry: entry).payload
        }
        #expect(try EntryFrame(decoding: payload(Voters(founders: [3])).span.bytes).index == 2)
        let nobody = payload(Voters(founders: []))
        #expect(throws: WireError.self) { try EntryFrame(decoding: nobody.span.bytes) }
    }
}

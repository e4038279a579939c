import Cluster
import Testing

@Suite struct OrderStreamTests {
    /// A stream with the given orders due, of which some were handed over.
    ///
    /// Order k is due at 1000 + k.
    private static func stream(due: Int, sent: Int, unansweredMax: Int = 1 << 10) -> OrderStream {
        var stream = OrderStream(origin: 1, incarnation: 2, unansweredMax: unansweredMax)
        for index in 0..<due { stream.schedule(dueNanoseconds: 1_000 + UInt64(index)) }
        for _ in 0..<sent { stream.markSent() }
        return stream
    }

    /// Answers a range, and returns the due times that were found for it.
    private static func answer(
        _ stream: inout OrderStream, _ first: UInt64, _ count: UInt32, reason: UInt16 = 0
    ) -> [UInt64] {
        var found: [UInt64] = []
        stream.answered(first: first, count: count, reason: reason) { found.append($0) }
        return found
    }

    @Test func ordersLeaveInTheOrderInWhichTheyFellDue() throws {
        var stream = Self.stream(due: 3, sent: 0)
        #expect(stream.backlog == 3)
        for index in UInt64(0)..<3 {
            let next = try #require(stream.next)
            #expect(next.index == index && next.dueNanoseconds == 1_000 + index)
            stream.markSent()
        }
        #expect(stream.next == nil)
        #expect(stream.backlog == 0 && stream.outstanding == 3)
    }

    /// A rewind sends again what was not answered; only that counts as sent again, however it is packed.
    @Test func ordersLeaveManyAtOnce() throws {
        var stream = Self.stream(due: 10, sent: 0)
        stream.markSent(count: 6)
        #expect(stream.sent == 6 && stream.resent == 0 && stream.backlog == 4)
        _ = Self.answer(&stream, 0, 2)
        stream.rewind()
        #expect(try #require(stream.next).index == 2)
        stream.markSent(count: 8)
        #expect(stream.sent == 10 && stream.resent == 4 && stream.backlog == 0)
        #expect(stream.due(of: 9) == 1_009)
    }

    /// The ring begins small and doubles, at every phase of its first place.
    @Test(arguments: [0, 1, 37, 63, 64, 65])
    func growingKeepsEveryDueTime(settledBefore: Int) throws {
        var stream = Self.stream(due: settledBefore, sent: settledBefore)
        if settledBefore > 0 { _ = Self.answer(&stream, 0, UInt32(settledBefore)) }
        for index in settledBefore..<settledBefore + 1_000 { stream.schedule(dueNanoseconds: 1_000 + UInt64(index)) }
        for _ in 0..<1_000 { stream.markSent() }
        let found = Self.answer(&stream, UInt64(settledBefore), 1_000)
        #expect(found == (settledBefore..<settledBefore + 1_000).map { 1_000 + UInt64($0) })
        #expect(stream.outstanding == 0 && stream.overflowed == 0)
        #expect(stream.acknowledged == UInt64(settledBefore + 1_000))
    }

    @Test func theRingGoesRoundWithoutGrowing() throws {
        var stream = OrderStream(origin: 1, incarnation: 2, unansweredMax: 64)
        for index in UInt64(0)..<10_000 {
            stream.schedule(dueNanoseconds: index)
            stream.markSent()
            if index >= 50 { #expect(Self.answer(&stream, index - 50, 1) == [index - 50]) }
        }
        #expect(stream.overflowed == 0)
        #expect(stream.outstanding == 50)
    }

    @Test func anAnswerThatPassesOrdersOverCountsThemAsSkipped() throws {
        var stream = Self.stream(due: 10, sent: 10)
        #expect(Self.answer(&stream, 4, 2) == [1_004, 1_005])
        #expect(stream.skipped == 4 && stream.acknowledged == 2 && stream.settled == 6)
        #expect(stream.outstanding == 4)
    }

    @Test func refusalsAreCountedApart() throws {
        var stream = Self.stream(due: 5, sent: 5)
        #expect(Self.answer(&stream, 0, 2).count == 2)
        #expect(Self.answer(&stream, 2, 3, reason: 1).count == 3)
        #expect(stream.acknowledged == 2 && stream.refused == 3 && stream.skipped == 0)
    }

    @Test func whatTheBookRefusedIsCountedApartFromWhatTheNodeRefused() throws {
        var stream = Self.stream(due: 6, sent: 6)
        _ = Self.answer(&stream, 0, 1)
        _ = Self.answer(&stream, 1, 2, reason: 16)
        _ = Self.answer(&stream, 3, 1, reason: 22)
        _ = Self.answer(&stream, 4, 2, reason: 7)
        #expect(stream.acknowledged == 1 && stream.rejected == 3 && stream.refused == 2 && stream.outstanding == 0)
    }

    @Test(arguments: [(0, 1), (1, 1), (4, 2), (9, 1), (UInt64(1) << 47, UInt32.max)])
    func answersToWhatWasSettledOrNeverSentAreStrays(first: UInt64, count: UInt32) throws {
        var stream = Self.stream(due: 10, sent: 5)
        _ = Self.answer(&stream, 0, 2)
        #expect(Self.answer(&stream, first, count).isEmpty)
        #expect(stream.strayAnswers == UInt64(count))
        #expect(stream.acknowledged == 2 && stream.settled == 2 && stream.outstanding == 3)
    }

    @Test func whatIsSentAgainIsSentOnceByTheCounts() throws {
        var stream = Self.stream(due: 10, sent: 8)
        _ = Self.answer(&stream, 0, 3)
        stream.rewind()
        #expect(stream.next?.index == 3 && stream.backlog == 7)
        for _ in 0..<6 { stream.markSent() }
        #expect(stream.sent == 9 && stream.resent == 5)
        // Both who had the orders answer: what was answered before counts once.
        #expect(Self.answer(&stream, 3, 3) == [1_003, 1_004, 1_005])
        #expect(Self.answer(&stream, 4, 4) == [1_006, 1_007])
        #expect(stream.acknowledged == 8 && stream.settled == 8 && stream.strayAnswers == 0)
    }

    @Test func whatFallsDueBeyondTheBoundIsCountedAndForgotten() throws {
        var stream = Self.stream(due: 70, sent: 64, unansweredMax: 64)
        #expect(stream.scheduled == 64 && stream.overflowed == 6)
        #expect(Self.answer(&stream, 0, 10).count == 10)
        for index in UInt64(0)..<12 { stream.schedule(dueNanoseconds: 5_000 + index) }
        #expect(stream.scheduled == 74 && stream.overflowed == 8)
        #expect(stream.next?.index == 64)
        #expect(stream.next?.dueNanoseconds == 5_000)
    }

    /// Every order is in exactly one place, whatever happens.
    @Test func theCountsAddUp() throws {
        var stream = Self.stream(due: 100, sent: 80)
        _ = Self.answer(&stream, 10, 20)
        _ = Self.answer(&stream, 30, 5, reason: 1)
        #expect(stream.acknowledged + stream.refused + stream.skipped + stream.outstanding == stream.sent)
        #expect(stream.sent + stream.backlog == stream.scheduled)
    }
}

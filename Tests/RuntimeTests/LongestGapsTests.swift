import Runtime
import Testing

@Suite struct LongestGapsTests {
    @Test func theLongestAreKeptInTheOrderOfTime() {
        var gaps = LongestGaps()
        #expect(gaps.longest == nil && gaps.all.isEmpty)
        for number in 1...UInt64(LongestGaps.countMax + 10) {
            gaps.note(from: 1_000 * number, to: 1_000 * number + number)
        }
        #expect(gaps.all.count == LongestGaps.countMax)
        #expect(gaps.all.first?.nanoseconds == 11 && gaps.longest?.nanoseconds == UInt64(LongestGaps.countMax + 10))
        gaps.note(from: 5, to: 6)
        #expect(gaps.all.first?.start == 11_000, "a short one is no news")
        gaps.note(from: 5, to: 500)
        #expect(gaps.all.first?.end == 500 && gaps.all.count == LongestGaps.countMax)
    }

    @Test func theGapThatWasOpenIsFound() {
        var gaps = LongestGaps()
        gaps.note(from: 10, to: 20)
        gaps.note(from: 30, to: 50)
        #expect(gaps.containing(40)?.end == 50 && gaps.containing(25) == nil && gaps.containing(20)?.start == 10)
        gaps.note(from: 60, to: 60)
        #expect(gaps.all.count == 2, "nothing passed")
    }

    @Test func aGapThatNoAnswerEndedIsTheLongestButNoAnswer() {
        var gaps = LongestGaps()
        gaps.note(from: 10, to: 20)
        gaps.noteOpen(from: 20, to: 20)
        #expect(gaps.open == nil, "the load was over already")
        gaps.noteOpen(from: 20, to: 100)
        #expect(gaps.longest == gaps.open && gaps.longest?.nanoseconds == 80)
        #expect(gaps.containing(50) == nil && gaps.all.count == 1)
    }
}

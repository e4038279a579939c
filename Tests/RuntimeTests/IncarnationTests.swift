import Runtime
import Testing
import Wire

@Suite struct IncarnationTests {
    @Test func aLaterLifeOfANodeIsTheLargerOne() {
        let first = Incarnation.now()
        let second = Incarnation.now()
        #expect(first <= second && second & Header.warmupBit == 0)
    }

    @Test func clientsThatBeginInOneMomentAreNotOne() {
        let lives = (0..<1_000).map { _ in Incarnation.drawn() }
        // Two of a thousand are the same by chance once in 4,000 times; more than that never happens.
        #expect(Set(lives).count >= 998)
        #expect(lives.allSatisfy { $0 > 0 && $0 & Header.warmupBit == 0 })
    }

    @Test func workersOfOneLoadAreNeverOne() {
        let lives = Incarnation.drawn(1_000)
        #expect(Set(lives).count == 1_000 && lives.allSatisfy { $0 > 0 && $0 & Header.warmupBit == 0 })
    }
}

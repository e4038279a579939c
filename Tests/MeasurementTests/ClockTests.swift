import Testing

@testable import Measurement

/// Two clocks of which the truth is known, and a network between them.
private struct TwoClocks {
    var offsetNanoseconds: Int64
    var driftPartsPerMillion: Double
    var random: SeededGenerator
    let wayMaxNanoseconds = 400_000.0

    func there(_ here: UInt64) -> UInt64 {
        UInt64(bitPattern: Int64(here) + offset(at: here))
    }

    /// The true offset at a moment of the clock here.
    func offset(at here: UInt64) -> Int64 {
        offsetNanoseconds + Int64(Double(here) * driftPartsPerMillion / 1e6)
    }

    /// Ways of any length, so one may be much longer than the other.
    mutating func exchange(at here: UInt64) -> ClockExchange {
        let (out, stay, back) = (way(), UInt64.random(in: 0...20_000, using: &random), way())
        return ClockExchange(
            sentNanoseconds: here, receivedNanoseconds: there(here + out),
            answeredNanoseconds: there(here + out + stay),
            returnedNanoseconds: here + out + stay + back)
    }

    private mutating func way() -> UInt64 {
        // Mostly short, at times long: one of several has a short round trip.
        let share = random.nextUnit()
        return 20_000 + UInt64(share * share * share * wayMaxNanoseconds)
    }
}

@Suite struct ClockExchangeTests {
    @Test func anExchangeBoundsTheOffsetByItsTwoWays() throws {
        let exchange = ClockExchange(
            sentNanoseconds: 1_000, receivedNanoseconds: 5_300, answeredNanoseconds: 5_400, returnedNanoseconds: 1_500)
        let offset = try #require(exchange.offset)
        #expect(offset.lowestNanoseconds == 3_900)
        #expect(offset.highestNanoseconds == 4_300)
        #expect(offset.estimateNanoseconds == 4_100)
        #expect(offset.uncertaintyNanoseconds == 200)
        #expect(!offset.mayBeZero)
    }

    @Test func aClockThatIsBehindHasAnOffsetBelowZero() throws {
        let exchange = ClockExchange(
            sentNanoseconds: 9_000, receivedNanoseconds: 100, answeredNanoseconds: 100, returnedNanoseconds: 9_200)
        let offset = try #require(exchange.offset)
        #expect(offset.estimateNanoseconds == -9_000)
        #expect(offset.contains(-8_900) && offset.contains(-9_100) && !offset.contains(-9_101))
    }

    @Test(
        arguments: [
            // The clock here, the clock there, or both go backwards.
            (10, 50, 60, 5), (10, 60, 50, 20),
            // The answer took longer than the whole exchange.
            (10, 50, 70, 20),
            // Apart by more than anybody believes.
            (0, UInt64.max / 2, UInt64.max / 2, 10),
        ] as [(UInt64, UInt64, UInt64, UInt64)])
    func readingsThatCannotBeSayNothing(_ readings: (UInt64, UInt64, UInt64, UInt64)) {
        let exchange = ClockExchange(
            sentNanoseconds: readings.0, receivedNanoseconds: readings.1, answeredNanoseconds: readings.2,
            returnedNanoseconds: readings.3)
        #expect(exchange.offset == nil)
        var track = ClockTrack()
        track.record(exchange)
        #expect(track.impossibleCount == 1)
        #expect(track.offset(at: 10) == nil)
    }
}

@Suite struct ClockTrackTests {
    private static let second: UInt64 = 1_000_000_000

    @Test(arguments: [0, 150, -150, 37.5] as [Double], [0, 5_000_000_000, -86_400_000_000_000] as [Int64])
    func theTruthIsWithinTheBoundsAtEveryMoment(drift: Double, offset: Int64) throws {
        for seed in UInt64(0)..<3 {
            var clocks = TwoClocks(
                offsetNanoseconds: offset, driftPartsPerMillion: drift, random: SeededGenerator(seed: seed))
            var track = ClockTrack()
            let start = 100_000 * Self.second
            for step in UInt64(0)..<200 { track.record(clocks.exchange(at: start + step * 25_000_000)) }
            for moment in stride(from: start, through: start + 6 * Self.second, by: 50_000_017) {
                let bounds = try #require(track.offset(at: moment), "seed \(seed)")
                #expect(bounds.contains(clocks.offset(at: moment)), "seed \(seed) at \(moment - start)")
            }
            let inside = try #require(track.offset(at: start + 2 * Self.second))
            #expect(inside.uncertaintyNanoseconds < 150_000, "seed \(seed)")
            let speed = try #require(track.driftPartsPerMillion, "seed \(seed)")
            #expect(speed.lowest <= drift + 0.001 && drift <= speed.highest + 0.001, "seed \(seed)")
            #expect(speed.highest - speed.lowest < 100, "seed \(seed)")
        }
    }

    @Test func theShortestRoundTripOfARoundIsTheOneThatCounts() throws {
        var track = ClockTrack()
        for (step, way) in [90_000, 10_000, 50_000].enumerated() as EnumeratedSequence<[UInt64]> {
            let sent = Self.second + UInt64(step) * 1_000_000
            track.record(
                ClockExchange(
                    sentNanoseconds: sent, receivedNanoseconds: sent + way, answeredNanoseconds: sent + way,
                    returnedNanoseconds: sent + 2 * way))
        }
        #expect(track.rounds.count == 1)
        #expect(track.rounds[0].offset.uncertaintyNanoseconds == 10_000)
        #expect(track.exchangeCount == 3)
    }

    @Test func aClockThatWasSetHasNoOffset() {
        var clocks = TwoClocks(offsetNanoseconds: 0, driftPartsPerMillion: 0, random: SeededGenerator(seed: 1))
        var track = ClockTrack()
        for step in UInt64(0)..<20 {
            if step == 10 { clocks.offsetNanoseconds = 50_000_000 }
            track.record(clocks.exchange(at: Self.second + step * 200_000_000))
        }
        #expect(track.offset(at: 3 * Self.second) == nil)
        #expect(track.driftPartsPerMillion == nil)
    }

    @Test func aClockThatDriftsFasterThanAnyQuartzHasNoOffset() {
        var clocks = TwoClocks(offsetNanoseconds: 0, driftPartsPerMillion: 1_000, random: SeededGenerator(seed: 2))
        var track = ClockTrack()
        for step in UInt64(0)..<100 { track.record(clocks.exchange(at: Self.second + step * 200_000_000)) }
        #expect(track.offset(at: 10 * Self.second) == nil)
    }

    @Test func aLongRunKeepsABoundedNumberOfRounds() throws {
        var clocks = TwoClocks(offsetNanoseconds: 7, driftPartsPerMillion: 20, random: SeededGenerator(seed: 3))
        var track = ClockTrack()
        for step in UInt64(0)..<20_000 { track.record(clocks.exchange(at: Self.second + step * Self.second / 4)) }
        #expect(track.rounds.count <= ClockTrack.roundsMax)
        #expect(track.rounds.count > ClockTrack.roundsMax / 3)
        let moment = 3_000 * Self.second
        let bounds = try #require(track.offset(at: moment))
        #expect(bounds.contains(clocks.offset(at: moment)))
    }
}

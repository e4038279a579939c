import Testing

@testable import Measurement

/// When messages fall due where they do not do so evenly.
@Suite struct ArrivalScheduleTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start: UInt64 = 5_555_555_555

    private static func times(
        _ rates: RatePlan, _ arrivals: Arrivals = .fixed, seconds: Double, seed: UInt64 = 1
    ) -> [UInt64] {
        let end = start + UInt64(seconds * 1e9)
        var schedule = ArrivalSchedule(start: start, end: end, rates: rates, arrivals: arrivals, seed: seed)
        var times: [UInt64] = []
        while schedule.nextNanoseconds < .max {
            times.append(schedule.nextNanoseconds - start)
            schedule.advance()
        }
        return times
    }

    private static func ramp(_ begin: Double, _ end: Double, seconds: UInt64) throws -> RatePlan {
        try #require(
            RatePlan(pieces: [RatePlan.Piece(begin: begin, end: end, nanoseconds: seconds * second)]))
    }

    private static func steps(_ steps: [(rate: Double, seconds: UInt64)]) throws -> RatePlan {
        try #require(
            RatePlan(
                pieces: steps.map {
                    RatePlan.Piece(begin: $0.rate, end: $0.rate, nanoseconds: $0.seconds * second)
                }))
    }

    @Test(arguments: [1.0, 3, 333.3, 1_000, 7_919, 100_000])
    func evenArrivalsAreThePacers(rate: Double) throws {
        let times = Self.times(try #require(RatePlan(steady: rate)), seconds: 1)
        let pacer = Pacer(startNanoseconds: 0, ratePerSecond: rate)
        #expect(times == (0..<pacer.dueCount(at: Self.second - 1)).map { pacer.dueTime(of: $0) })
    }

    @Test(arguments: [
        (1_000.0, 100_000.0, UInt64(6)), (100_000, 1_000, 6), (1, 3, 10), (5, 5, 4), (10, 10_000, 1),
    ])
    func aRampHasTheAreaUnderItsLine(begin: Double, end: Double, seconds: UInt64) throws {
        let plan = try Self.ramp(begin, end, seconds: seconds)
        let times = Self.times(plan, seconds: Double(seconds))
        let area = (begin + end) / 2 * Double(seconds)
        #expect(Double(times.count) == area)
        #expect(abs(plan.messages(within: seconds * Self.second) - area) < 1e-6)
        // Message k is due when the area is k, to the nanosecond.
        let slope = (end - begin) / Double(seconds)
        for (number, time) in times.enumerated() where number % 37 == 0 {
            let t = Double(time) / 1e9
            let rate = begin + slope * t
            #expect(abs(begin * t + slope * t * t / 2 - Double(number)) <= rate * 1e-9 + 1e-6)
        }
        #expect(times == times.sorted() && times.first == 0)
    }

    @Test func afterARampTheRateStays() throws {
        let times = Self.times(try Self.ramp(100, 1_000, seconds: 2), seconds: 4)
        #expect(times.count == 1_100 + 2_000)
        #expect(times[1_100] == 2 * Self.second && times[1_101] == 2 * Self.second + 1_000_000)
    }

    @Test func stepsHoldExactlyWhatTheirRatesSay() throws {
        let plan = try Self.steps([(1_000, 2), (333.5, 2), (7_000, 1)])
        let times = Self.times(plan, seconds: 5)
        #expect(times.filter { $0 < 2 * Self.second }.count == 2_000)
        #expect(times.filter { $0 >= 2 * Self.second && $0 < 4 * Self.second }.count == 667)
        #expect(times.count == 2_000 + 667 + 7_000)
        #expect(times[2_000] == 2 * Self.second && times[2_667] == 4 * Self.second)
        #expect(plan.nanoseconds == 5 * Self.second && plan.steadyRate == nil)
    }

    @Test(arguments: [1, 3, 10, 64]) func burstsAreWholeAndKeepTheRate(size: Int) throws {
        let times = Self.times(try #require(RatePlan(steady: 960)), .burst(size), seconds: 2)
        #expect(times.count == (1_920 + size - 1) / size * size)
        for (number, time) in times.enumerated() {
            let first = number - number % size
            #expect(time == UInt64((Double(first) * 1e9 / 960).rounded()))
        }
    }

    /// The bounds are five standard deviations of a Poisson count.
    @Test(arguments: [UInt64(1), 2, 3]) func poissonArrivalsHaveTheirMeanAndTheirSpread(seed: UInt64) throws {
        let times = Self.times(try #require(RatePlan(steady: 10_000)), .poisson, seconds: 4, seed: seed)
        #expect(abs(times.count - 40_000) < 1_000)
        let gaps = zip(times.dropFirst(), times).map { Double($0 - $1) / 1e9 }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        // The standard deviation of an exponential gap is its mean; e^-1 of them are longer than that.
        #expect(abs(variance.squareRoot() / mean - 1) < 0.04)
        let longer = Double(gaps.filter { $0 > 1e-4 }.count) / Double(gaps.count)
        #expect(abs(longer - 0.3679) < 0.015)
        #expect(times == times.sorted())
    }

    @Test func poissonArrivalsFollowAPlan() throws {
        let times = Self.times(try Self.steps([(1_000, 3), (9_000, 3)]), .poisson, seconds: 6)
        let early = times.filter { $0 < 3 * Self.second }.count
        #expect(abs(early - 3_000) < 275 && abs(times.count - early - 27_000) < 825)
    }

    @Test(arguments: [Arrivals.poisson, .burst(7), .fixed]) func aSeedDecidesEverything(arrivals: Arrivals) throws {
        let plan = try Self.ramp(100, 5_000, seconds: 1)
        let first = Self.times(plan, arrivals, seconds: 1, seed: 5)
        #expect(first == Self.times(plan, arrivals, seconds: 1, seed: 5))
        if arrivals == .poisson { #expect(first != Self.times(plan, arrivals, seconds: 1, seed: 6)) }
    }

    @Test func aReplayIsWhatWasRecordedUpToTheEnd() throws {
        let plan = try #require(RatePlan(steady: 1))
        let recorded: [UInt64] = [0, 5, 5, 700_000_000, 1_000_000_000, 1_000_000_001]
        #expect(Self.times(plan, .replay(recorded), seconds: 1) == [0, 5, 5, 700_000_000])
        #expect(Self.times(plan, .replay(recorded), seconds: 2) == recorded)
        #expect(Self.times(plan, .replay([]), seconds: 2) == [])
    }

    @Test func whatIsNoPlanIsNone() throws {
        #expect(RatePlan(pieces: []) == nil)
        for rate in [0, -1, .nan, .infinity, 1e10, 1e-4] { #expect(RatePlan(steady: rate) == nil) }
        #expect(RatePlan(pieces: [RatePlan.Piece(begin: 1, end: 2, nanoseconds: 0)]) == nil)
        #expect(RatePlan(pieces: [RatePlan.Piece(begin: 1, end: 2, nanoseconds: .max)]) == nil)
        #expect(try #require(RatePlan(steady: 1)).scaled(by: 1e-5) == nil)
    }

    @Test func logarithmsAreRight() throws {
        let known: [(Double, Double)] = [
            (1, 0), (2, 0.693_147_180_559_945_3), (0.5, -0.693_147_180_559_945_3), (10, 2.302_585_092_994_045_7),
            (0x1p-53, -36.736_800_569_677_1), (1.414_213_562_373_095_1, 0.346_573_590_279_972_7),
            (0.999_999, -1.000_000_500_000_333_3e-6), (1e300, 690.775_527_898_213_7),
        ]
        for (number, logarithm) in known {
            #expect(abs(naturalLogarithm(number) - logarithm) <= max(1e-16, 4e-15 * abs(logarithm)))
        }
    }
}

import Testing

@testable import Measurement

@Suite struct PacerTests {
    static let rates = [0.001, 1.0 / 3, 1, 3, 7, 333.3, 1_000, 12_345.678, 999_983, 1e6, 1e7, 333_333_333.25, 1e9]

    /// The due time by 128-bit arithmetic.
    static func exactDueTime(of index: UInt64, start: UInt64, rate: Rate) -> UInt128 {
        UInt128(start) + UInt128(index) * UInt128(rate.seconds) * 1_000_000_000 / UInt128(rate.messages)
    }

    @Test(arguments: rates) func dueTimesAreExact(perSecond: Double) throws {
        let rate = try #require(Rate(perSecond: perSecond))
        let pacer = Pacer(startNanoseconds: 1_234_567_890_123, ratePerSecond: perSecond)
        var generator = SeededGenerator(seed: 1)
        var wrong = 0
        for round in 0..<5_000 {
            let index =
                round < 1_000 ? UInt64(round) : generator.next() >> UInt64.random(in: 24...60, using: &generator)
            let exact = Self.exactDueTime(of: index, start: pacer.startNanoseconds, rate: rate)
            if pacer.dueTime(of: index) != UInt64(exactly: exact) ?? .max { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test(arguments: rates) func dueCountIsTheInverseOfDueTime(perSecond: Double) {
        let pacer = Pacer(startNanoseconds: 77, ratePerSecond: perSecond)
        var generator = SeededGenerator(seed: 2)
        var wrong = 0
        for round in 0..<5_000 {
            let index =
                round < 1_000 ? UInt64(round) : generator.next() >> UInt64.random(in: 30...60, using: &generator)
            let due = pacer.dueTime(of: index)
            guard due < .max else { continue }
            // At the moment it is due it counts; a nanosecond before, it does not.
            if pacer.dueCount(at: due) <= index { wrong += 1 }
            if due > 0, pacer.dueCount(at: due - 1) > index { wrong += 1 }
            // All counted are due, the next one is not.
            let count = pacer.dueCount(at: due)
            if count == 0 || pacer.dueTime(of: count - 1) > due || pacer.dueTime(of: count) <= due { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func threePerSecondDoesNotDrift() {
        let pacer = Pacer(startNanoseconds: 0, ratePerSecond: 3)
        #expect(
            (0..<7).map { pacer.dueTime(of: $0) }.map { $0 % 1_000_000_000 } == [
                0, 333_333_333, 666_666_666, 0, 333_333_333, 666_666_666, 0,
            ])
        #expect(pacer.dueTime(of: 3 * 86_400) == 86_400_000_000_000)
    }

    @Test func tenMillionPerSecondHoldsForADay() {
        let pacer = Pacer(startNanoseconds: 5, ratePerSecond: 10_000_000)
        let day: UInt64 = 86_400
        #expect(pacer.dueTime(of: day * 10_000_000) == 5 + day * 1_000_000_000)
        #expect(pacer.dueCount(at: 5 + day * 1_000_000_000) == day * 10_000_000 + 1)
    }

    @Test func beforeTheStartNothingIsDueAndAtTheStartTheFirst() {
        let pacer = Pacer(startNanoseconds: 100, ratePerSecond: 1)
        #expect(pacer.dueCount(at: 0) == 0)
        #expect(pacer.dueCount(at: 99) == 0)
        #expect(pacer.dueCount(at: 100) == 1)
        #expect(pacer.dueTime(of: 0) == 100)
    }

    @Test(arguments: rates) func theEndOfTimeDoesNotTrap(perSecond: Double) {
        let pacer = Pacer(startNanoseconds: 1, ratePerSecond: perSecond)
        #expect(pacer.dueTime(of: .max) >= pacer.dueTime(of: .max - 1))
        #expect(pacer.dueCount(at: .max) >= pacer.dueCount(at: .max - 1))
        let late = Pacer(startNanoseconds: .max, ratePerSecond: perSecond)
        #expect(late.dueTime(of: 1) == .max)
        #expect(late.dueCount(at: .max) >= 1)
    }
}

@Suite struct RateTests {
    @Test(
        arguments: [
            (333.3, 3_333, 10), (0.1, 1, 10), (1.0 / 3, 1, 3), (1_000, 1_000, 1), (2.5, 5, 2),
            (12_345.678, 6_172_839, 500),
            (0.001, 1, 1_000), (1e9, 1_000_000_000, 1), (99.99, 9_999, 100),
        ] as [(Double, UInt64, UInt64)])
    func aDecimalIsTheFractionThatWasMeant(perSecond: Double, messages: UInt64, seconds: UInt64) {
        #expect(Rate(perSecond: perSecond) == Rate(messages: messages, seconds: seconds))
    }

    @Test func decimalsReadBackExactly() throws {
        var generator = SeededGenerator(seed: 3)
        var wrong = 0
        for _ in 0..<20_000 {
            let decimals = [1, 10, 1_000, 100_000].randomElement(using: &generator) ?? 1
            let digits = UInt64.random(in: 1...999_999_999, using: &generator)
            let perSecond = Double(digits) / Double(decimals)
            guard Rate.rangePerSecond.contains(perSecond) else { continue }
            if Rate(perSecond: perSecond) != Rate(messages: digits, seconds: UInt64(decimals)) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func anyDoubleIsMetToOnePartInTenThousandMillion() throws {
        var generator = SeededGenerator(seed: 3)
        var wrong = 0
        for _ in 0..<20_000 {
            let power = Double(sign: .plus, exponent: .random(in: -9...28, using: &generator), significand: 1)
            let perSecond = (1 + generator.nextUnit()) * power
            let rate = try #require(Rate(perSecond: perSecond))
            if abs(rate.perSecond - perSecond) > perSecond * 1e-10 { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(Rate(perSecond: (1.0).nextUp) == Rate(messages: 1))
    }

    @Test(arguments: [0, -1, .nan, .infinity, 0.0009, 1.1e9, .leastNonzeroMagnitude])
    func ratesOutsideTheRangeAreRefused(perSecond: Double) {
        #expect(Rate(perSecond: perSecond) == nil)
    }

    @Test func fractionsAreReducedAndChecked() {
        #expect(Rate(messages: 30, seconds: 10) == Rate(messages: 3, seconds: 1))
        #expect(Rate(messages: 0) == nil)
        #expect(Rate(messages: 1, seconds: 0) == nil)
        #expect(Rate(messages: 1, seconds: 1_001) == nil)
        #expect(Rate(messages: (1 << 35) + 1, seconds: 1 << 35) == nil)
        #expect("\(Rate(messages: 6_666, seconds: 20) as Rate?, default: "none")" == "3333/10 s")
    }
}

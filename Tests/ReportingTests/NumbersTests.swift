import Testing

@testable import Reporting

@Suite struct NumbersTests {
    @Test(arguments: [0, Double.nan, .infinity]) func whatHasNoFirstDigitHasNoDecimals(value: Double) {
        #expect(Numbers.significantDecimals(value) == 0)
        #expect(TextStyle().durationRange(0, 0) == "0–0 ns")
    }

    @Test(
        arguments: [
            (0, "0 ns"), (1, "1.00 ns"), (850, "850 ns"), (999.4, "999 ns"), (999.6, "1.00 µs"), (85_230, "85.2 µs"),
            (999_600, "1.00 ms"), (1_204_000, "1.20 ms"), (9_996_000, "10.0 ms"), (2_340_000_000, "2.34 s"),
            (61e9, "61.0 s"), (-1500, "-1.50 µs"), (.infinity, "-"), (.nan, "-"),
        ] as [(Double, String)])
    func writesDurations(nanoseconds: Double, text: String) {
        #expect(TextStyle().duration(nanoseconds) == text)
    }

    @Test func writesTheSameInASCII() {
        #expect(TextStyle(ascii: true).duration(85_230) == "85.2 us")
        #expect(TextStyle(ascii: true).durationRange(1_100_000, 1_320_000) == "1.10-1.32 ms")
        #expect(TextStyle(ascii: true).durationRange(20_000_000, 1_280_000_000) == "0.02-1.28 s")
        // Nothing takes 0.00 s.
        #expect(TextStyle(ascii: true).durationRange(2_910_000, 1_280_000_000) == "2.91 ms-1.28 s")
        #expect(TextStyle(ascii: true).clean("nœud\u{1b}[31m") == "n?ud [31m")
    }

    @Test(
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"),
            (UInt64.max, "18,446,744,073,709,551,615"),
        ] as [(UInt64, String)])
    func separatesThousands(value: UInt64, text: String) {
        #expect(Numbers.grouped(value) == text)
    }

    @Test(
        arguments: [
            (1234.5, 2, "1,234.50"), (0.005, 2, "0.01"), (-0.001, 2, "0.00"), (-2.5, 1, "-2.5"), (1e30, 0, "1e+30"),
        ] as [(Double, Int, String)])
    func writesFixedDecimals(value: Double, decimals: Int, text: String) {
        #expect(Numbers.fixed(value, decimals: decimals) == text)
    }

    @Test(
        arguments: [
            (99.9, "99.900"), (100, "100"), (99.999_9, ">99.999"), (0, "0.000"),
        ] as [(Double, String)])
    func neverRoundsALossAway(percent: Double, text: String) {
        #expect(TextStyle().completeness(percent) == text)
    }

    @Test(
        arguments: [
            (5, "5"), (50_000, "50.0k"), (999_600, "1.00M"), (1_234_567, "1.23M"), (3e9, "3.00G"),
        ] as [(Double, String)])
    func shortensRates(value: Double, text: String) {
        #expect(TextStyle().short(value) == text)
    }

    @Test func writesMemory() {
        #expect(TextStyle().bytes(14_889_779) == "14.2 MiB")
        #expect(TextStyle().bytes(0) == "0 B")
        #expect(TextStyle().bytes(8_232_000_000) == "7.67 GiB")
    }

    @Test(arguments: -12...15) func knowsPowersOfTen(exponent: Int) {
        let power = Logarithm.raiseTen(Double(exponent))
        #expect(Logarithm.base10(power) == Double(exponent))
    }

    @Test(arguments: [(2, 0.301029995663981195), (0.5, -0.301029995663981195), (7, 0.845098040014256830)])
    func takesLogarithms(value: Double, logarithm: Double) {
        #expect((Logarithm.base10(value) - logarithm).magnitude < 1e-14)
        #expect((Logarithm.raiseTen(logarithm) - value).magnitude < 1e-13)
    }
}

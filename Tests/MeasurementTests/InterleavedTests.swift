import Measurement
import Testing

/// Two sides in turn.
@Suite struct InterleavedTests {
    @Test func theSidesTakeTurns() {
        var order = ""
        var time = 0.0
        let samples = Interleaved(
            repeats: 3,
            baseline: {
                order += "b"
                time += 1
                return time
            },
            product: {
                order += "p"
                time += 2
                return time
            })
        #expect(order == "bpbpbp")
        #expect(samples.baselines == [1, 4, 7])
        #expect(samples.products == [3, 6, 9])
    }

    @Test func neighboursAreCompared() {
        var drift = 1.0
        // The machine becomes slower and slower; each product costs half as much again as the baseline just before it.
        let samples = Interleaved(
            repeats: 4,
            baseline: {
                drift *= 2
                return drift
            }, product: { drift * 1.5 })
        #expect(samples.ratio { $0 }?.minimum == 1.5)
        #expect(samples.ratio { $0 }?.maximum == 1.5)
        #expect(samples.difference { $0 }?.minimum == 1)
        #expect(samples.difference { $0 }?.maximum == 8)
        #expect(samples.baseline { $0 }?.median == 6)
        #expect(samples.product { $0 }?.median == 9)
    }

    @Test func nothingHasNoSpread() {
        let samples = Interleaved<Double>(repeats: 0, baseline: { 1 }, product: { 1 })
        #expect(samples.ratio { $0 } == nil)
        let broken = Interleaved(repeats: 1, baseline: { 0.0 }, product: { 1.0 })
        #expect(broken.ratio { $0 } == nil, "infinite is no number")
    }
}

import Testing

@testable import Conductor

/// What nodes use while the load is measured.
@Suite struct UsageMeterTests {
    /// Two nodes of which the second uses half a core, read at `now`.
    private static func read(at now: UInt64) -> [UsageReading?] {
        [
            UsageReading(cpuNanoseconds: 5, residentBytes: 7, nanoseconds: now),
            UsageReading(cpuNanoseconds: now / 2, residentBytes: 9, nanoseconds: now),
        ]
    }

    private static func meter(ticks: [UInt64], span: Range<UInt64> = 1_000..<4_000) -> UsageMeter {
        var meter = UsageMeter(nodeCount: 2)
        meter.measure(span)
        for now in ticks { meter.tick(at: now) { read(at: now) } }
        return meter
    }

    @Test func warmUpAndDrainAreLeftOut() {
        let usage = Self.meter(ticks: [0, 500, 1_000, 2_000, 4_000, 9_000]).usage
        #expect(usage.map(\.nanoseconds) == [3_000, 3_000])
        #expect(usage.map(\.cpuNanoseconds) == [0, 1_500] && usage.map(\.residentBytes) == [7, 9])
    }

    @Test func whoComesLateDividesByTheTimeBetweenTheReadings() {
        let usage = Self.meter(ticks: [500, 1_700, 2_000, 4_900]).usage
        #expect(usage[1].nanoseconds == 3_200 && usage[1].cpuNanoseconds == 1_600, "half a core all the same")
    }

    @Test func nextIsWhatIsToBeReadNext() {
        #expect(UsageMeter(nodeCount: 2).nextNanoseconds == nil, "the load has not begun")
        #expect(Self.meter(ticks: [0]).nextNanoseconds == 1_000)
        #expect(Self.meter(ticks: [1_001]).nextNanoseconds == 4_000)
        let ended = Self.meter(ticks: [1_001, 4_000])
        #expect(ended.nextNanoseconds == nil && ended.hasEnded)
    }

    @Test func aLoadThatEndsEarlyIsReadThen() {
        var meter = Self.meter(ticks: [1_000])
        meter.finish { Self.read(at: 2_000) }
        meter.finish { Self.read(at: 8_000) }
        #expect(meter.usage.map(\.nanoseconds) == [1_000, 1_000])
        var cut = Self.meter(ticks: [900])
        cut.finish { Self.read(at: 950) }
        #expect(cut.usage.allSatisfy { $0.cpuNanoseconds == nil }, "nothing was measured")
    }

    @Test func theFirstSpanStands() {
        var meter = Self.meter(ticks: [])
        meter.measure(5_000..<6_000)
        #expect(meter.nextNanoseconds == 1_000)
    }

    @Test func aNodeThatIsStartedLateCountsFromThen() {
        var meter = UsageMeter(nodeCount: 2)
        meter.measure(1_000..<4_000)
        meter.tick(at: 1_000) { [Self.read(at: 1_000)[0], nil] }
        meter.started(1, at: 3_000)
        meter.tick(at: 4_000) { Self.read(at: 4_000) }
        #expect(meter.usage[1].nanoseconds == 1_000 && meter.usage[1].cpuNanoseconds == 2_000)
    }

    @Test func ofADeadNodeNothingIsKnown() {
        var meter = Self.meter(ticks: [1_000])
        meter.tick(at: 4_000) { [nil, Self.read(at: 4_000)[1]] }
        #expect(meter.usage.map(\.cpuNanoseconds) == [nil, 1_500])
    }
}

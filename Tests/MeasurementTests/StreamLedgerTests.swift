import Testing

@testable import Measurement

/// An account that remembers everything.
struct UnboundedLedger {
    private(set) var seen: Set<UInt64> = []
    private(set) var duplicate: UInt64 = 0
    private(set) var reordered: UInt64 = 0
    private(set) var reorderDistanceMax: UInt64 = 0
    private var highest: UInt64?

    mutating func record(index: UInt64) -> StreamLedger.Arrival {
        guard seen.insert(index).inserted else {
            duplicate += 1
            return .duplicate
        }
        guard let highest, index < highest else {
            let next = highest.map { $0 + 1 } ?? 0
            highest = index
            return index == next ? .inOrder : .gap
        }
        reordered += 1
        reorderDistanceMax = max(reorderDistanceMax, highest - index)
        return .reordered
    }
}

@Suite struct StreamLedgerTests {
    struct Trouble {
        var loss = 0.0
        var duplication = 0.0
        var reordering = 0.0
        var distance = 1
        var headLost = 0
        var tailLost = 0
    }

    /// The order in which the messages of a troubled network arrive.
    static func trace(count: Int, trouble: Trouble, seed: UInt64) -> [UInt64] {
        var generator = SeededGenerator(seed: seed)
        var events: [(time: Double, index: UInt64)] = []
        for index in 0..<count {
            if index < trouble.headLost || index >= count - trouble.tailLost { continue }
            if generator.nextUnit() < trouble.loss { continue }
            let delay = generator.nextUnit() < trouble.reordering ? generator.nextUnit() * Double(trouble.distance) : 0
            events.append((time: Double(index) + delay, index: UInt64(index)))
            if generator.nextUnit() < trouble.duplication {
                let again = Double(index) + delay + generator.nextUnit() * Double(trouble.distance)
                events.append((time: again, index: UInt64(index)))
            }
        }
        return events.sorted { ($0.time, $0.index) < ($1.time, $1.index) }.map(\.index)
    }

    /// Plays a trace to both ledgers and counts how often they disagree.
    static func disagreements(_ trace: [UInt64], sent: UInt64) -> Int {
        var ledger = StreamLedger()
        var oracle = UnboundedLedger()
        var wrong = 0
        for index in trace {
            if ledger.record(index: index) != oracle.record(index: index) { wrong += 1 }
            if !ledger.counts.identityHolds { wrong += 1 }
        }
        ledger.close(sent: sent)
        let counts = ledger.counts
        if !counts.identityHolds || counts.stale != 0 || counts.overrun != 0 { wrong += 1 }
        if counts.unique != UInt64(oracle.seen.count) || counts.duplicate != oracle.duplicate { wrong += 1 }
        if counts.missing != sent - UInt64(oracle.seen.count) { wrong += 1 }
        if counts.reordered != oracle.reordered || counts.reorderDistanceMax != oracle.reorderDistanceMax { wrong += 1 }
        return wrong
    }

    @Test func fourHundredRandomTracesAgreeWithAnUnboundedAccount() {
        var wrong = 0
        for seed in UInt64(0)..<400 {
            var generator = SeededGenerator(seed: seed &+ 1_000)
            let count = Int.random(in: 1..<3_000, using: &generator)
            let trouble = Trouble(
                loss: generator.nextUnit() * 0.3, duplication: generator.nextUnit() * 0.6,
                reordering: generator.nextUnit(), distance: Int.random(in: 1..<500, using: &generator),
                headLost: Int.random(in: 0..<20, using: &generator), tailLost: Int.random(in: 0..<20, using: &generator)
            )
            wrong += Self.disagreements(Self.trace(count: count, trouble: trouble, seed: seed), sent: UInt64(count))
        }
        #expect(wrong == 0)
    }

    @Test(
        arguments: [
            Trouble(), Trouble(loss: 0.01), Trouble(duplication: 0.01, distance: 50),
            Trouble(loss: 0.01, duplication: 0.01, reordering: 0.05, distance: 50),
            Trouble(loss: 0.01, duplication: 1, reordering: 0.05, distance: 50), Trouble(headLost: 200, tailLost: 500),
        ])
    func namedTroublesAreCountedExactly(trouble: Trouble) {
        let trace = Self.trace(count: 20_000, trouble: trouble, seed: 7)
        #expect(Self.disagreements(trace, sent: 20_000) == 0)
    }

    @Test func everyMessageTwiceHidesNoLoss() {
        var ledger = StreamLedger()
        for index in UInt64(0)..<10_000 where index % 100 != 3 {
            #expect(ledger.record(index: index).isNew)
            #expect(!ledger.record(index: index).isNew)
        }
        ledger.close(sent: 10_000)
        #expect(ledger.missing == 100)
        #expect(ledger.duplicate == 9_900)
        #expect(ledger.reordered == 0)
    }

    @Test func lossAtHeadAndTailIsSeenOnlyWithTheEnd() {
        var ledger = StreamLedger()
        for index in UInt64(200)..<500 { _ = ledger.record(index: index) }
        #expect(ledger.missing == nil)
        #expect(ledger.sent == nil)
        #expect(ledger.counts.missing == 200)
        #expect(ledger.counts.openStreams == 1)
        ledger.close(sent: 1_000)
        #expect(ledger.missing == 700)
        #expect(ledger.sent == 1_000)
        #expect(ledger.counts.unexplained == 700)
    }

    @Test func theWindowIsExactlyAThousandAndTwentyFour() {
        var ledger = StreamLedger()
        #expect(ledger.record(index: 2_000) == .gap)
        #expect(ledger.record(index: 977) == .reordered)
        #expect(ledger.reorderDistanceMax == 1_023)
        #expect(ledger.record(index: 977) == .duplicate)
        #expect(ledger.record(index: 976) == .stale)
        #expect(ledger.counts.identityHolds)
    }

    @Test(arguments: [1, 2, 63, 64, 65, 500, 1_022, 1_023, 1_024, 1_025, 5_000] as [UInt64])
    func aJumpForgetsExactlyWhatLeavesTheWindow(jump: UInt64) {
        var ledger = StreamLedger()
        for index in UInt64(0)..<1_500 { _ = ledger.record(index: index) }
        let highest = 1_499 + jump
        #expect(ledger.record(index: highest) == (jump == 1 ? .inOrder : .gap))
        var wrong = 0
        for index in (highest - 1_023)..<highest {
            let expected: StreamLedger.Arrival = index < 1_500 ? .duplicate : .reordered
            if ledger.record(index: index) != expected { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(ledger.record(index: highest - 1_024) == .stale)
    }

    @Test func arrivalsAfterTheEndAreLate() {
        var ledger = StreamLedger()
        for index in [0, 1, 2, 5] as [UInt64] { _ = ledger.record(index: index) }
        ledger.close(sent: 8)
        #expect(ledger.record(index: 3) == .reordered)
        #expect(ledger.record(index: 6) == .inOrder)
        #expect(ledger.record(index: 6) == .duplicate)
        #expect(ledger.late == 2)
        #expect(ledger.missing == 2)
        #expect(ledger.counts.identityHolds)
    }

    @Test func aStreamBeyondItsEndIsAnOverrunAndKeepsTheIdentity() {
        var ledger = StreamLedger()
        for index in UInt64(0)..<10 { _ = ledger.record(index: index) }
        ledger.close(sent: 7)
        #expect(ledger.overrun == 3)
        #expect(ledger.sent == 10)
        #expect(ledger.missing == 0)
        _ = ledger.record(index: 12)
        #expect(ledger.overrun == 6)
        #expect(ledger.missing == 2)
        #expect(ledger.counts.identityHolds)
    }

    @Test func aSecondEndOnlyRaisesTheCount() {
        var ledger = StreamLedger()
        ledger.close(sent: 10)
        ledger.close(sent: 4)
        #expect(ledger.missing == 10)
        ledger.close(sent: 12)
        #expect(ledger.missing == 12)
    }

    @Test func forgedIndicesDoNoHarm() {
        var ledger = StreamLedger()
        #expect(ledger.record(index: .max) == .stale)
        #expect(ledger.highestIndex == nil)
        #expect(ledger.record(index: .max - 1) == .gap)
        #expect(ledger.record(index: .max) == .stale)
        #expect(ledger.record(index: .max - 1) == .duplicate)
        #expect(ledger.record(index: 0) == .stale)
        ledger.close(sent: 1)
        #expect(ledger.counts.identityHolds)
        let twice = ledger.counts + ledger.counts
        #expect(twice.missing == .max)
    }
}

@Suite struct LedgerCountsTests {
    static func counts(received: [UInt64], sent: UInt64?) -> LedgerCounts {
        var ledger = StreamLedger()
        for index in received { _ = ledger.record(index: index) }
        if let sent { ledger.close(sent: sent) }
        return ledger.counts
    }

    @Test func sumsAddUpAndKeepTheIdentity() {
        let first = Self.counts(received: [0, 2, 1, 1], sent: 5)
        let second = Self.counts(received: [3, 0], sent: 4)
        var sum = first
        sum += second
        #expect(sum == first + second)
        #expect(sum.sent == 9)
        #expect(sum.unique == 5)
        #expect(sum.missing == 4)
        #expect(sum.duplicate == 1)
        #expect(sum.reordered == 2)
        #expect(sum.reorderDistanceMax == 3)
        #expect(sum.identityHolds)
    }

    @Test func anOpenStreamIsSaidToBeOpen() {
        let sum = Self.counts(received: [0, 3], sent: nil) + Self.counts(received: [0], sent: 1)
        #expect(sum.openStreams == 1)
        #expect(sum.sent == 1)
        #expect(sum.expected == 5)
        #expect(sum.missing == 2)
        #expect(sum.identityHolds)
    }

    @Test func aCounterThatIsWrongBreaksTheIdentity() {
        let counts = Self.counts(received: [0, 2, 1, 1], sent: 5)
        #expect(counts.identityHolds)
        let counters: [WritableKeyPath<LedgerCounts, UInt64>] = [
            \.received, \.unique, \.duplicate, \.stale, \.sent, \.expected, \.missing, \.reordered, \.late,
            \.unexplained,
        ]
        for counter in counters {
            var wrong = counts
            wrong[keyPath: counter] += 10
            #expect(!wrong.identityHolds, "\(counter)")
        }
    }
}

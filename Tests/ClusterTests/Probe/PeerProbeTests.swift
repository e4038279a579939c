import Testing
import Wire

@testable import Cluster

/// The course of a probe, told by a script of what comes and when.
@Suite struct PeerProbeTests {
    private static let ms: UInt64 = 1_000_000

    private static func order(
        pings: UInt32 = 3, pingBytes: UInt32 = 10, bulkBytes: UInt64 = 0, limit: UInt64 = 1_000 * ms
    ) -> ProbeOrder {
        ProbeOrder(
            token: 7, target: 1, pings: pings, pingBytes: pingBytes, bulkBytes: bulkBytes, limitNanoseconds: limit)
    }

    /// Answers every ping after `roundTrip`, up to bulk or the end; answers the time then.
    private static func ping(_ probe: inout PeerProbe, from start: UInt64, roundTrip: (UInt64) -> UInt64) -> UInt64 {
        var now = start
        while let frame = probe.next(at: now), frame.bringsBack {
            now += roundTrip(frame.number)
            probe.answered(frame.number, bytes: frame.bytes, at: now)
            if probe.state != .underWay { break }
        }
        return now
    }

    @Test func sendsOnePingAtATime() {
        var probe = PeerProbe(Self.order(), at: 0)
        let first = probe.next(at: 0)
        #expect(first == PeerProbe.Frame(number: 0, bytes: 10, bringsBack: true))
        #expect(probe.next(at: 1) == nil, "the first is not answered")
        probe.answered(0, bytes: 10, at: 5)
        #expect(probe.next(at: 5)?.number == 1)
    }

    @Test func measuresRoundTripsAfterTheWarmUp() throws {
        var probe = PeerProbe(Self.order(), at: 100)
        let warmups = UInt64(PeerProbe.warmupPings)
        // The connection takes its time, and is not measured.
        _ = Self.ping(&probe, from: 100) { $0 < warmups ? 50 * Self.ms : ($0 - warmups + 1) * 100 }
        guard case .over(let outcome) = probe.state else {
            Issue.record("it is \(probe.state)")
            return
        }
        #expect(outcome.pings == 3)
        #expect(outcome.leastNanoseconds == 100)
        #expect(outcome.medianNanoseconds == 200)
        #expect(outcome.greatestNanoseconds == 300)
        #expect(outcome.bulkNanoseconds == 0 && !outcome.isCutShort)
    }

    @Test func sendsBulkWithinItsWindow() {
        let chunks: UInt64 = 20
        let bytes = chunks * UInt64(PeerProbe.chunkBytes) - 100
        var probe = PeerProbe(Self.order(pings: 1, bulkBytes: bytes), at: 0)
        // The ping that ends the pings asks for bulk itself: what it was answered is the first frame.
        var now: UInt64 = 0
        var waiting: [PeerProbe.Frame] = []
        var sent: UInt64 = 0
        var most = 0
        while probe.state == .underWay {
            while let frame = probe.next(at: now) {
                waiting.append(frame)
                if !frame.bringsBack { sent += UInt64(frame.bytes) }
            }
            most = max(most, waiting.count)
            guard !waiting.isEmpty else { break }
            now += 1_000
            let frame = waiting.removeFirst()
            probe.answered(frame.number, bytes: frame.bringsBack ? frame.bytes : 0, at: now)
        }
        #expect(most == PeerProbe.windowFrames)
        #expect(sent == bytes)
        guard case .over(let outcome) = probe.state else {
            Issue.record("it is \(probe.state)")
            return
        }
        #expect(outcome.bulkBytes == bytes)
        #expect(outcome.bulkNanoseconds == chunks * 1_000)
        #expect(!outcome.isCutShort)
    }

    @Test func failsWhenNobodyAnswers() {
        var probe = PeerProbe(Self.order(limit: 10 * Self.ms), at: 0)
        _ = probe.next(at: 0)
        probe.tick(at: 10 * Self.ms - 1)
        #expect(probe.state == .underWay)
        probe.tick(at: 10 * Self.ms)
        #expect(probe.state == .failed("it did not answer in time"))
        #expect(probe.next(at: 11 * Self.ms) == nil)
    }

    @Test func endsInTimeWithWhatItHas() {
        var probe = PeerProbe(Self.order(pings: 1_000, limit: 20 * Self.ms), at: 0)
        _ = Self.ping(&probe, from: 0) { _ in Self.ms }
        guard case .over(let outcome) = probe.state else {
            Issue.record("it is \(probe.state)")
            return
        }
        #expect(outcome.isCutShort)
        #expect(outcome.pings > 0 && outcome.pings < 1_000)
    }

    @Test func leavesHalfOfTheTimeToBulk() {
        let chunk = UInt64(PeerProbe.chunkBytes)
        var probe = PeerProbe(Self.order(pings: 10_000, bulkBytes: chunk, limit: 40 * Self.ms), at: 0)
        var now: UInt64 = 0
        var bulkAt: UInt64?
        while probe.state == .underWay, let frame = probe.next(at: now) {
            if !frame.bringsBack { bulkAt = bulkAt ?? now }
            now += Self.ms
            probe.answered(frame.number, bytes: frame.bringsBack ? frame.bytes : 0, at: now)
        }
        #expect(bulkAt == 20 * Self.ms)
        guard case .over(let outcome) = probe.state else {
            Issue.record("it is \(probe.state)")
            return
        }
        #expect(outcome.bulkBytes == chunk)
        #expect(outcome.isCutShort, "not all pings were made")
    }

    @Test func cutsBulkShort() {
        let chunk = UInt64(PeerProbe.chunkBytes)
        var probe = PeerProbe(Self.order(pings: 1, bulkBytes: 100 * chunk, limit: 50 * Self.ms), at: 0)
        var now: UInt64 = 0
        var waiting: [PeerProbe.Frame] = []
        while probe.state == .underWay {
            while let frame = probe.next(at: now) { waiting.append(frame) }
            guard !waiting.isEmpty else { break }
            now += Self.ms
            let frame = waiting.removeFirst()
            probe.answered(frame.number, bytes: frame.bringsBack ? frame.bytes : 0, at: now)
        }
        guard case .over(let outcome) = probe.state else {
            Issue.record("it is \(probe.state)")
            return
        }
        #expect(outcome.isCutShort)
        #expect(outcome.bulkBytes > 0 && outcome.bulkBytes < 100 * chunk)
    }

    @Test(arguments: [UInt64(9), .max]) func passesOverAnswersThatNobodyAskedFor(number: UInt64) {
        var probe = PeerProbe(Self.order(), at: 0)
        _ = probe.next(at: 0)
        probe.answered(number, bytes: 10, at: 1)
        #expect(probe.next(at: 1) == nil, "the ping is still not answered")
        probe.answered(0, bytes: 10, at: 2)
        probe.answered(0, bytes: 10, at: 3)
        #expect(probe.next(at: 3)?.number == 1)
    }

    @Test func failsWhenTheEchoIsAnother() {
        var probe = PeerProbe(Self.order(), at: 0)
        _ = probe.next(at: 0)
        probe.answered(0, bytes: 9, at: 1)
        #expect(probe.state == .failed("it answers with other octets than it was sent"))
    }

    @Test func saysWhyThePeerRefused() {
        var probe = PeerProbe(Self.order(), at: 0)
        _ = probe.next(at: 0)
        probe.refused("it refused: no")
        probe.refused("later")
        #expect(probe.state == .failed("it refused: no"))
    }

    @Test func aLimitBeyondTheClockIsTheEndOfTheClock() {
        let probe = PeerProbe(Self.order(limit: 1_000), at: .max - 10)
        #expect(probe.deadlineNanoseconds == .max)
    }
}

import Cluster
import Measurement
import Testing
import Wire

@testable import Runtime

@Suite struct ClientResultTests {
    /// What client `number` of a load measured; always the same for the same number.
    static func result(_ number: Int) -> ClientResult {
        var generator = SplitMix64(seed: UInt64(number))
        var result = ClientResult()
        result.incarnation = 100 + UInt32(number)
        result.startNanoseconds = 1_000_000_000
        result.measuredNanoseconds = 2_000_000_000
        result.lastSentNanoseconds = 9_000_000_000 + UInt64(number)
        result.cpuNanoseconds = 77
        result.abandoned = UInt64(number)
        result.decidedIndex = 5 + UInt64(number)
        result.isInterrupted = number == 2
        for node in 0..<2 {
            var counts = OrderCounts()
            (counts.due, counts.sent, counts.acknowledged) = (12, 11, 10)
            (counts.refused, counts.rejected, counts.unanswered) = (1, 2, 3)
            (counts.overflowed, counts.resent, counts.stray) = (1, 4, 5)
            result.perNode.append(counts)
            result.streams.append(
                ClientStream(
                    origin: Origin.client(number, enteringAt: node), incarnation: result.incarnation, counts: counts))
        }
        for _ in 0..<500 {
            let at = 2_000_000_000 + generator.next() % 3_000_000_000
            result.acknowledgement.record(Int64(generator.next() % 9_000_000), at: at)
            result.sendLag.record(Int64(generator.next() % 90_000) - 10)
            result.heldBack.record(Int64(generator.next() % 900))
        }
        result.acknowledgement.finish()
        result.rejections = [7: 2, 9: UInt64(number)]
        result.answeredBad = [7: 2]
        result.gaps.note(from: 2_100_000_000, to: 2_200_000_000 + UInt64(number) * 10_000_000)
        result.gaps.noteOpen(from: 8_000_000_000 + UInt64(number), to: 9_000_000_000)
        var clock = ClockFinding(node: 0, isOneClock: number == 0)
        clock.exchangeCount = 8
        clock.errorNanoseconds = UInt64(number) * 10
        clock.offset = ClockOffset(lowestNanoseconds: -4, highestNanoseconds: 9)
        clock.drift = -1.5...2.25
        result.clocks = [clock, ClockFinding(node: 1, isOneClock: true, isContradicted: number == 1)]
        return result
    }

    @Test(arguments: 0...3)
    func whatIsHandedOverLosesNothing(number: Int) throws {
        let result = Self.result(number)
        let copy = try ClientResult(decoding: result.encoded)
        #expect(copy.encoded == result.encoded)
        #expect(copy.perNode == result.perNode && copy.streams == result.streams && copy.clocks == result.clocks)
        #expect(
            copy.sendLag.count == result.sendLag.count && copy.sendLag.negativeCount == result.sendLag.negativeCount)
        // Its extremes are the ends of their buckets, as in every report; nothing else is rounded.
        #expect(copy.acknowledgement.total.asDecoded == result.acknowledgement.total.asDecoded)
        #expect(copy.heldBack.asDecoded == result.heldBack.asDecoded)
        #expect(copy.acknowledgement.intervals == result.acknowledgement.intervals)
        #expect(copy.gaps == result.gaps && copy.rejections == result.rejections)
        #expect(copy.isInterrupted == result.isInterrupted && copy.lastSentNanoseconds == result.lastSentNanoseconds)
    }

    @Test func whatIsDamagedIsRefusedAndNeverTraps() throws {
        let bytes = Self.result(1).encoded
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: WireError.self) { try ClientResult(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: WireError.self) { try ClientResult(decoding: bytes + [0]) }
        var generator = SplitMix64(seed: 4)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<4 { damaged[Int(generator.next() % UInt64(bytes.count))] = UInt8(generator.next() & 255) }
            // Some damage makes another result; it must be one that can be merged.
            guard let result = try? ClientResult(decoding: damaged) else { continue }
            _ = try? ClientResult.merged([result, Self.result(2)])
        }
    }

    @Test func sumsAreSums() throws {
        let parts = (0..<3).map(Self.result)
        let sum = try ClientResult.merged(parts)
        #expect(sum.total.sent == 66 && sum.total.acknowledged == 60 && sum.streams.count == 6)
        #expect(sum.sendLag.count + sum.sendLag.negativeCount == 1_500 && sum.acknowledgement.total.count == 1_500)
        #expect(sum.rejections == [7: 6, 9: 3] && sum.abandoned == 3 && sum.decidedIndex == 7)
        #expect(sum.isInterrupted && sum.lastSentNanoseconds == 9_000_000_002 && sum.cpuNanoseconds == 231)
        #expect(sum.isOwn(100) && sum.isOwn(101) && sum.isOwn(102) && !sum.isOwn(103))
        // Of findings about a clock the worst, of gaps what all had.
        #expect(sum.clocks[0].errorNanoseconds == 20 && !sum.clocks[0].isOneClock && sum.clocks[1].isContradicted)
        #expect(sum.gaps.all.map(\.end) == [2_200_000_000] && sum.gaps.open?.start == 8_000_000_002)
    }

    @Test func onePartIsAllThereIs() throws {
        let part = Self.result(1)
        #expect(try ClientResult.merged([part]).encoded == part.encoded)
        #expect(try ClientResult.merged([]).total == OrderCounts())
    }

    @Test func aPartCountsOnce() throws {
        #expect(throws: MergeError.self) { try ClientResult.merged([Self.result(1), Self.result(1)]) }
        var other = Self.result(2)
        other.perNode.removeLast()
        #expect(throws: MergeError.self) { try ClientResult.merged([Self.result(1), other]) }
    }

    @Test(arguments: [3_000_000_000, -500_000_000] as [Int64])
    func anotherClockMovesAllTimes(ahead: Int64) throws {
        let moved = Self.result(1).moved(byNanoseconds: ahead)
        #expect(moved.startNanoseconds == UInt64(1_000_000_000 + ahead))
        #expect(moved.gaps.all.first?.start == UInt64(2_100_000_000 + ahead))
        #expect(moved.moved(byNanoseconds: -ahead).encoded == Self.result(1).encoded)
    }
}

import Cluster
import Testing
import Wire

@Suite struct AnswerBatchTests {
    private static func order(_ index: UInt64, origin: UInt32 = 1, incarnation: UInt32 = 1) -> Header {
        Header(kind: .order, origin: origin, index: index, incarnation: incarnation)
    }

    /// The batch as text: `origin:first+count` or, refused, `origin:first+count!reason`.
    private static func text(_ batch: AnswerBatch) -> [String] {
        batch.ranges.map { "\($0.origin):\($0.first)+\($0.count)" + ($0.reason == 0 ? "" : "!\($0.reason)") }
    }

    @Test func consecutiveOrdersAreOneRange() throws {
        var batch = AnswerBatch()
        #expect(batch.add(Self.order(5), reason: 0) == true)
        for index in UInt64(6)..<100 { #expect(batch.add(Self.order(index), reason: 0) == false) }
        #expect(Self.text(batch) == ["1:5+95"])
    }

    @Test func streamsThatAreInterleavedKeepTheirRanges() throws {
        var batch = AnswerBatch()
        var begun = 0
        for index in UInt64(0)..<20 {
            for origin in UInt32(1)...8 where batch.add(Self.order(index, origin: origin), reason: 0) { begun += 1 }
        }
        #expect(begun == 8)
        #expect(Self.text(batch) == (1...8).map { "\($0):0+20" })
    }

    @Test func aGapARepetitionAndAnotherAnswerEachBeginARange() throws {
        var batch = AnswerBatch()
        for (index, reason) in [(0, 0), (1, 0), (3, 0), (3, 0), (4, 1), (5, 1), (6, 2), (7, 0)] as [(UInt64, UInt16)] {
            _ = batch.add(Self.order(index), reason: reason)
        }
        #expect(Self.text(batch) == ["1:0+2", "1:3+1", "1:3+1", "1:4+2!1", "1:6+1!2", "1:7+1"])
    }

    @Test func twoLivesOfAStreamAreTwoRanges() throws {
        var batch = AnswerBatch()
        #expect(batch.add(Self.order(0, incarnation: 1), reason: 0) == true)
        #expect(batch.add(Self.order(1, incarnation: 2), reason: 0) == true)
        #expect(batch.add(Self.order(1, incarnation: 1), reason: 0) == false)
        #expect(batch.ranges.map(\.incarnation) == [1, 2])
    }

    @Test func everyOrderIsAnsweredOnceHoweverManyStreamsThereAre() throws {
        var batch = AnswerBatch()
        for index in UInt64(0)..<3 {
            for origin in UInt32(0)..<50 { _ = batch.add(Self.order(index, origin: origin), reason: 0) }
        }
        let answered = batch.ranges.flatMap { range in
            (0..<UInt64(range.count)).map { "\(range.origin):\(range.first + $0)" }
        }
        #expect(answered.count == 150)
        #expect(Set(answered).count == 150)
    }

    @Test func aBatchBeginsAfreshAfterItWasSent() throws {
        var batch = AnswerBatch()
        _ = batch.add(Self.order(0), reason: 0)
        batch.removeAll()
        #expect(batch.ranges.isEmpty)
        #expect(batch.add(Self.order(1), reason: 0) == true)
        #expect(Self.text(batch) == ["1:1+1"])
    }
}

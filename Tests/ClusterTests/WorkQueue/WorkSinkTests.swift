import Testing
import Wire

@testable import Cluster

/// What the sink counts, and what it tells the source.
@Suite struct WorkSinkTests {
    private static func result(_ index: UInt64, isWarmup: Bool = false, due: UInt64 = 100) -> Header {
        Header(
            kind: .result, index: index, dueNanoseconds: due, sentNanoseconds: due + 10,
            incarnation: isWarmup ? 3 | Header.warmupBit : 3)
    }

    @Test func aBatchIsAcknowledgedInRangesWhateverItsOrder() throws {
        var sink = WorkSink(workerCount: 2)
        for index: UInt64 in [4, 0, 2, 1, 9, 3, 2] { sink.take(Self.result(index), from: 0, at: 200) }
        let told = sink.news()
        let news = try #require(told)
        #expect(news.incarnation == 3)
        #expect(news.payload.ranges == [.init(first: 0, count: 5), .init(first: 9, count: 1)])
        #expect(news.payload.workers == [1])
        sink.told()
        let rest = sink.news()
        #expect(rest == nil && sink.waiting == 0)
    }

    @Test func everyCopyIsCountedOnceAndAcknowledgedAgain() throws {
        var sink = WorkSink(workerCount: 2)
        sink.take(Self.result(0), from: 0, at: 200)
        _ = sink.news()
        sink.told()
        sink.take(Self.result(0), from: 1, at: 200)
        let news = sink.news()
        #expect(news?.payload.ranges == [.init(first: 0, count: 1)])
        let report = try #require(sink.streamReports().first)
        #expect(report.unique == 1 && report.duplicate == 1)
        #expect(report.inbound.map(\.received) == [1, 1])
        #expect(report.inbound.map(\.forwarded) == [1, 0], "the first to do it did it")
        #expect(report.inbound.map(\.from) == [1, 2])
    }

    @Test func eachStreamHasAnAnswerOfItsOwn() throws {
        var sink = WorkSink(workerCount: 1)
        sink.take(Self.result(5, isWarmup: true), from: 0, at: 200)
        sink.take(Self.result(0), from: 0, at: 200)
        var told: [UInt32: [DonePayload.Range]] = [:]
        while let news = sink.news() {
            told[news.incarnation] = news.payload.ranges
            sink.told()
        }
        #expect(told == [3 | Header.warmupBit: [.init(first: 5, count: 1)], 3: [.init(first: 0, count: 1)]])
        #expect(sink.latencyReports().first?.firstNanoseconds == 200, "the warm-up is not measured")
    }

    @Test func aWorkerThatHasNothingToDoIsToldOf() throws {
        var sink = WorkSink(workerCount: 3)
        sink.hear(2)
        let told = sink.news()
        let news = try #require(told)
        #expect(news.payload == DonePayload(ranges: [], workers: [3]))
        sink.told()
        let rest = sink.news()
        #expect(rest == nil)
    }

    @Test func moreIsNotTakenThanOneAnswerHolds() throws {
        var sink = WorkSink(workerCount: 1)
        for index in 0..<UInt64(DonePayload.rangesMax) {
            #expect(!sink.isFull)
            sink.take(Self.result(index * 2), from: 0, at: 200)
        }
        #expect(sink.isFull)
        let news = sink.news()
        let payload = try #require(news?.payload)
        #expect(try DonePayload(decoding: payload.payload) == payload)
    }

    @Test func anEndClosesItsStream() throws {
        var sink = WorkSink(workerCount: 1)
        sink.take(Self.result(0), from: 0, at: 200)
        sink.end(Header(kind: .end, index: 3, incarnation: 3))
        #expect(try #require(sink.streamReports().first).announced == 3)
    }

    @Test func anIndexThatCannotBeAcknowledgedIsNotTaken() {
        var sink = WorkSink(workerCount: 1)
        sink.take(Self.result(Header.indexMax), from: 0, at: 200)
        var news = sink.news()
        #expect(sink.unique == 0 && news == nil)
        sink.take(Self.result(Header.indexMax - 1), from: 0, at: 200)
        news = sink.news()
        #expect((try? DonePayload(decoding: news?.payload.payload ?? [])) != nil)
    }

    @Test func streamsWithoutRoomAreCounted() {
        var sink = WorkSink(workerCount: 1)
        for life in 0..<UInt32(WorkStreams.streamsMax) + 5 {
            sink.take(Header(kind: .result, incarnation: life), from: 0, at: 1)
        }
        #expect(sink.unaccounted == 5 && sink.streamReports().count == WorkStreams.streamsMax)
    }

    @Test func workIsDoneOneTaskAfterTheOther() {
        var bench = WorkBench(workNanoseconds: 100)
        #expect(bench.begin(arrivedAt: 50) == 150)
        #expect(bench.begin(arrivedAt: 60) == 250, "it was there when the one before it ended")
        #expect(bench.begin(arrivedAt: 1_000) == 1_100)
    }

    @Test func aBenchCountsWhatItTookAndWhatItHandedOn() throws {
        var bench = WorkBench(workNanoseconds: 0)
        for index: UInt64 in 0..<3 { bench.took(Header(kind: .task, index: index, incarnation: 3)) }
        bench.handed(incarnation: 3)
        let report = try #require(bench.streamReports().first)
        #expect(report.unique == 3 && report.inbound == [.init(from: 0, received: 3, forwarded: 1, refused: 0)])
    }
}

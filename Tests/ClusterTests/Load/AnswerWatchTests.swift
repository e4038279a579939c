import Cluster
import Testing

/// Since when a node that does not answer at the end owes an answer.
@Suite struct AnswerWatchTests {
    private func watch(heard: UInt64? = nil, asked: [UInt64] = []) -> AnswerWatch {
        var watch = AnswerWatch()
        if let heard { watch.heard(at: heard) }
        for time in asked { watch.asked(at: time) }
        return watch
    }

    @Test func theFirstQuestionAfterTheLastAnswerCounts() {
        #expect(AnswerWatch.owedSince([watch(heard: 5, asked: [9, 12, 15])], owesOrders: false) == 9)
        var answered = watch(asked: [9])
        answered.heard(at: 10)
        #expect(AnswerWatch.owedSince([answered], owesOrders: false) == nil, "it answered")
    }

    @Test func ofANodeThatNobodyAskedNothingIsKnown() {
        #expect(AnswerWatch.owedSince([watch(heard: 5)], owesOrders: false) == nil)
        #expect(AnswerWatch.owedSince([], owesOrders: true) == nil)
    }

    @Test func ordersLeaveAllTheTimeSoTheLastAnswerTells() {
        #expect(AnswerWatch.owedSince([watch(heard: 5), watch(heard: 8)], owesOrders: true) == 8)
    }

    @Test func whatItSaysOnAnotherConnectionIsAnAnswerToo() {
        #expect(AnswerWatch.owedSince([watch(asked: [9]), watch(heard: 10)], owesOrders: false) == nil)
        #expect(AnswerWatch.owedSince([watch(asked: [11]), watch(heard: 10)], owesOrders: false) == 11)
    }
}

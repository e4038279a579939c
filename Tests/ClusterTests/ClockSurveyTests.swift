import Measurement
import Testing
import Wire

@testable import Cluster

/// A node with a clock of its own, at the other end of a way that takes 20 to 60 µs.
private struct Node {
    var aheadNanoseconds: Int64
    var driftPartsPerMillion: Int64 = 0
    var random = SeededGenerator(seed: 11)

    func clock(at here: UInt64) -> UInt64 {
        UInt64(Int64(here) + ahead(at: here))
    }

    func ahead(at here: UInt64) -> Int64 { aheadNanoseconds + Int64(here) / 1_000_000 * driftPartsPerMillion }

    /// Lets the survey do all that it wants until `end`; answers what it told the node.
    mutating func meet(_ survey: inout ClockSurvey, from start: UInt64, to end: UInt64) -> [Int64] {
        var told: [Int64] = []
        var now = start
        while now < end {
            guard case .ask(let number)? = survey.turn(at: now) else {
                now = max(now + 1, survey.wakeNanoseconds(at: now))
                continue
            }
            survey.sent(at: now)
            let out = UInt64.random(in: 20_000...60_000, using: &random)
            let back = UInt64.random(in: 20_000...60_000, using: &random)
            let reading = ClockReading(
                receivedNanoseconds: clock(at: now + out), answeredNanoseconds: clock(at: now + out + 1_000))
            now += out + 1_000 + back
            if case .tell(let ahead)? = survey.answered(number: number, reading, at: now) { told.append(ahead) }
        }
        return told
    }
}

@Suite struct ClockSurveyTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start = 100 * second

    @Test func oneClockIsComparedAndNobodyIsToldAnything() {
        var survey = ClockSurvey(isOneHost: true)
        var node = Node(aheadNanoseconds: 0)
        let told = node.meet(&survey, from: Self.start, to: Self.start + 3 * Self.second)
        #expect(told == [])
        #expect(survey.isOneClock && survey.hasRound && survey.errorNanoseconds == 0)
        #expect(survey.track.exchangeCount >= 3 * ClockSurvey.questionsPerRound)
    }

    /// As in a time namespace: the same host, another clock.
    @Test(arguments: [true, false], [5_000_000_000_000, -90_000_000_000] as [Int64])
    func anotherClockIsToldBeforeAnythingIsMeasured(isOneHost: Bool, ahead: Int64) throws {
        var survey = ClockSurvey(isOneHost: isOneHost)
        var node = Node(aheadNanoseconds: ahead)
        let told = node.meet(&survey, from: Self.start, to: Self.start + 2 * Self.second)
        #expect(!survey.isOneClock && survey.isTold)
        for each in told { #expect((each - ahead).magnitude <= 40_000) }
        if !isOneHost { #expect(survey.errorNanoseconds < 60_000) }
    }

    @Test func aNodeOfAnotherHostIsToldEvenIfItsClockSeemsTheSame() {
        var survey = ClockSurvey(isOneHost: false)
        var node = Node(aheadNanoseconds: 3)
        #expect(!node.meet(&survey, from: Self.start, to: Self.start + Self.second).isEmpty)
        #expect(!survey.isOneClock)
    }

    @Test func aDriftingClockIsFollowedAndTheErrorContainsTheTruth() {
        var survey = ClockSurvey(isOneHost: false)
        var node = Node(aheadNanoseconds: 7_000_000, driftPartsPerMillion: 100)
        var from = Self.start
        var worst: UInt64 = 0
        for _ in 0..<20 {
            _ = node.meet(&survey, from: from, to: from + Self.second / 2)
            from += Self.second / 2
            worst = max(worst, (survey.toldNanoseconds - node.ahead(at: from)).magnitude)
        }
        _ = node.meet(&survey, from: from, to: from + Self.second)
        #expect(worst > 10_000, "100 ppm are 50 µs in half a second")
        #expect(survey.errorNanoseconds >= worst)
        #expect(survey.errorNanoseconds < 300_000 && !survey.isContradicted)
    }

    @Test func aClockThatIsSetContradictsItself() {
        var survey = ClockSurvey(isOneHost: false)
        var node = Node(aheadNanoseconds: 0)
        _ = node.meet(&survey, from: Self.start, to: Self.start + Self.second)
        node.aheadNanoseconds = Int64(Self.second)
        _ = node.meet(&survey, from: Self.start + Self.second, to: Self.start + 3 * Self.second)
        #expect(survey.isContradicted && !survey.isOneClock)
    }

    @Test func aQuestionWithoutAnswerIsAskedAgain() {
        var survey = ClockSurvey(isOneHost: true)
        #expect(survey.turn(at: 5) == .ask(number: 1))
        survey.sent(at: 5)
        #expect(survey.turn(at: 6) == nil)
        #expect(survey.turn(at: 5 + ClockSurvey.patienceNanoseconds) == .ask(number: 2))
        survey.sent(at: 5 + ClockSurvey.patienceNanoseconds)
        let late = survey.answered(number: 1, ClockReading(receivedNanoseconds: 1, answeredNanoseconds: 1), at: 9)
        #expect(late == nil && survey.track.exchangeCount == 0)
    }
}

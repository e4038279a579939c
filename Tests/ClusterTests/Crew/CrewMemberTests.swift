import Testing
import Wire

@testable import Cluster

@Suite struct CrewMemberTests {
    /// A worker and its coordinator over a network that takes its time, each with its own clock.
    struct Pair {
        var crew: Crew
        var member: CrewMember
        /// What the coordinator's clock shows more than the worker's.
        let ahead: Int64
        let forth: UInt64
        let back: UInt64
        let boot: UInt64
        /// The worker's clock.
        var now: UInt64 = 1_000_000_000_000
        var begin: UInt64?
        var ending: CrewMember.Ending?
        var hasShare = false
        var result: [UInt8]?

        init(ahead: Int64, forth: UInt64, back: UInt64, boot: UInt64) {
            self.ahead = ahead
            self.forth = forth
            self.back = back
            self.boot = boot
            crew = Crew(CrewTests.rules(1), shares: CrewTests.shares(1), at: 0)
            member = CrewMember(
                CrewRegistration(
                    version: "1", cluster: "zbed", host: "there", pid: 3, clock: .unknown(bootDigest: boot)),
                callNanoseconds: 5 * CrewTests.second, at: now)
            crew = Crew(CrewTests.rules(1), shares: CrewTests.shares(1), at: there)
        }

        /// The coordinator's clock now.
        var there: UInt64 { UInt64(Int64(now) + ahead) }

        mutating func step(_ nanoseconds: UInt64) {
            now += nanoseconds
            perform(member.tick(CrewProgress(), at: now))
        }

        mutating func perform(_ effects: [CrewMember.Effect]) {
            for effect in effects {
                switch effect {
                case .send(let request, let number):
                    if case .clock = request { member.asked(at: now) }
                    now += forth
                    hear(crew.received(request, from: [1], number: number, at: there))
                case .prepare: hasShare = true
                case .begin(let at): begin = at
                case .leave(let ending): self.ending = ending
                case .lost, .stop: break
                }
            }
        }

        mutating func hear(_ effects: [Crew.Effect]) {
            for effect in effects {
                switch effect {
                case .tellClock(_, let number, let received):
                    let reading = ClockReading(receivedNanoseconds: received, answeredNanoseconds: there)
                    now += back
                    perform(member.received(.clock(reading), number: number, at: now))
                case .send(let response, _):
                    now += back
                    perform(member.received(response, number: 0, at: now))
                case .take(let bytes, _): result = bytes
                }
            }
        }

        /// Goes on until the worker is ready.
        mutating func prepare() {
            for _ in 0..<200 where !hasShare { step(10_000_000) }
            perform(member.prepared(at: now))
        }
    }

    @Test(
        arguments: [0, 3_600_000_000_000, -40_000_000_000], [(1_000, 1_000), (900_000, 100_000), (5_000_000, 1_000)])
    func allBeginAtOneInstantAsFarAsTheyCanKnow(ahead: Int64, ways: (UInt64, UInt64)) throws {
        var pair = Pair(ahead: ahead, forth: ways.0, back: ways.1, boot: 77)
        pair.prepare()
        #expect(pair.hasShare && pair.crew.phase == .ready)
        let start = pair.there + 500_000_000
        pair.hear(pair.crew.begin(at: start))
        let begin = try #require(pair.begin)
        let truth = Int64(start) - ahead
        let worker = try #require(pair.crew.workers.first)
        // It is off by no more than it says, and says no more than the ways allow.
        #expect((Int64(begin) - truth).magnitude <= worker.clock.errorNanoseconds(of: 5))
        #expect(worker.clock.errorNanoseconds(of: 5) <= (ways.0 + ways.1) / 2 + 200_000)
        #expect((worker.clock.aheadNanoseconds(of: 5) - ahead).magnitude <= worker.clock.errorNanoseconds(of: 5))
    }

    @Test func onOneHostTheClockIsOne() throws {
        var pair = Pair(ahead: 0, forth: 40_000, back: 7_000, boot: 5)
        pair.prepare()
        pair.hear(pair.crew.begin(at: pair.there + 1_000_000_000))
        #expect(pair.begin == pair.crew.startNanoseconds)
        #expect(pair.crew.workers.first?.clock.errorNanoseconds(of: 5) == 0)
    }

    @Test func whoHearsOfTheBeginTooLateSaysSo() throws {
        var pair = Pair(ahead: 0, forth: 1_000, back: 1_000, boot: 5)
        pair.prepare()
        pair.hear(pair.crew.begin(at: pair.there - 20_000_000))
        pair.perform(pair.member.finished([4, 2]))
        #expect(pair.result == [4, 2] && pair.ending == .done && pair.crew.phase == .over)
        let late = try #require(pair.crew.workers.first?.lateNanoseconds)
        #expect(late >= 20_000_000 && late < 21_000_000)
    }

    @Test func nobodyIsCalledForEver() throws {
        var pair = Pair(ahead: 0, forth: 1, back: 1, boot: 5)
        // Its questions never leave.
        var effects: [CrewMember.Effect] = []
        for at in 0...5 { effects = pair.member.tick(CrewProgress(), at: pair.now + UInt64(at) * CrewTests.second) }
        #expect(effects == [.leave(.abandoned("nobody answers"))])
        #expect(pair.member.tick(CrewProgress(), at: pair.now + 99 * CrewTests.second) == [])
    }

    @Test func aCoordinatorThatDiesIsNoticed() throws {
        var pair = Pair(ahead: 0, forth: 1_000, back: 1_000, boot: 5)
        pair.prepare()
        let effects = pair.member.tick(CrewProgress(), at: pair.now + 10 * CrewTests.second)
        guard case .leave(.abandoned(let reason))? = effects.first else {
            Issue.record("it stays: \(effects)")
            return
        }
        #expect(reason.contains("does not answer any more"))
    }

    @Test func aRefusalIsTheEnd() throws {
        var pair = Pair(ahead: 0, forth: 1, back: 1, boot: 5)
        pair.perform(pair.member.received(.refused("no"), number: 0, at: pair.now))
        #expect(pair.ending == .refused("no"))
    }

    @Test func whatComesInTheWrongOrderChangesNothing() throws {
        var pair = Pair(ahead: 0, forth: 1, back: 1, boot: 5)
        #expect(pair.member.received(.start(9), number: 0, at: pair.now) == [])
        #expect(pair.member.received(.taken, number: 0, at: pair.now) == [])
        #expect(pair.member.received(.share(CrewTests.shares(1)[0]), number: 0, at: pair.now) == [])
        #expect(pair.member.prepared(at: pair.now) == [] && pair.member.finished([1]) == [])
        #expect(pair.member.failed(code: 1, "x") == [])
    }
}

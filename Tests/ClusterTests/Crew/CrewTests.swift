import Measurement
import Testing
import Wire

@testable import Cluster

@Suite struct CrewTests {
    static let second: UInt64 = 1_000_000_000

    static func rules(_ workers: Int) -> CrewRules {
        var rules = CrewRules(workers: workers, version: "1")
        rules.bootDigest = 5
        return rules
    }

    static func shares(_ workers: Int) -> [CrewShare] {
        (0..<workers).map {
            CrewShare(
                worker: UInt16($0), workers: UInt16(workers), clientsTotal: 8, incarnation: 100 + UInt32($0),
                clusterDigest: 1, bootDigest: 5, loadDigest: 2, nodes: ["tcp://*:5002"], arguments: ["--rate", "1"])
        }
    }

    static func registration(
        _ number: UInt16 = CrewRegistration.anyNumber, version: String = "1", cluster: String = "zbed"
    ) -> CrewRegistration {
        CrewRegistration(
            version: version, cluster: cluster, host: "here", pid: 9, number: number, clock: .unknown(bootDigest: 5))
    }

    static let clock = CrewClock(lowestNanoseconds: -3, highestNanoseconds: 4, bootDigest: 5)

    static func crew(_ workers: Int) -> Crew { Crew(rules(workers), shares: shares(workers), at: 0) }

    /// A crew whose workers all registered, and are ready.
    static func readyCrew(_ workers: Int) -> Crew {
        var crew = crew(workers)
        for peer in 0..<UInt8(workers) {
            _ = crew.received(.register(registration()), from: [peer], number: 0, at: second)
        }
        for peer in 0..<UInt8(workers) { _ = crew.received(.ready(clock), from: [peer], number: 0, at: second) }
        return crew
    }

    /// One that works.
    static func workingCrew(_ workers: Int) -> Crew {
        var crew = readyCrew(workers)
        _ = crew.begin(at: 2 * second)
        return crew
    }

    /// What is sent, to whom.
    static func sent(_ effects: [Crew.Effect]) -> [UInt8: CrewResponse] {
        var sent: [UInt8: CrewResponse] = [:]
        for case .send(let response, let peer) in effects { sent[peer[0]] = response }
        return sent
    }

    @Test func nobodyGetsAShareBeforeAllAreThere() throws {
        var crew = Self.crew(2)
        #expect(crew.received(.register(Self.registration()), from: [1], number: 0, at: 1) == [])
        let effects = crew.received(.register(Self.registration()), from: [2], number: 0, at: 2)
        #expect(Self.sent(effects) == [1: .share(Self.shares(2)[0]), 2: .share(Self.shares(2)[1])])
        #expect(crew.phase == .preparing)
        #expect(crew.received(.ready(Self.clock), from: [2], number: 0, at: 3) == [])
        #expect(crew.phase == .preparing && crew.begin(at: 9) == [])
        _ = crew.received(.ready(Self.clock), from: [1], number: 0, at: 4)
        #expect(crew.phase == .ready)
        #expect(Self.sent(crew.begin(at: 77)) == [1: .start(77), 2: .start(77)])
        #expect(crew.phase == .working && crew.startNanoseconds == 77)
    }

    @Test func aWorkerThatWasToldANumberHasIt() throws {
        var crew = Self.crew(3)
        _ = crew.received(.register(Self.registration(2)), from: [1], number: 0, at: 1)
        _ = crew.received(.register(Self.registration()), from: [2], number: 0, at: 1)
        _ = crew.received(.register(Self.registration()), from: [3], number: 0, at: 1)
        #expect(crew.workers.map(\.number) == [0, 1, 2] && crew.workers.map(\.machineName).last == "Machine_3")
        #expect(crew.workers[2].peer == [1])
    }

    @Test func numbersOfOwnProcessesAreKeptForThem() throws {
        var rules = Self.rules(2)
        rules.ownWorkers = 1
        var crew = Crew(rules, shares: Self.shares(2), at: 0)
        _ = crew.received(.register(Self.registration()), from: [1], number: 0, at: 1)
        #expect(crew.workers.map(\.number) == [1])
        let second = crew.received(.register(Self.registration()), from: [2], number: 0, at: 1)
        #expect(Self.sent(second)[2] == .refused("all 1 workers that were to come are here already"))
        _ = crew.received(.register(Self.registration(0)), from: [3], number: 0, at: 1)
        #expect(crew.phase == .preparing)
    }

    @Test(arguments: [
        (registration(version: "2"), "version"), (registration(cluster: "other"), "--cluster other"),
        (registration(0), "another worker has --machine 1"), (registration(5), "--machine 6"),
    ])
    func whoDoesNotFitIsRefusedAndTheOthersWaitOn(registration: CrewRegistration, words: String) throws {
        var crew = Self.crew(2)
        _ = crew.received(.register(Self.registration(0)), from: [1], number: 0, at: 1)
        guard
            case .refused(let reason)? = Self.sent(
                crew.received(.register(registration), from: [2], number: 0, at: 1))[2]
        else {
            Issue.record("it was not refused")
            return
        }
        #expect(reason.contains(words), "\(reason)")
        #expect(crew.refusedCount == 1 && crew.workers.count == 1 && crew.failure == nil)
    }

    @Test func whoComesTooLateIsRefused() throws {
        var crew = Self.workingCrew(1)
        let effects = crew.received(.register(Self.registration()), from: [9], number: 0, at: 3)
        #expect(Self.sent(effects)[9] == .refused("all 1 workers are here already"))
        // And so is whoever did not register at all.
        #expect(Self.sent(crew.received(.progress(CrewProgress()), from: [8], number: 0, at: 3))[8] != nil)
        #expect(crew.refusedCount == 2)
    }

    @Test func everybodyIsToldTheClock() throws {
        var crew = Self.crew(1)
        let effects = crew.received(.clock, from: [7], number: 33, at: 12)
        #expect(effects == [.tellClock(to: [7], number: 33, receivedNanoseconds: 12)])
    }

    @Test func aWorkerThatNeverComesEndsTheWaiting() throws {
        var crew = Self.crew(3)
        _ = crew.received(.register(Self.registration(1)), from: [1], number: 0, at: 29 * Self.second)
        crew.tick(at: 30 * Self.second - 1)
        #expect(crew.failure == nil && crew.wakeNanoseconds(at: 0) == 30 * Self.second)
        crew.tick(at: 30 * Self.second)
        #expect(crew.failure?.description == "workers 1, 3 of 3 did not come within 30 s" && crew.phase == .over)
        #expect(crew.failure?.code == nil)
    }

    @Test func aWorkerThatGoesAwayBeforeAllAreThereMakesRoom() throws {
        var crew = Self.crew(2)
        _ = crew.received(.register(Self.registration()), from: [1], number: 0, at: 0)
        crew.tick(at: 6 * Self.second)
        #expect(crew.workers.isEmpty)
        _ = crew.received(.register(Self.registration()), from: [2], number: 0, at: 7 * Self.second)
        _ = crew.received(.register(Self.registration()), from: [3], number: 0, at: 7 * Self.second)
        #expect(crew.phase == .preparing)
    }

    @Test func aWorkerThatIsNeverReadyEndsTheWaiting() throws {
        var crew = Self.crew(1)
        _ = crew.received(.register(Self.registration()), from: [1], number: 0, at: 0)
        for at in 1...60 { _ = crew.received(.clock, from: [1], number: 1, at: UInt64(at) * Self.second) }
        crew.tick(at: 60 * Self.second)
        #expect(crew.failure?.description.contains("not ready within 60 s") == true)
    }

    @Test func whatGoesWrongBeforeTheBeginEndsItForAll() throws {
        var failing = Self.readyCrew(2)
        _ = failing.received(.failed(code: 64, reason: "no such file"), from: [1], number: 0, at: Self.second)
        #expect(failing.failure?.code == 64 && failing.failure?.description.contains("no such file") == true)
        var dying = Self.readyCrew(2)
        dying.ended(1, how: "it was ended by signal 9", at: Self.second)
        #expect(dying.failure?.description.contains("worker 2") == true, "\(String(describing: dying.failure))")
        var absent = Self.crew(2)
        absent.ended(0, how: "it exited with code 64", at: Self.second)
        #expect(absent.failure?.description == "worker 1 ended before it registered: it exited with code 64")
        var silent = Self.readyCrew(1)
        silent.tick(at: 7 * Self.second)
        #expect(silent.failure?.description.contains("was not heard of for 6 s") == true)
    }

    @Test func afterTheBeginTheOthersWorkOn() throws {
        var crew = Self.workingCrew(3)
        crew.ended(1, how: "it was ended by signal 9", at: 3 * Self.second)
        _ = crew.received(.failed(code: 70, reason: "broken"), from: [2], number: 0, at: 3 * Self.second)
        #expect(crew.failure == nil && crew.phase == .working && crew.unreported == [0, 1, 2])
        let effects = crew.received(
            .result(lateNanoseconds: 5, bytes: [1, 2]), from: [0], number: 0, at: 4 * Self.second)
        #expect(effects == [.take([1, 2], of: 0), .send(.taken, to: [0])])
        #expect(crew.phase == .over && crew.unreported == [1, 2] && crew.workers[0].lateNanoseconds == 5)
        #expect(crew.workers[1].state == .died(how: "it was ended by signal 9", at: 3 * Self.second))
        // Handed over twice, it counts once.
        let again = crew.received(
            .result(lateNanoseconds: 5, bytes: [1, 2]), from: [0], number: 0, at: 5 * Self.second)
        #expect(again == [.send(.taken, to: [0])])
    }

    @Test func whatMakesNoSenseIsNotReported() throws {
        var crew = Self.workingCrew(1)
        _ = crew.received(.result(lateNanoseconds: 0, bytes: [0]), from: [0], number: 0, at: 4 * Self.second)
        crew.spoiled("too short", by: 0, at: 4 * Self.second)
        #expect(crew.unreported == [0])
    }

    @Test func aWorkerThatWasOnlySilentIsHeardAgain() throws {
        var crew = Self.workingCrew(2)
        for at in [4, 6] { _ = crew.received(.clock, from: [0], number: 1, at: UInt64(at) * Self.second) }
        crew.tick(at: 7 * Self.second)
        #expect(crew.workers[1].state == .silent(since: Self.second) && crew.phase == .working)
        _ = crew.received(.progress(CrewProgress(sent: 4)), from: [1], number: 0, at: 8 * Self.second)
        #expect(crew.workers[1].state == .working && crew.workers[1].progress.sent == 4)
    }

    @Test func whoNeverDeliversIsNotWaitedForForEver() throws {
        var crew = Self.workingCrew(1)
        for at in 3..<33 {
            _ = crew.received(.progress(CrewProgress()), from: [0], number: 0, at: UInt64(at) * Self.second)
            crew.tick(at: UInt64(at) * Self.second)
        }
        crew.tick(at: 32 * Self.second)
        #expect(crew.phase == .over && crew.unreported == [0])
    }

    @Test func whatNodesDieIsToldOnce() throws {
        var crew = Self.workingCrew(2)
        #expect(crew.lost(dead: [], isMajorityLost: false) == [])
        #expect(Self.sent(crew.lost(dead: [3], isMajorityLost: false)).count == 2)
        #expect(crew.lost(dead: [3], isMajorityLost: false) == [])
        // Who falls silent, and who answers again, is news too.
        let told = Self.sent(crew.lost(dead: [3], silent: [1], isMajorityLost: false))
        let news = CrewResponse.lost(dead: [3], silent: [1], isMajorityLost: false)
        #expect(told.count == 2 && told.values.allSatisfy { $0 == news })
        #expect(crew.lost(dead: [3], silent: [1], isMajorityLost: false) == [])
        #expect(Self.sent(crew.lost(dead: [3], isMajorityLost: false)).count == 2)
        crew.ended(0, how: "", at: 3 * Self.second)
        #expect(Self.sent(crew.stop(isUrgent: true)) == [1: .stop(isUrgent: true)])
    }

    /// Whatever comes from whomever in whichever order, it ends, and only once each result is taken.
    @Test(arguments: 1...200)
    func itAlwaysEnds(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var crew = Self.crew(3)
        var now: UInt64 = 0
        var taken: [Int: Int] = [:]
        for _ in 0..<400 {
            now += random.next() % (Self.second / 2)
            let peer = [UInt8(random.next() % 4)]
            var effects: [Crew.Effect] = []
            switch random.next() % 12 {
            case 0, 1, 2:
                let number = random.next() % 2 == 0 ? CrewRegistration.anyNumber : UInt16(random.next() % 4)
                effects = crew.received(.register(Self.registration(number)), from: peer, number: 0, at: now)
            case 3, 4: effects = crew.received(.ready(Self.clock), from: peer, number: 0, at: now)
            case 5: effects = crew.received(.result(lateNanoseconds: 0, bytes: [1]), from: peer, number: 0, at: now)
            case 6 where random.next() % 20 == 0:
                effects = crew.received(.failed(code: 1, reason: "x"), from: peer, number: 0, at: now)
            case 7 where random.next() % 20 == 0: crew.ended(Int(random.next() % 3), how: "x", at: now)
            case 8: effects = crew.begin(at: now + 1)
            case 9: crew.tick(at: now)
            default: effects = crew.received(.progress(CrewProgress()), from: peer, number: 0, at: now)
            }
            for case .take(_, let number) in effects { taken[number, default: 0] += 1 }
        }
        #expect(taken.values.allSatisfy { $0 == 1 }, "\(taken)")
        // Nobody says anything any more: every wait has its bound. Where it may begin, it begins.
        for _ in 0..<10 {
            _ = crew.begin(at: now)
            let wake = crew.wakeNanoseconds(at: now)
            if wake < .max { now = max(now + 1, wake) }
            crew.tick(at: now)
        }
        #expect(crew.phase == .over)
        #expect(crew.failure != nil || crew.unreported.count + taken.count == 3)
    }
}

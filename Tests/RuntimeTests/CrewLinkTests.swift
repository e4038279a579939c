import Cluster
import Testing
import Wire
import ZMQ

@testable import Runtime

/// A coordinator and its workers over real sockets.
@Suite struct CrewLinkTests {
    static let limitNanoseconds: UInt64 = 20_000_000_000

    /// One worker: its machine, its socket, and what became of it.
    final class Worker {
        let dealer: CrewDealer
        var member: CrewMember
        var share: CrewShare?
        var begin: UInt64?
        var ending: CrewMember.Ending?

        init(_ endpoint: String, _ instance: UInt64, _ context: Context, version: String = "1") throws {
            dealer = try CrewDealer(endpoint: endpoint, instance: instance, context: context)
            member = CrewMember(
                CrewRegistration(
                    version: version, cluster: "zbed", host: "h", pid: 1, clock: .unknown(bootDigest: 5)),
                callNanoseconds: CrewLinkTests.limitNanoseconds, at: MonotonicClock.now())
        }

        func turn() throws {
            _ = try dealer.drain { response, number, now in
                try perform(member.received(response, number: number, at: now))
            }
            try perform(member.tick(CrewProgress(), at: MonotonicClock.now()))
            try dealer.flush()
        }

        func perform(_ effects: [CrewMember.Effect]) throws {
            for effect in effects {
                switch effect {
                case .send(.clock, let number):
                    let now = MonotonicClock.now()
                    if try dealer.ask(.clock, number: number) { member.asked(at: now) }
                case .send(let request, _): try dealer.tell(request)
                case .prepare(let share):
                    self.share = share
                    try perform(member.prepared(at: MonotonicClock.now()))
                case .begin(let at): begin = at
                case .leave(let ending): self.ending = ending
                case .lost, .stop: break
                }
            }
        }
    }

    /// The coordinator.
    final class Host {
        let router: CrewRouter
        var crew: Crew
        var taken: [Int: [UInt8]] = [:]

        init(workers: Int, _ context: Context) throws {
            router = try CrewRouter(address: "127.0.0.1", port: 0, context: context)
            var rules = CrewRules(workers: workers, version: "1")
            rules.bootDigest = 5
            let shares = (0..<workers).map {
                CrewShare(
                    worker: UInt16($0), workers: UInt16(workers), clientsTotal: 8, incarnation: 100,
                    clusterDigest: 1, bootDigest: 5, loadDigest: 2, nodes: ["e"], arguments: [])
            }
            crew = Crew(rules, shares: shares, at: MonotonicClock.now())
        }

        func turn() throws {
            _ = try router.drain(isWorker: { crew.knows($0) }) { request, peer, number, now in
                try perform(crew.received(request, from: peer, number: number, at: now))
            }
            crew.tick(at: MonotonicClock.now())
        }

        func perform(_ effects: [Crew.Effect]) throws {
            for effect in effects {
                switch effect {
                case .send(let response, let peer): try router.send(response, to: peer)
                case .tellClock(let peer, let number, let received):
                    let reading = ClockReading(
                        receivedNanoseconds: received, answeredNanoseconds: MonotonicClock.now())
                    try router.send(.clock(reading), to: peer, number: number)
                case .take(let bytes, let number): taken[number] = bytes
                }
            }
        }
    }

    /// Lets all take turns until something holds.
    static func run(_ host: Host, _ workers: [Worker], until condition: () -> Bool) throws {
        let deadline = MonotonicClock.now() + limitNanoseconds
        while !condition() {
            try #require(MonotonicClock.now() < deadline, "it did not come about; \(host.crew.phase)")
            try host.turn()
            for worker in workers { try worker.turn() }
        }
    }

    @Test func twoWorkersBeginTogetherAndHandOverWhatTheyHave() throws {
        let context = try Context()
        try converse(context)
        try context.terminate()
    }

    /// The sockets' own scope: a context waits until they are closed.
    private func converse(_ context: Context) throws {
        let host = try Host(workers: 2, context)
        let workers = try (1...2).map { try Worker(host.router.endpoint, UInt64($0), context) }
        try Self.run(host, workers) { host.crew.phase == .ready }
        let start = MonotonicClock.now() + 1_000_000
        try host.perform(host.crew.begin(at: start))
        try Self.run(host, workers) { workers.allSatisfy { $0.begin != nil } }
        // Of one host and one boot, all clocks are one.
        #expect(workers.allSatisfy { $0.begin == start })
        let large = [UInt8](repeating: 9, count: 3 << 20)
        for worker in workers { try worker.perform(worker.member.finished(large)) }
        try Self.run(host, workers) { workers.allSatisfy { $0.ending == .done } }
        #expect(host.crew.phase == .over && host.taken == [0: large, 1: large])
        #expect(Set(workers.map { $0.share?.worker }) == [0, 1] && host.router.malformedCount == 0)
    }

    @Test func whatIsNoRequestIsCountedAndDropped() throws {
        let context = try Context()
        try disturb(context)
        try context.terminate()
    }

    private func disturb(_ context: Context) throws {
        let host = try Host(workers: 1, context)
        let stranger = try Socket(.dealer, in: context)
        try stranger.connect(host.router.endpoint)
        let noise: [[[UInt8]]] = [
            [[]], [[1, 2, 3]], [[UInt8](repeating: 0xFF, count: 500)], [[UInt8](repeating: 0, count: 70_000)],
            // A frame for a node, one of the wrong kind, one too large for a stranger, one with a part too many.
            [Header(kind: .request).frame(payload: ControlRequest.status.payload)],
            [Header(kind: .event).frame(payload: CrewRequest.clock.payload)],
            [
                Header(kind: .request).frame(
                    payload: CrewRequest.result(lateNanoseconds: 0, bytes: [UInt8](repeating: 1, count: 80_000)).payload
                )
            ],
            [Header(kind: .request).frame(payload: CrewRequest.clock.payload), [1], [2]],
        ]
        for parts in noise { _ = try stranger.send(parts: parts, wait: true) }
        let worker = try Worker(host.router.endpoint, 7, context)
        try Self.run(host, [worker]) { host.crew.phase == .ready && host.router.malformedCount >= UInt64(noise.count) }
        #expect(host.router.malformedCount == UInt64(noise.count) && worker.share != nil)
    }

    @Test func aWorkerOfAnotherVersionLeaves() throws {
        let context = try Context()
        try refuse(context)
        try context.terminate()
    }

    private func refuse(_ context: Context) throws {
        let host = try Host(workers: 1, context)
        let worker = try Worker(host.router.endpoint, 7, context, version: "0")
        try Self.run(host, [worker]) { worker.ending != nil }
        #expect(
            worker.ending == .refused("you are version 0, and the coordinator is 1: expected the same"))
    }
}

import Cluster
import Measurement
import Wire

/// Processes that look for each other over a network that loses, repeats, delays and reorders, in simulated time.
///
/// Whoever has a place answers as a node does; who is alive is known to all that have one, as in a mesh.
struct SimulatedSearch {
    final class Process {
        let endpoint: String
        let own: Applicant
        var founder: Founder
        var register: MemberRegister?
        var membership: Membership?
        var failure: String?
        var isAlive = true

        init(_ own: Applicant, candidates: [String], settle: UInt64, at now: UInt64) {
            endpoint = own.endpoint
            self.own = own
            founder = Founder(own: own, candidates: candidates, settleNanoseconds: settle, at: now)
        }
    }

    private enum Content {
        case request(ControlRequest)
        case answer(MembershipAnswer)
    }

    private struct Letter {
        var due: UInt64
        var from: String
        var to: String
        var number: UInt64
        var content: Content
    }

    private(set) var now: UInt64 = 0
    private(set) var processes: [Process] = []
    private var letters: [Letter] = []
    private var random: SeededGenerator
    private let lossPercent: UInt64
    private let settle: UInt64
    static let step: UInt64 = 10_000_000
    static let terms = [Term("topology", "mesh"), Term("cluster", "zbed")]

    init(seed: UInt64, lossPercent: UInt64 = 0, settle: UInt64 = 2_000_000_000) {
        random = SeededGenerator(seed: seed)
        self.lossPercent = lossPercent
        self.settle = settle
    }

    /// Starts a process.
    @discardableResult
    mutating func start(
        _ port: Int, list: [Int], nodes: Int = 0, terms: [Term] = Self.terms
    ) -> Process {
        let process = Process(
            Applicant(
                instance: (now / Self.step + 1) << 32 | random.next() >> 32, endpoint: Self.endpoint(port),
                nodeCount: nodes, terms: terms),
            candidates: list.map(Self.endpoint), settle: settle, at: now)
        processes.append(process)
        return process
    }

    static func endpoint(_ port: Int) -> String { "tcp://h:\(port)" }

    /// Lets time pass until a condition holds; false when it does not within so long.
    mutating func run(seconds: UInt64, until condition: (SimulatedSearch) -> Bool = { _ in false }) -> Bool {
        let end = now + seconds * 1_000_000_000
        while now < end {
            if condition(self) { return true }
            now += Self.step
            for process in processes where process.isAlive && process.membership == nil && process.failure == nil {
                perform(process.founder.tick(at: now), process)
            }
            let due = letters.filter { $0.due <= now }
            letters.removeAll { $0.due <= now }
            for letter in due { deliver(letter) }
        }
        return condition(self)
    }

    private mutating func perform(_ effects: [Joiner.Effect], _ process: Process) {
        for effect in effects {
            switch effect {
            case .ask(let endpoint, let number, let request):
                send(Letter(due: 0, from: process.endpoint, to: endpoint, number: number, content: .request(request)))
            case .joined(let membership):
                process.membership = membership
                process.register = MemberRegister(
                    id: membership.id, nodeCount: membership.members.count, clusterDigest: 1,
                    members: membership.members, terms: process.own.terms)
                if membership.isReplacement { greetAll(process, membership) }
            case .failed(let reason): process.failure = reason
            }
        }
    }

    /// Greetings are repeated until they are understood, so here they just arrive.
    private func greetAll(_ process: Process, _ membership: Membership) {
        let endpoints = membership.members.map(\.endpoint)
        greet(process, membership, processes.filter { endpoints.contains($0.endpoint) })
    }

    /// A member's answer may tell of another newcomer, which is then greeted, too.
    private func greet(_ process: Process, _ membership: Membership, _ others: [Process]) {
        let greeting = Greeting(
            node: UInt16(membership.id), incarnation: 1, instance: process.own.instance, clusterDigest: 1,
            endpoint: process.endpoint)
        for other in others where other !== process && other.isAlive && other.register != nil {
            let sights = sights
            let answer = other.register?.receive(greeting, at: now, sight: { sights[$0] }).answer
            switch answer {
            case .welcome: break
            case .formed(let table):
                for case .moved(_, _, let endpoint) in process.register?.merge(table) ?? [] {
                    greet(process, membership, processes.filter { $0.endpoint == endpoint })
                }
            default: process.failure = "not welcome at \(other.endpoint): \(String(describing: answer))"
            }
        }
    }

    private var sights: [MemberRegister.Sight] {
        (0..<64).map { id in
            let isThere = processes.contains { $0.isAlive && $0.membership?.id == id && $0.failure == nil }
            return MemberRegister.Sight(subscribes: isThere, isSender: true)
        }
    }

    private mutating func send(_ letter: Letter) {
        guard random.next() % 100 >= lossPercent else { return }
        for _ in 0..<(random.next() % 100 < lossPercent ? 2 : 1) {
            var copy = letter
            // Up to 80 ms: later letters overtake earlier ones.
            copy.due = now + random.next() % (lossPercent > 0 ? 80_000_000 : 1_000_000)
            letters.append(copy)
        }
    }

    private mutating func deliver(_ letter: Letter) {
        // At one endpoint there is at most one process that lives.
        guard let process = processes.last(where: { $0.endpoint == letter.to && $0.isAlive }) else { return }
        switch letter.content {
        case .answer(let answer):
            guard process.membership == nil, process.failure == nil else { return }
            perform(process.founder.receive(answer, from: letter.from, number: letter.number, at: now), process)
        case .request(.join(let request)):
            let sights = sights
            let answer =
                process.register?.receive(request, at: now, sight: { sights[$0] })
                ?? process.founder.receive(request, at: now)
            var reply = letter
            (reply.from, reply.to, reply.content) = (letter.to, letter.from, .answer(answer))
            send(reply)
        case .request(.leave(let leave)): _ = process.register?.receive(leave)
        case .request: break
        }
    }

    /// Whether no process is a member of two clusters: all members of each table have that table.
    var isUndivided: Bool {
        let tables = processes.map { $0.membership?.members.map(\.instance) }
        return tables.allSatisfy { table in
            guard let table else { return true }
            return processes.indices.allSatisfy {
                !table.contains(processes[$0].own.instance) || tables[$0] == table && processes[$0].failure == nil
            }
        }
    }

    /// The processes that have a place and live, by id; nil when two have the same, or see different clusters.
    var cluster: [Process]? {
        let placed = processes.filter { $0.isAlive && $0.membership != nil && $0.failure == nil }
        let ids = placed.compactMap { $0.membership?.id }
        guard Set(ids).count == ids.count else { return nil }
        let tables = Set(placed.compactMap { $0.register?.members.map(\.endpoint) })
        guard tables.count <= 1 else { return nil }
        return placed.sorted { ($0.membership?.id ?? 0) < ($1.membership?.id ?? 0) }
    }
}

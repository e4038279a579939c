public import Measurement

/// The part of a load that one of several processes makes.
///
/// The load is one whoever makes it: one schedule, its clients numbered from 0, order k from client k mod clients.
/// A process has every so-manieth client, and sends what these send, when the whole schedule says. So the parts
/// together are the load of a single process to the last order, and as even as the schedule.
public struct LoadShare: Sendable, Equatable {
    /// Which of the processes it is, from 0.
    public let worker: Int
    /// How many processes there are.
    public let workers: Int
    /// Clients of all of them.
    public let clientsTotal: Int

    /// The part of one of several processes.
    ///
    /// - Precondition: `worker` is one of `workers`, and each has a client.
    public init(worker: Int, workers: Int, clientsTotal: Int) {
        precondition(workers > 0 && (0..<workers).contains(worker), "worker \(worker) is none of \(workers)")
        precondition(clientsTotal >= workers, "\(clientsTotal) clients are too few for \(workers) workers")
        self.worker = worker
        self.workers = workers
        self.clientsTotal = clientsTotal
    }

    /// All of a load.
    public static func whole(clients: Int) -> LoadShare {
        LoadShare(worker: 0, workers: 1, clientsTotal: clients)
    }

    /// A load in parts, by worker; how many clients two of them have differs by at most one.
    public static func divided(clients: Int, workers: Int) -> [LoadShare] {
        (0..<workers).map { LoadShare(worker: $0, workers: workers, clientsTotal: clients) }
    }

    /// How many clients this process has.
    public var clients: Int { (clientsTotal - worker - 1) / workers + 1 }

    /// The number of one of its clients among all, which are those of its streams on the wire and of what it draws.
    public func number(of client: Int) -> Int { worker + client * workers }

    /// Its part of a rate; those of all parts add up to it.
    public func rate(of total: Double) -> Double { total * Double(clients) / Double(clientsTotal) }

    /// Which of its clients sends order `number` of the load; the order must be its own.
    func client(of number: UInt64) -> Int {
        Int(number % UInt64(clientsTotal)) / workers
    }

    /// The first order of its own that is not before `number`.
    public func firstOwn(from number: UInt64) -> UInt64 {
        let client = number % UInt64(clientsTotal)
        let wait = (UInt64(worker) + UInt64(workers) - client % UInt64(workers)) % UInt64(workers)
        // Beyond the last client the next round begins, with the first of its own.
        guard client + wait < UInt64(clientsTotal) else { return number - client + UInt64(clientsTotal + worker) }
        return number + wait
    }

    /// How many of the first `orders` of the load are its own.
    public func count(of orders: UInt64) -> UInt64 {
        let (rounds, rest) = orders.quotientAndRemainder(dividingBy: UInt64(clientsTotal))
        let mine = rest > UInt64(worker) ? (rest - UInt64(worker) - 1) / UInt64(workers) + 1 : 0
        return rounds * UInt64(clients) + mine
    }

    /// The seed of what depends on answers, and so is nobody's schedule: each process draws from a stream of its own.
    public func substream(of seed: UInt64) -> UInt64 {
        seed &+ UInt64(worker) &* 0x9E37_79B9_7F4A_7C15
    }

    /// Counts up to where the next order of its own is due.
    public func passOthers(_ schedule: inout ArrivalSchedule) {
        schedule.advance(to: firstOwn(from: schedule.count))
    }
}

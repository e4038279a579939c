/// One of several processes that made the load of a run.
public struct LoadWorkerReport: Codable, Sendable, Equatable {
    /// How a worker's part in a run ended.
    public enum End: String, Codable, Sendable {
        /// It handed over what it counted.
        case delivered
        /// It was ended before its time, alone, and handed over what it had counted until then.
        case interrupted
        /// It could not do its work, or not hand it over.
        case failed
        /// Its process ended.
        case died
        /// It was not heard of any more.
        case silent
    }

    /// Its number, from 1.
    public var worker: Int
    /// What its clients are called: `Machine_2_Client_1 to Machine_2_Client_8`.
    public var name: String
    /// Its host.
    public var host: String
    /// Its process there.
    public var pid: Int
    /// Its clients.
    public var clients: Int
    /// Its share of the load, in percent.
    public var sharePercent: Double
    /// Its share of the asked rate, in orders per second; absent where none was asked.
    public var rate: Double?
    /// How its part ended.
    public var end: End
    /// When that was, seconds since the measured part began; absent for one that delivered.
    public var endedAt: Double?
    /// How it ended, in words; absent for one that delivered.
    public var ending: String?
    /// Measured orders that fell due, as it counted them; absent for one that handed nothing over.
    public var due: UInt64?
    /// Those that it sent.
    public var sent: UInt64?
    /// Those that were acknowledged.
    public var acknowledged: UInt64?
    /// Measured orders that were its to send, as the schedule says; absent where that is not known, and for one that
    /// delivered all.
    public var planned: UInt64?
    /// Measured orders of a worker that did not deliver, as the nodes took them.
    public var taken: UInt64?
    /// From due time to the actual send of its orders.
    public var sendLag: LatencyReport?
    /// By how much later than agreed it began, in nanoseconds.
    public var lateNanoseconds: UInt64
    /// By how much the coordinator's clock was ahead of its own, in nanoseconds; 0 with one clock.
    public var clockAheadNanoseconds: Int64
    /// How far that can be wrong, to either side; 0 with one clock.
    public var clockErrorNanoseconds: UInt64
    /// Processor time that it used, in seconds.
    public var cpuSeconds: Double?

    /// Makes a worker's record; what is known of few is set afterwards.
    public init(
        worker: Int, name: String, host: String, pid: Int, clients: Int, sharePercent: Double, end: End,
        lateNanoseconds: UInt64 = 0, clockAheadNanoseconds: Int64 = 0, clockErrorNanoseconds: UInt64 = 0
    ) {
        self.worker = worker
        self.name = name
        self.host = host
        self.pid = pid
        self.clients = clients
        self.sharePercent = sharePercent
        self.end = end
        self.lateNanoseconds = lateNanoseconds
        self.clockAheadNanoseconds = clockAheadNanoseconds
        self.clockErrorNanoseconds = clockErrorNanoseconds
    }

    /// How far workers can be apart at the begin and still begin together, in nanoseconds.
    public static let togetherNanoseconds: UInt64 = 10_000_000

    /// Orders that were its to send, and that it did not come to or that no node took; nil where that is not known.
    public var undelivered: UInt64? {
        guard let planned, let known = due ?? taken else { return nil }
        return planned - min(planned, known)
    }
}

extension Judge {
    /// What workers leave in doubt: without one of them, or begun apart, the load was not what was asked for.
    static func doubts(of workers: [LoadWorkerReport]?) -> [String] {
        let style = TextStyle()
        return (workers ?? []).flatMap { worker in
            let who = "Worker \(worker.worker) (\(worker.name), process \(worker.pid) on \(worker.host))"
            var doubts: [String] = []
            if worker.end != .delivered {
                let when = worker.endedAt.map { " \(Moment.inMeasuredTime($0))" } ?? ""
                let verb =
                    switch worker.end {
                    case .died: "died"
                    case .silent: "fell silent"
                    case .interrupted: "was interrupted"
                    case .failed, .delivered: "failed"
                    }
                let how = worker.ending.map { ": \($0)" } ?? ""
                doubts.append("\(who) \(verb)\(when)\(how). \(orders(of: worker))")
            }
            let most = LoadWorkerReport.togetherNanoseconds
            if worker.lateNanoseconds > most {
                doubts.append("\(who) began \(style.duration(Double(worker.lateNanoseconds))) later than agreed.")
            }
            if worker.clockErrorNanoseconds > most {
                doubts.append(
                    "The clock of \(who.prefix(1).lowercased() + who.dropFirst()) is known to "
                        + "\(style.plusMinus)\(style.duration(Double(worker.clockErrorNanoseconds))) only, so nobody knows "
                        + "whether it began with the others (\(style.duration(Double(most))) are allowed).")
            }
            return doubts
        }
    }

    private static func orders(of worker: LoadWorkerReport) -> String {
        if worker.end == .interrupted, let sent = worker.sent {
            let left = worker.undelivered.map { "; \(count($0)) of its schedule were never sent" } ?? ""
            return "It sent \(count(sent)) orders\(left)."
        }
        guard let taken = worker.taken else { return "What it sent is not known." }
        let left = worker.undelivered.map { "; \(count($0)) of its orders never came to one" } ?? ""
        return "Nodes took \(count(taken)) of its orders\(left)."
    }
}

extension SummaryWriter {
    /// The workers that made the load.
    mutating func workers(_ workers: [LoadWorkerReport]?) {
        guard let workers, !workers.isEmpty else { return }
        section("LOAD WORKERS")
        var table = TextTable(columns: [
            .init(title: "Worker", leading: true), .init(title: "Process", leading: true), .init(title: "Clients"),
            .init(title: "Share"), .init(title: "Sent"), .init(title: "Acknowledged"), .init(title: "Lag p99"),
            .init(title: "Lag max"), .init(title: "Began late"), .init(title: "Clock"),
            .init(title: "End", leading: true),
        ])
        for worker in workers {
            let lag = worker.sendLag
            table.rows.append([
                "\(worker.worker)", style.clean("\(worker.pid) on \(worker.host)"), "\(worker.clients)",
                Numbers.fixed(worker.sharePercent, decimals: 1, unit: "%"),
                worker.sentText, Numbers.grouped(worker.acknowledged),
                lag.map { style.duration(Double($0.p99)) } ?? Numbers.none,
                lag.map { style.duration(Double($0.max)) } ?? Numbers.none,
                worker.lateNanoseconds == 0 ? "no" : style.duration(Double(worker.lateNanoseconds)),
                worker.clockErrorNanoseconds == 0
                    ? "one" : style.plusMinus + style.duration(Double(worker.clockErrorNanoseconds)),
                worker.end.rawValue + (worker.endedAt.map { " \(Moment.at($0))" } ?? ""),
            ])
        }
        append(table)
        note(RunNotes.workers(workers))
    }
}

extension LoadWorkerReport {
    /// Its measured orders: those that it sent, or of one that cannot say so, those that nodes took of it.
    var sentText: String {
        sent.map { Numbers.grouped($0) } ?? taken.map { "\(Numbers.grouped($0)) taken" } ?? Numbers.none
    }
}

extension RunNotes {
    /// What the workers' orders add up to, so that they can be held against the totals; nil without workers.
    static func workers(_ workers: [LoadWorkerReport]?) -> String? {
        guard let workers, !workers.isEmpty else { return nil }
        let sent = Numbers.grouped(workers.reduce(0) { $0 + ($1.sent ?? 0) })
        let taken = workers.filter { $0.sent == nil }.compactMap(\.taken)
        let what = "Sent counts measured orders, without those of the warm-up"
        guard !taken.isEmpty else { return "\(what): \(sent) together." }
        return
            "\(what): \(sent) that workers say they sent, and \(Numbers.grouped(taken.reduce(0, +))) that nodes took of "
            + "lost workers, which the account of orders has apart."
    }
}

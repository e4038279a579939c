import Measurement
import Reporting
import Runtime

/// Reports of several machines that loaded one cluster, put together to one: counts are added, histograms merged.
///
/// A value: what is read and written is the command's affair.
struct Aggregate {
    /// A report, and where it was found.
    struct Part {
        var source: String
        var report: Report

        /// Who measured: the machine, and what its clients are called.
        var name: String {
            let clients = report.runs.flatMap { $0.workers ?? [] }.map(\.name)
            return clients.isEmpty ? report.name : Set(clients).sorted().joined(separator: ", ")
        }

        /// Where, for sentences.
        var place: String { "\(report.environment.host) (\(source))" }
    }

    /// The runs, each put together of one of every report.
    var runs: [RunReport] = []
    /// What each report contributed.
    let contributions: [ContributionReport]
    private let parts: [Part]

    /// Puts reports together.
    ///
    /// Fails when they are not of one load: other settings, another number of runs, one of them twice.
    init(_ parts: [Part]) throws {
        self.parts = parts
        try Self.check(parts)
        contributions = parts.map { part in
            ContributionReport(
                source: part.source, host: part.report.environment.host, name: part.name,
                createdAt: part.report.createdAt, version: part.report.version, outcome: part.report.verdict.outcome,
                runs: part.report.runs)
        }
        for number in parts[0].report.runs.indices {
            runs.append(try merged(parts.map { $0.report.runs[number] }, repeat: number + 1))
        }
    }

    /// When each machine began to measure a run, in seconds since 1970; nil where one does not say it.
    func begins(ofRun place: Int) -> [Double]? {
        let begins = parts.compactMap { $0.report.runs[place].startedAtSeconds }
        return begins.count == parts.count ? begins : nil
    }

    // MARK: - What can be put together

    private static func check(_ parts: [Part]) throws(Failure) {
        guard let first = parts.first, parts.count > 1 else {
            throw Failure(.usage, "one report alone has nothing to be put together with: name two folders or more")
        }
        for part in parts {
            guard part.report.kind == .run, !part.report.runs.isEmpty else {
                throw Failure(
                    .usage, "\(part.source) compares several clusters: expected reports of loadclient or zbed run")
            }
            if let run = part.report.runs.first(where: { $0.pipeline != nil }) {
                throw Failure(.usage, "\(part.source) is of a \(run.topology), which has its whole load to itself")
            }
        }
        for part in parts.dropFirst() {
            guard part.report.runs.count == first.report.runs.count else {
                throw Failure(
                    .usage,
                    "\(part.source) has \(part.report.runs.count) runs and \(first.source) "
                        + "\(first.report.runs.count): expected as many in each, made at the same times")
            }
            let differences = zip(first.report.runs, part.report.runs).flatMap { Self.differences($0, $1) }
            guard differences.isEmpty else {
                throw Failure(
                    .usage,
                    "\(first.source) and \(part.source) are of different scenarios: \(differences[0]). Only reports of one "
                        + "load can be put together; zbed diff compares others")
            }
        }
        try checkTwice(parts)
    }

    /// One run must not count twice, whatever its folder is called.
    private static func checkTwice(_ parts: [Part]) throws(Failure) {
        for (place, part) in parts.enumerated() {
            for other in parts[..<place] {
                let isTwice = part.report.runs.contains { run in other.report.runs.contains { isSame(run, $0) } }
                guard !isTwice else {
                    throw Failure(
                        .usage,
                        "\(other.source) and \(part.source) hold the same run (\(part.name) on "
                            + "\(part.report.environment.host)): name each once")
                }
            }
        }
    }

    /// Whether two are the same measurement: two distributions never come out the same to the last value by chance.
    static func isSame(_ first: RunReport, _ second: RunReport) -> Bool {
        let hasValues = first.latency?.histogram != nil || first.acknowledgement?.histogram != nil
        return hasValues && first.ledger == second.ledger && first.latency?.histogram == second.latency?.histogram
            && first.acknowledgement?.histogram == second.acknowledgement?.histogram
            && first.startedAtSeconds == second.startedAtSeconds
    }

    /// In what two runs were asked for other things, `names` apart; how many clients and what rate is not looked at.
    static func differences(
        _ first: RunReport, _ second: RunReport, apartFrom names: Set<String> = []
    ) -> [String] {
        let (one, other) = (first.settings, second.settings)
        let pairs: [(String, String, String)] = [
            ("topology", first.topology, second.topology), ("nodes", "\(first.nodes)", "\(second.nodes)"),
            ("pattern", first.pattern, second.pattern), ("transport", first.transport, second.transport),
            ("consensus", first.consensus, second.consensus),
            ("duration", "\(one.durationSeconds) s", "\(other.durationSeconds) s"),
            ("warmup", "\(one.warmupSeconds) s", "\(other.warmupSeconds) s"),
            ("message-size-bytes", "\(one.messageSizeBytes)", "\(other.messageSizeBytes)"),
            ("balance", one.balance ?? "none", other.balance ?? "none"), ("overflow", one.overflow, other.overflow),
            ("mode", one.mode, other.mode), ("arrivals", one.arrival ?? "none", other.arrival ?? "none"),
            (
                "outstanding", one.outstanding.map(String.init) ?? "open loop",
                other.outstanding.map(String.init) ?? "open loop"
            ),
        ]
        let others = Set(one.other.keys).union(other.other.keys).sorted().map { name in
            (name, one.other[name] ?? "not set", other.other[name] ?? "not set")
        }
        return (pairs + others).filter { $0.1 != $0.2 && !names.contains($0.0) }.map {
            "\($0.0) is \($0.1) in one and \($0.2) in the other"
        }
    }

    // MARK: - Putting together

    private func merged(_ all: [RunReport], repeat number: Int) throws -> RunReport {
        let first = all[0]
        var settings = first.settings
        settings.clients = all.reduce(0) { $0 + $1.settings.clients }
        settings.rate = Self.sum(all.map(\.settings.rate))
        var run = RunReport(
            topology: first.topology, nodes: first.nodes, repeat: number, pattern: first.pattern,
            transport: first.transport, consensus: first.consensus, settings: settings,
            wasInterrupted: all.contains(where: \.wasInterrupted),
            completion: CompletionReport(
                barrierReached: all.allSatisfy(\.completion.barrierReached),
                endsExpected: all.reduce(0) { $0 + $1.completion.endsExpected },
                endsReceived: all.reduce(0) { $0 + $1.completion.endsReceived }),
            ledger: Self.ledger(all.map(\.ledger)), losses: Self.losses(all), rate: Self.rate(all),
            clients: Self.orders(all.compactMap(\.clients)))
        let latency = try distribution(all, \.latency, "latency")
        run.latency = latency?.report
        run.curve = latency.map { LatencyAccount.curve($0.histogram) } ?? []
        run.sendLatency = try distribution(all, \.sendLatency, "sendLatency")?.report
        run.sendLag = try distribution(all, \.sendLag, "sendLag")?.report
        run.heldBack = try distribution(all, \.heldBack, "heldBack")?.report
        run.acknowledgement = try distribution(all, \.acknowledgement, "acknowledgement")?.report
        run.clocks = Self.clocks(all.compactMap(\.clocks))
        run.perNode = Self.nodes(all)
        run.balance = Self.balance(all, run.perNode)
        run.workers = Self.workers(all)
        run.startedAtSeconds = all.compactMap(\.startedAtSeconds).max()
        run.events = zip(parts, all).flatMap { part, run in
            run.events.map { event in
                var event = event
                event.text = "\(part.report.environment.host): \(event.text)"
                return event
            }
        }.sorted { $0.seconds < $1.seconds }
        judge(&run, all)
        return run
    }

    /// Its own verdict, and what was said of the parts.
    private func judge(_ run: inout RunReport, _ all: [RunReport]) {
        var verdict = Self.verdict(of: run, saidBefore: zip(parts, all).map { ("\($0.place): ", $1.verdict) })
        let (doubt, note) = Self.together(all)
        if let doubt {
            verdict.outcome = verdict.outcome.worse(of: .unknown)
            verdict.reasons.append(doubt)
        }
        verdict.notes += [note].compactMap { $0 } + Self.twins(parts)
        run.verdict = verdict
    }

    /// What numbers from elsewhere are worth: a verdict that comes with them is believed only where it is the worse.
    ///
    /// - Parameter verdicts: What was said of them before, each with what is to stand before its sentences.
    static func verdict(of run: RunReport, saidBefore verdicts: [(place: String, verdict: Verdict)]) -> Verdict {
        var verdict = Judge.verdict(of: run)
        for (place, said) in verdicts {
            verdict.outcome = verdict.outcome.worse(of: said.outcome)
            verdict.reasons += said.reasons.map { place + $0 }.filter { !verdict.reasons.contains($0) }
            verdict.notes += said.notes.map { place + $0 }.filter { !verdict.notes.contains($0) }
        }
        return verdict
    }

    /// The least share of the measured time that must be common to all, so that their rates add up.
    static let leastCommonShare = 0.9

    /// Whether all measured at the same time: what is in doubt, and what is not known.
    private static func together(_ all: [RunReport]) -> (doubt: String?, note: String?) {
        let spans = all.compactMap { run in
            run.startedAtSeconds.map { (begin: $0, end: $0 + (run.rate.seconds ?? run.settings.durationSeconds)) }
        }
        guard spans.count == all.count, let begin = spans.map(\.begin).max(), let end = spans.map(\.end).min() else {
            return (nil, "Whether the machines measured at the same time is not known: their reports are older.")
        }
        let longest = spans.map { $0.end - $0.begin }.max() ?? 0
        let common = max(0, end - begin)
        guard common < longest * leastCommonShare else { return (nil, nil) }
        return (
            "The machines did not measure at the same time: \(Numbers.fixed(common, decimals: 1)) of "
                + "\(Numbers.fixed(longest, decimals: 1)) s are common to all by their wall clocks, so the sum of their rates "
                + "was never the cluster's.", nil
        )
    }

    /// A distribution over all parts.
    private func distribution(
        _ all: [RunReport], _ member: KeyPath<RunReport, LatencyReport?>, _ name: String
    ) throws -> (report: LatencyReport, histogram: Histogram)? {
        var sum = Histogram()
        var negative: UInt64 = 0
        var clocks: Set<String> = []
        for (part, run) in zip(parts, all) {
            guard let latency = run[keyPath: member] else { continue }
            negative &+= latency.negative
            clocks.insert(latency.clock)
            guard latency.count > 0 else { continue }
            guard let histogram = try Self.histogram(of: latency, name, in: part.source) else {
                throw Failure(
                    .unavailable,
                    "\(part.source): \(name) has no histogram, and percentiles cannot be put together; measure again "
                        + "with this version")
            }
            sum.add(histogram)
        }
        guard var report = LatencyAccount.report(sum, negative: negative) else { return nil }
        report.clock = clocks.sorted().joined(separator: "; ")
        return (report, sum)
    }

    /// The histogram beside numbers; nil where there is none.
    ///
    /// - Throws: `Failure` with the file's name when it is damaged, or not that of the numbers.
    private static func histogram(
        of latency: LatencyReport, _ name: String, in source: String
    ) throws(Failure) -> Histogram? {
        guard let text = latency.histogram else { return nil }
        let histogram: Histogram
        do {
            guard let block = Base64.decode(text) else { throw Failure(.unavailable, "it is no base64") }
            histogram = try HistogramBlock.decode(block)
        } catch {
            throw Failure(.unavailable, "\(source): the histogram of \(name) is damaged: \(error)")
        }
        guard histogram.hasSameConfiguration(as: Histogram()), histogram.count == Int64(clamping: latency.count) else {
            throw Failure(.unavailable, "\(source): the histogram of \(name) is not that of the numbers beside it")
        }
        return histogram
    }

    /// Reads every histogram of a run: what is damaged is found before anything is made of it.
    static func checkHistograms(of run: RunReport, in source: String) throws(Failure) {
        let latencies = [
            ("latency", run.latency), ("sendLatency", run.sendLatency), ("sendLag", run.sendLag),
            ("heldBack", run.heldBack), ("acknowledgement", run.acknowledgement),
        ]
        for (name, latency) in latencies {
            guard let latency else { continue }
            _ = try histogram(of: latency, name, in: source)
        }
    }
}

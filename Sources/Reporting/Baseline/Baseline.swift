internal import Measurement

/// An earlier report that new runs are held against.
public struct Baseline: Sendable {
    /// What makes a report no baseline, or another cluster's.
    public struct Objection: Error, Equatable, CustomStringConvertible {
        /// What is wrong, what was expected, what to do.
        public let description: String
    }

    /// Figures that decide: if one of them is worse, the gate is closed.
    ///
    /// Others are shown beside them; each that decides is one more chance to err.
    static let gates: [Criterion] = [.p50, .p99, .achievedRate, .completeness]

    /// The runs of each that it takes to tell a difference from chance.
    public static let repeatsNeeded = RankInterval.repeatsNeeded

    /// Where it was read from.
    public let path: String
    let report: Report
    /// Its runs that passed and are whole.
    let runs: [RunReport]

    /// How many of its runs can be compared with.
    public var repeats: Int { runs.count }

    /// Takes a report as a baseline for runs of this topology and size.
    ///
    /// - Throws: ``Objection`` when it has none of them, or too few that passed.
    public init(_ report: Report, path: String, topology: String, nodes: Int) throws(Objection) {
        let alike = report.runs.filter { $0.topology == topology && $0.nodes == nodes && ($0.entry ?? 1) == 1 }
        guard !alike.isEmpty else {
            let there = report.runs.map { "\($0.topology) of \(Numbers.nodes($0.nodes))" }
                .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw Objection(
                description:
                    "\(path) has no run of \(topology) with \(Numbers.nodes(nodes)), only "
                    + "\(there.isEmpty ? "nothing" : there.joined(separator: ", ")): give the report of the same scenario"
            )
        }
        let passed = alike.filter { $0.reasonToLeaveOut == nil && $0.verdict.outcome == .pass }
        guard passed.count >= Self.repeatsNeeded else {
            throw Objection(
                description:
                    "\(path) has \(passed.count) whole \(passed.count == 1 ? "run" : "runs") that passed, and fewer than "
                    + "\(Self.repeatsNeeded) are too few to tell a difference from chance: "
                    + "record it with --repeat 5 or more")
        }
        self.path = path
        self.report = report
        runs = passed
    }

    /// What differs in the load itself or in the machine, so that a comparison would say nothing; nil if nothing does.
    public func objection(to planned: [(name: String, value: String)], on environment: EnvironmentReport) -> Objection?
    {
        let recorded = Dictionary(Self.load(of: runs[0])) { first, _ in first }
        var differences = planned.compactMap { name, value in
            recorded[name].flatMap { $0 == value ? nil : "\(name) is \(value), was \($0)" }
        }
        let machine = report.environment
        if machine.cpu != environment.cpu || machine.cores != environment.cores {
            differences.append(
                "the machine is \(environment.cpu) with \(environment.cores) cores, was \(machine.cpu) with "
                    + "\(machine.cores)")
        }
        guard !differences.isEmpty else { return nil }
        return Objection(
            description:
                "\(path) was measured otherwise: \(differences.joined(separator: "; ")). Record a baseline of this scenario "
                + "on this machine")
    }

    /// What decides the load of a run, by the names of its options.
    static func load(of run: RunReport) -> [(name: String, value: String)] {
        let settings = run.settings
        return load(
            pattern: run.pattern, transport: run.transport, consensus: run.consensus, mode: settings.mode,
            rate: settings.rate, outstanding: settings.outstanding, size: settings.messageSizeBytes,
            clients: settings.clients)
    }

    /// The same of a run that is planned.
    public static func load(
        pattern: String, transport: String, consensus: String, mode: String, rate: Double?, outstanding: Int?,
        size: Int,
        clients: Int
    ) -> [(name: String, value: String)] {
        [
            ("pattern", pattern), ("transport", transport), ("consensus", consensus), ("mode", mode),
            ("rate", rate.map { "\(Numbers.plain($0))/s" } ?? "as fast as possible"),
            ("outstanding", outstanding.map { String($0) } ?? "not limited"), ("message-size-bytes", String(size)),
            ("clients", String(clients)),
        ]
    }

    /// Holds a report against the baseline, and lets that decide its verdict too.
    public func judge(_ report: inout Report, leastDifference: Double = Comparison.leastDifference) {
        var generator = SeededGenerator(seed: report.seed)
        let now = report.runs.filter { $0.reasonToLeaveOut == nil }
        let changes = Criterion.compared.compactMap { criterion -> ChangeReport? in
            let values = now.filter { criterion.admits($0.verdict.outcome) }.compactMap(criterion.value)
            return ChangeReport(
                label: report.runs.first?.shapeName ?? "", criterion: criterion, values: values,
                reference: runs.compactMap(criterion.value), leastDifference: leastDifference, using: &generator)
        }
        var baseline = BaselineReport(
            path: path, createdAt: self.report.createdAt, version: self.report.version, repeats: runs.count,
            differences: differences(from: report), outcome: .pass, changes: changes)
        let findings = baseline.findings
        baseline.outcome = findings.failures.isEmpty ? (findings.doubts.isEmpty ? .pass : .unknown) : .fail
        report.baseline = baseline
        report.verdict = report.verdict.adding(findings)
    }

    /// Options that have no part in what is measured.
    private static let passiveOptions: Set<String> = [
        "name", "results", "quiet", "repeat", "assert", "profile-targets", "baseline", "least-difference", "port",
        "keep-alive", "seed",
    ]

    /// What else is not as it was then: it may be what one wants to know the effect of.
    private func differences(from now: Report) -> [String] {
        func options(_ report: Report) -> [String: String] {
            let active = report.options.filter { !Self.passiveOptions.contains($0.name) }
            return Dictionary(active.map { ($0.name, $0.value) }) { first, _ in first }
        }
        let (was, current) = (options(report), options(now))
        var differences = Set(was.keys).union(current.keys).sorted().compactMap { name -> String? in
            was[name] == current[name] ? nil : "\(name): \(current[name] ?? "default"), was \(was[name] ?? "default")"
        }
        let versions = [
            ("version", report.version, now.version), ("libzmq", report.environment.libzmq, now.environment.libzmq),
            ("kernel", report.environment.kernel, now.environment.kernel),
            ("host", report.environment.host, now.environment.host),
        ]
        differences += versions.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.2), was \($0.1)" }
        return differences
    }
}

extension Judge {
    /// Checks what a user asserted of a run, writes down what came of it, and lets it decide the verdict too.
    ///
    /// An interrupted run is what its verdict says already: of it nothing more is judged.
    public static func check(_ assertions: [Assertion], of run: inout RunReport) {
        guard !assertions.isEmpty else { return }
        let figures = AssertedFigures(run)
        let reports = assertions.compactMap { $0.check(figures, isInterrupted: run.wasInterrupted) }
        run.assertions = reports
        if !run.wasInterrupted { run.verdict = run.verdict.adding(findings(of: reports)) }
    }

    /// The same for one client's measurement.
    public static func check(_ assertions: [Assertion], of client: inout ClientReport, isInterrupted: Bool) {
        guard !assertions.isEmpty else { return }
        let figures = AssertedFigures(client)
        let reports = assertions.compactMap { $0.check(figures, isInterrupted: isInterrupted) }
        client.assertions = reports
        if !isInterrupted { client.verdict = client.verdict.adding(findings(of: reports)) }
    }

    /// What assertions say against a run, and what they leave in doubt.
    static func findings(of assertions: [AssertionReport]?) -> (failures: [String], doubts: [String]) {
        func sentences(_ outcome: Outcome) -> [String] {
            (assertions ?? []).filter { $0.outcome == outcome }.map(\.sentence)
        }
        return (sentences(.fail), sentences(.unknown))
    }
}

extension Verdict {
    /// The verdict with further failures and doubts; whatever decides it stands first.
    func adding(_ findings: (failures: [String], doubts: [String])) -> Verdict {
        let (failures, doubts) = findings
        guard !failures.isEmpty || !doubts.isEmpty else { return self }
        let found: Outcome = failures.isEmpty ? .unknown : .fail
        let all: [String]
        switch outcome {
        case .fail: all = reasons + failures + doubts
        case .unknown: all = failures + reasons + doubts
        case .pass: all = failures + doubts
        }
        return Verdict(outcome: outcome.worse(of: found), reasons: all, notes: notes)
    }
}

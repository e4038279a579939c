/// Latency at several rates, and where it ends: what `--mode explore` and `--find-max` measured, step by step.
///
/// The report's runs are those that the conclusion rests on, in full; of the others, this holds the figures.
public struct LoadCurveReport: Codable, Sendable, Equatable {
    /// What went through the rates.
    public enum Kind: String, Codable, Sendable, Equatable {
        /// Sizes and rates that were given, each rate until the cluster is saturated.
        case explore
        /// A search for the highest rate at which something holds.
        case findMax = "find-max"
    }

    /// What went through the rates.
    public var kind: Kind
    /// What was found, in a sentence or two.
    public var conclusion: String
    /// When a step counts as passed, in a sentence.
    public var rule: String
    /// What was measured, in the order in which it was.
    public var points: [LoadPoint]
    /// The search; absent for an exploration.
    public var maximum: MaximumReport?
    /// The exploration; absent for a search.
    public var exploration: ExplorationReport?

    /// Makes a record; the conclusion is empty until there is one.
    public init(
        kind: Kind, conclusion: String = "", rule: String, points: [LoadPoint] = [], maximum: MaximumReport? = nil,
        exploration: ExplorationReport? = nil
    ) {
        self.kind = kind
        self.conclusion = conclusion
        self.rule = rule
        self.points = points
        self.maximum = maximum
        self.exploration = exploration
    }

    /// The outcome of a step in a word.
    func word(for outcome: Outcome) -> String {
        switch (outcome, kind) {
        case (.pass, .explore): "carried"
        case (.fail, .explore): "saturated"
        case (.pass, .findMax): "holds"
        case (.fail, .findMax): "fails"
        case (.unknown, _): "unknown"
        }
    }

    /// What a run was as a step, in a word, and the outcome that goes with it: of a saturated cluster the run alone
    /// says only that it is no measurement of the asked rate.
    func standing(of run: RunReport) -> (outcome: Outcome, word: String) {
        // A step has no name in a run; these numbers are of no other step's.
        let step = points.last {
            $0.messageSizeBytes == run.settings.messageSizeBytes && $0.asked == run.settings.rate
                && $0.achieved == run.rate.achieved && $0.expected == run.ledger.expected
                && $0.max == run.mainLatency?.max
        }
        let alone = (run.verdict.outcome, run.verdict.outcome.rawValue)
        guard let outcome = step?.outcome else { return alone }
        return outcome == .pass && run.verdict.outcome != .pass ? alone : (outcome, word(for: outcome))
    }
}

/// A step: what was asked, what came of it.
public struct LoadPoint: Codable, Sendable, Equatable {
    /// Which step it was, from 1; its nodes' logs are in `logs/step-N`.
    public var step: Int
    /// What it was for: `doubling`, `bisection`, `confirmation`; `sweep`, `refinement`.
    public var phase: String
    /// Which run with this setting it was, from 1.
    public var attempt: Int
    /// When it began, in seconds since the command did.
    public var startSeconds: Double
    /// How long it measured, in seconds.
    public var durationSeconds: Double
    /// Bytes of the largest message, header included.
    public var messageSizeBytes: Int
    /// Messages per second that were asked for.
    public var asked: Double
    /// Messages per second that were sent.
    public var achieved: Double
    /// Deliveries per second, over all receivers.
    public var deliveriesPerSecond: Double
    /// Deliveries owed.
    public var expected: UInt64
    /// Deliveries owed and not made.
    public var lost: UInt64
    /// The median of the latency in nanoseconds; absent where nothing was measured.
    public var p50: UInt64?
    /// The 99th percentile in nanoseconds; absent where too little was measured.
    public var p99: UInt64?
    /// The 99.9th percentile in nanoseconds; absent where too little was measured.
    public var p999: UInt64?
    /// The greatest latency in nanoseconds.
    public var max: UInt64?
    /// Whether it counts as passed.
    public var outcome: Outcome
    /// Why it does not, in a few words each.
    public var why: [String]

    /// Takes the figures out of a run.
    public init(
        _ run: RunReport, step: Int, phase: String, attempt: Int, startSeconds: Double, asked: Double,
        outcome: Outcome, why: [String]
    ) {
        self.step = step
        self.phase = phase
        self.attempt = attempt
        self.startSeconds = startSeconds
        self.asked = asked
        self.outcome = outcome
        self.why = why
        durationSeconds = run.settings.durationSeconds
        messageSizeBytes = run.settings.messageSizeBytes
        achieved = run.rate.achieved
        deliveriesPerSecond = run.rate.deliveriesPerSecond
        expected = run.ledger.expected
        lost = run.ledger.missing
        guard let latency = run.mainLatency else { return }
        func known(_ percentile: Double, _ value: KeyPath<LatencyReport, UInt64>) -> UInt64? {
            latency.percentile(percentile, value) == nil ? nil : latency[keyPath: value]
        }
        p50 = latency.p50
        p99 = known(99, \.p99)
        p999 = known(99.9, \.p999)
        max = latency.max
    }

    /// The share of owed deliveries that were made, in percent; no number where none was owed.
    var completenessPercent: Double {
        expected == 0 ? .nan : Double(expected - min(lost, expected)) / Double(expected) * 100
    }
}

/// The search for the highest rate at which something holds.
public struct MaximumReport: Codable, Sendable, Equatable {
    /// What must hold, as it was written.
    public var assertions: [String]
    /// The limits on latencies among them.
    public var latencyLimits: [LatencyLimit]
    /// The highest rate that held in every confirming run; absent where there is none.
    public var rate: Double?
    /// The lowest rate above it that does not hold; absent where none was met.
    public var failing: Double?
    /// How often it was confirmed.
    public var confirmations: Int
    /// How it ended: `found`, `nothingHolds`, `unjudged`, `timeUp`, `interrupted`.
    public var ending: String
    /// The lowest rate that was allowed.
    public var lowest: Double
    /// The highest rate that was allowed.
    public var highest: Double
    /// How long it might take, in seconds.
    public var secondsAllowed: Double
    /// How long it took, in seconds.
    public var secondsUsed: Double
    /// How close the lowest rate that fails was to come to the one that holds, in percent of that; absent in older
    /// reports.
    public var precisionPercent: Double?
    /// Messages without which a step's percentiles cannot be judged; absent where none was asserted.
    public var messagesNeeded: Double?

    /// A limit on a latency.
    public struct LatencyLimit: Codable, Sendable, Equatable {
        /// The assertion, as it was written.
        public var text: String
        /// The limit in nanoseconds.
        public var nanoseconds: Double

        /// Makes a limit.
        public init(text: String, nanoseconds: Double) {
            self.text = text
            self.nanoseconds = nanoseconds
        }
    }

    /// Makes the record of a search that has just begun.
    public init(
        assertions: [Assertion], confirmations: Int, lowest: Double, highest: Double, secondsAllowed: Double
    ) {
        self.assertions = assertions.map(\.text)
        latencyLimits = assertions.filter { $0.metric.isMainLatency && $0.limit > 0 }
            .map { LatencyLimit(text: $0.text, nanoseconds: $0.limit) }
        self.confirmations = confirmations
        ending = "interrupted"
        self.lowest = lowest
        self.highest = highest
        self.secondsAllowed = secondsAllowed
        secondsUsed = 0
    }
}

/// A way through sizes and rates.
public struct ExplorationReport: Codable, Sendable, Equatable {
    /// How long each setting was measured, in seconds.
    public var runSeconds: Double
    /// How long messages were sent before that, in seconds.
    public var warmupSeconds: Double
    /// How long nothing was sent after it, in seconds.
    public var coolDownSeconds: Double
    /// Settings that ask for fewer bytes per second were left out.
    public var leastBytesPerSecond: Double
    /// What each size came to.
    public var knees: [KneeReport]
    /// Settings that were not measured.
    public var skipped: [SkippedSetting]

    /// Makes the record of an exploration that has just begun.
    public init(
        runSeconds: Double, warmupSeconds: Double, coolDownSeconds: Double, leastBytesPerSecond: Double,
        knees: [KneeReport] = [], skipped: [SkippedSetting] = []
    ) {
        self.runSeconds = runSeconds
        self.warmupSeconds = warmupSeconds
        self.coolDownSeconds = coolDownSeconds
        self.leastBytesPerSecond = leastBytesPerSecond
        self.knees = knees
        self.skipped = skipped
    }
}

/// The rate from which on a cluster carries no more messages of a size.
public struct KneeReport: Codable, Sendable, Equatable {
    /// Bytes of a message, header included.
    public var messageSizeBytes: Int
    /// The highest rate that was carried; absent where not even the lowest was.
    public var carried: Double?
    /// The lowest rate that was not; absent where all were.
    public var saturated: Double?
    /// Why it was not, in a few words each.
    public var why: [String]

    /// Makes a record.
    public init(messageSizeBytes: Int, carried: Double?, saturated: Double?, why: [String]) {
        self.messageSizeBytes = messageSizeBytes
        self.carried = carried
        self.saturated = saturated
        self.why = why
    }
}

/// A setting that was not measured.
public struct SkippedSetting: Codable, Sendable, Equatable {
    /// Bytes of a message, header included.
    public var messageSizeBytes: Int
    /// Messages per second.
    public var rate: Double
    /// Why: `throughput` (too few bytes per second), `aboveKnee`, `interrupted`.
    public var why: String

    /// Makes a record.
    public init(messageSizeBytes: Int, rate: Double, why: String) {
        self.messageSizeBytes = messageSizeBytes
        self.rate = rate
        self.why = why
    }
}

extension AssertedMetric {
    /// Whether it is about the latency that a reader asks for first, and has a place in its chart.
    var isMainLatency: Bool { kind == .duration && ["p50", "p90", "p95", "p99", "p999", "max"].contains(name) }
}

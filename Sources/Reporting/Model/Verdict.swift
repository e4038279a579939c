/// What a run is worth: it passed, it failed, or it cannot be said.
public enum Outcome: String, Codable, Sendable, Equatable, CaseIterable {
    /// Everything that was promised was measured.
    case pass
    /// A promise was broken, for instance a message is missing where none may be.
    case fail
    /// The run is not a valid measurement, for instance the asked rate was not reached.
    case unknown

    /// The exit code of a program that ends with this outcome: 0 pass, 1 fail, 2 unknown.
    public var exitCode: Int32 {
        switch self {
        case .pass: 0
        case .fail: 1
        case .unknown: 2
        }
    }

    /// The worse of two outcomes: fail is worse than unknown, unknown is worse than pass.
    public func worse(of other: Outcome) -> Outcome {
        severity >= other.severity ? self : other
    }

    private var severity: Int {
        switch self {
        case .pass: 0
        case .unknown: 1
        case .fail: 2
        }
    }
}

/// An outcome and why: one sentence, with its numbers, for each reason, and for each thing not to be overlooked.
public struct Verdict: Codable, Sendable, Equatable {
    /// Pass, fail or unknown.
    public var outcome: Outcome
    /// Why it is no pass, worst first; empty for a pass.
    public var reasons: [String]
    /// What happened though it is no reason for the outcome, such as the death of a worker whose tasks others did.
    public var notes: [String]

    /// Makes a verdict of its parts.
    public init(outcome: Outcome, reasons: [String] = [], notes: [String] = []) {
        self.outcome = outcome
        self.reasons = reasons
        self.notes = notes
    }

    /// Reads a verdict; one of an older report has no notes of its own.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        outcome = try values.decode(Outcome.self, forKey: .outcome)
        reasons = try values.decode([String].self, forKey: .reasons)
        notes = try values.decodeIfPresent([String].self, forKey: .notes) ?? []
    }

    /// The verdict of what nobody has judged yet.
    public static let notJudged = Verdict(outcome: .unknown, reasons: ["The run was not judged."])
}

/// How the cluster got over the loss of its leader; times in microseconds, from its loss on.
public struct FailoverReport: Codable, Sendable, Equatable {
    /// The node that was lost.
    public var node: Int
    /// When, in seconds from the begin of the measured time; of one that fell silent, when something of it was last
    /// known to come.
    public var seconds: Double
    /// True where its process lived and nothing came of it any more; absent where it died.
    public var isSilent: Bool?
    /// Who led next; absent when nobody did.
    public var successor: Int?
    /// Until the first node found it silent.
    public var detectedMicroseconds: Double?
    /// Until another was elected, or where that one died too, until it was first followed.
    public var electedMicroseconds: Double?
    /// Until the last living node followed it.
    public var knownMicroseconds: Double?
    /// Until the first order was acknowledged again.
    public var acknowledgedMicroseconds: Double?
    /// Until the one that had fallen silent was back, and followed another or led again; absent where it was not.
    public var returnedMicroseconds: Double?

    /// What became of it: `died at 2.31 s`, or `fell silent at about 2.31 s`, `for a while` where it came back.
    var fate: String {
        guard isSilent == true else { return "died \(Moment.at(seconds))" }
        return "fell silent \(Moment.at(seconds).replacing("at ", with: "at about ", maxReplacements: 1))"
            + (returnedMicroseconds == nil ? "" : ", for a while")
    }

    /// Makes a report of which nothing but the loss is known.
    public init(node: Int, seconds: Double, successor: Int? = nil) {
        self.node = node
        self.seconds = seconds
        self.successor = successor
    }

    /// The steps that are known, in the order of time.
    var steps: [Step] {
        let all: [(kind: Step.Kind, time: Double?)] = [
            (.detected, detectedMicroseconds), (.elected, electedMicroseconds), (.known, knownMicroseconds),
            (.acknowledged, acknowledgedMicroseconds), (.returned, returnedMicroseconds),
        ]
        let known = all.compactMap { pair in pair.time.map { Step(kind: pair.kind, microseconds: $0) } }
        // Stable, so that steps of one instant stay in the order of their causes.
        return known.enumerated().sorted { ($0.1.microseconds, $0.0) < ($1.1.microseconds, $1.0) }.map(\.1)
    }

    /// Something that happened on the way.
    struct Step: Equatable {
        enum Kind: Int, Equatable {
            case detected, elected, known, acknowledged, returned
        }

        var kind: Kind
        var microseconds: Double
    }
}

// Why a law and its measurement differ where that is no fault: what `2 / 0.35` means.
extension RunNotes {
    /// One sentence for each figure that differs from its law and is not judged; empty where none does.
    ///
    /// - Parameter withHops: whether hops are spoken of, too.
    static func laws(_ run: RunReport, withHops: Bool = true) -> [String] {
        guard let laws = run.laws, let measured = run.measured, measured.broadcasts > 0 else { return [] }
        var notes: [String] = []
        if run.ledger.missing > 0 {
            if measured.links != laws.links { notes.append("Links of lost nodes are not known, and not judged.") }
            if let sentence = frames(laws, measured, run.losses) { notes.append(sentence) }
        }
        let hops = LawText.isSame(Double(laws.worstHops), Double(measured.worstHops))
        if withHops, !hops || !LawText.isSame(laws.meanHops, measured.meanHops) {
            // On a tree there is one way only, and too long a way is a fault that the verdict names.
            let isTree = laws.messagesPerBroadcast == Double(run.nodes - 1)
            notes.append(
                isTree
                    ? "Hops are those of the messages that arrived."
                    : "Hops are those of the copies that came first, perhaps over a longer way; they are not judged.")
        }
        return notes
    }

    /// Where frames went that the law asks for; nil where none is missing.
    private static func frames(_ laws: LawReport, _ measured: MeasuredReport, _ losses: [LossReport]) -> String? {
        guard !LawText.isSame(laws.messagesPerBroadcast, measured.messagesPerBroadcast) else { return nil }
        let law = laws.messagesPerBroadcast * Double(measured.broadcasts)
        let sentence =
            "Messages per broadcast are not judged, as deliveries are missing: of the \(Numbers.plain(law, decimals: 0)) "
            + "frames that the law asks for (\(Numbers.counted(measured.broadcasts, "broadcast"))) "
            + "\(Numbers.grouped(measured.frames)) arrived."
        guard Double(measured.frames) < law else { return sentence }
        let causes = losses.filter { $0.deliveries > 0 }.reduce(into: [String]()) {
            if !$0.contains($1.words) { $0.append($1.words) }
        }
        let why = causes.isEmpty ? "" : " (\(causes.joined(separator: ", ")))"
        let isUnknown = losses.contains { $0.deliveries > 0 && LossReport.causesOfLostAccounts.contains($0.cause) }
        let isDropped = losses.contains { $0.cause == "fullQueue" && $0.deliveries > 0 }
        return sentence
            + " The others were lost\(isUnknown ? " or are not known" : "")\(why), or never made, as no node "
            + "passes on what it did not get."
            + (isDropped ? " A message that its own node's queues drop is a broadcast, too." : "")
    }
}

extension LawText {
    /// Whether a law and its measurement come out the same in print.
    static func isSame(_ law: Double, _ measured: Double) -> Bool {
        let (one, other) = distinct(law, measured)
        return one == other
    }
}

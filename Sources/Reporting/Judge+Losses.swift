extension Judge {
    /// That deliveries are missing where none may be, in words that fit the causes; empty where that is not so.
    ///
    /// What is lost with a node that dies is no matter of what full queues do.
    ///
    /// - Parameter nodes: every node of the run, as far as it is known what became of them.
    static func missing(
        _ ledger: LedgerReport, losses: [LossReport]?, settings: RunSettings, nodes: [NodeReport]
    ) -> [String] {
        guard ledger.missing > 0, !settings.allowsLoss else { return [] }
        let losses = (losses ?? []).filter { $0.cause != LossReport.unexplainedCause && $0.deliveries > 0 }
        let withNodes = losses.filter(\.isOfLostNode).reduce(0) { $0 + $1.deliveries }
        let others = ledger.missing - min(withNodes, ledger.missing)
        let all = "\(count(ledger.missing)) of \(count(ledger.expected)) deliveries are missing"
        let lost = RunNotes.lost(nodes) ?? "nodes were lost"
        guard others > 0 else { return ["\(all), all of them because \(lost)."] }
        let causes = losses.filter { !$0.isOfLostNode }
            .reduce(into: [String]()) { if !$0.contains($1.words) { $0.append($1.words) } }
        let named = causes.isEmpty ? "" : " (\(causes.joined(separator: ", ")))"
        let policy = "the overflow policy \"\(settings.overflow)\" allows no loss"
        guard withNodes > 0 else { return ["\(all)\(named), and \(policy)."] }
        return ["\(all): \(count(withNodes)) because \(lost), and \(count(others)) besides\(named), where \(policy)."]
    }

    /// That orders were never answered where all should be; empty where that is not so.
    static func unanswered(_ orders: ClientOrders?, settings: RunSettings, nodes: [NodeReport]) -> [String] {
        guard let orders, orders.unacknowledged > 0, !settings.allowsLoss else { return [] }
        let all = "\(count(orders.unacknowledged)) of \(count(orders.sent)) orders were never answered"
        guard let lost = RunNotes.lost(nodes) else {
            return ["\(all), and the overflow policy \"\(settings.overflow)\" allows no loss."]
        }
        return ["\(all), in a run in which \(lost)."]
    }
}

extension LossReport {
    /// Whether its deliveries are missing because a node died, or did not answer.
    var isOfLostNode: Bool { Self.causesOfLostNodes.contains(cause) }

    /// The causes of what a node may have got, of which it did not say what it had.
    static let causesOfLostAccounts: Set<String> = [ledgerLostCause, accountNotGivenCause]

    private static let causesOfLostNodes: Set<String> = [
        ledgerLostCause, "receiverDown", "originDown", "forwarderDown", accountNotGivenCause, receiverSilentCause,
        originSilentCause, forwarderSilentCause,
    ]
}

extension RunNotes {
    /// `node 1 died`, `nodes 1 and 2 did not answer`, `nodes 1 and 2 were lost` where it was not the same with all; nil
    /// where all were there at the end.
    static func lost(_ nodes: [NodeReport]) -> String? {
        let lost = nodes.filter { $0.isLost }
        guard !lost.isEmpty else { return nil }
        let silent = lost.count(where: \.isSilent)
        let again = lost.count { $0.seen == .restarted }
        let were = lost.count == 1 ? "was" : "were"
        let fate =
            again == lost.count
            ? "\(were) started again"
            : again > 0 ? "were lost" : silent == 0 ? "died" : silent == lost.count ? "did not answer" : "were lost"
        return "\(names(lost)) \(fate)"
    }
}

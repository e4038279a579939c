extension Judge {
    /// What speaks against a run in which each node keeps an order book of its own.
    ///
    /// What is lost of the messages that tell of trades is in the ledger; where nothing is, every trade of a measured
    /// order must have reached every other node.
    static func judge(_ books: OrderBooksReport, run: RunReport) -> [String] {
        var failures: [String] = []
        let unreadable = books.nodes.reduce(0) { $0 + $1.unreadable }
        if unreadable > 0 {
            failures.append("\(Numbers.grouped(unreadable)) messages that should tell of trades could not be read.")
        }
        guard run.ledger.missing == 0, books.nodes.count == run.nodes else { return failures }
        let made = books.nodes.reduce(0) { $0 + $1.measuredTrades }
        for node in books.nodes where node.measuredHeard != made - node.measuredTrades {
            failures.append(
                "The trades do not add up: the other nodes made \(Numbers.grouped(made - node.measuredTrades)), and node "
                    + "\(node.id) was told of \(Numbers.grouped(node.measuredHeard)).")
        }
        return failures
    }

    /// Orders that were wrong on purpose, and that the book did not refuse as it must.
    static func judge(_ rejections: [RejectionReport]) -> [String] {
        rejections.compactMap { row in
            guard let onPurpose = row.onPurpose, row.count < onPurpose else { return nil }
            return "\(Numbers.grouped(onPurpose)) orders were wrong on purpose (\(row.name)), but only "
                + "\(Numbers.grouped(row.count)) were refused for it."
        }
    }
}

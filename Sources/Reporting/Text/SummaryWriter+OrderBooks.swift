extension SummaryWriter {
    /// What each node's own order book came to.
    mutating func orderBooks(_ books: OrderBooksReport) {
        section("ORDER BOOKS")
        entry("Orders taken", Numbers.grouped(books.taken))
        entry("Rejected", Numbers.grouped(books.rejected))
        entry("Trades", "\(Numbers.grouped(books.trades)) in \(Numbers.grouped(books.tradeMessages)) messages")
        entry("Trades heard", Numbers.grouped(books.heard))
        entry("Resting", Numbers.grouped(books.resting))
        var table = TextTable(columns: [
            .init(title: "Node", leading: true), .init(title: "Taken"), .init(title: "Rejected"),
            .init(title: "Trades"), .init(title: "Heard"), .init(title: "Resting"), .init(title: "Prices"),
        ])
        for node in books.nodes {
            table.rows.append(
                ["\(node.id)"]
                    + [node.taken, node.rejected, node.trades, node.heard, node.resting, node.levels]
                    .map { Numbers.grouped($0) })
        }
        append(table)
        note(OrderBooksReport.note)
    }

    /// What the order book refused of a client's orders.
    mutating func rejections(_ orders: ClientOrders) {
        guard orders.rejected > 0 else { return }
        entry("Rejected by the book", "\(Numbers.grouped(orders.rejected)) of the measured orders")
        for row in orders.rejections {
            let onPurpose = row.onPurpose.map { $0 > 0 ? " (\(Numbers.grouped($0)) on purpose)" : "" } ?? ""
            entry("  \(row.name)", Numbers.grouped(row.count) + onPurpose)
        }
    }
}

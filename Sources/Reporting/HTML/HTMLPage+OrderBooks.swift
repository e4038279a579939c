extension HTMLPage {
    /// What each node's own order book came to.
    func orderBooks(_ books: OrderBooksReport) -> Markup {
        var rows: Markup = ""
        for node in books.nodes {
            rows += """
                <tr><th scope="row">\(node.id)</th><td>\(Numbers.grouped(node.taken))</td>\
                <td>\(Numbers.grouped(node.rejected))</td><td class="left">\(node.rejections.line)</td>\
                <td>\(Numbers.grouped(node.trades))</td><td>\(Numbers.grouped(node.heard))</td>\
                <td>\(Numbers.grouped(node.resting))</td><td>\(Numbers.grouped(node.levels))</td></tr>

                """
        }
        let sentence =
            "\(Numbers.grouped(books.taken)) orders taken, \(Numbers.grouped(books.rejected)) of them rejected; "
            + "\(Numbers.grouped(books.trades)) trades made and told of in \(Numbers.grouped(books.tradeMessages)) "
            + "messages, heard \(Numbers.grouped(books.heard)) times; \(Numbers.grouped(books.resting)) orders rest. "
            + OrderBooksReport.note
        return """
            <div class="body"><h3>Order books</h3><p class="note">\(sentence)</p></div>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Node</th><th scope="col">Taken</th>\
            <th scope="col">Rejected</th><th scope="col" class="left">Why</th><th scope="col">Trades</th>\
            <th scope="col">Heard</th><th scope="col">Resting</th><th scope="col">Prices</th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }
}

extension OrderBooksReport {
    /// What a reader must know to compare the rows.
    static let note =
        "Without an elected leader each node matches its own clients' orders: books differ by design. Counted from the "
        + "nodes' beginning on, warm-up included."
}

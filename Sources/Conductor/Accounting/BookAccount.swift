import OrderBook
import Reporting
import Runtime
import Wire

/// What order books refused and traded, for reports.
enum BookAccount {
    /// The nodes' own books; nil where they keep none.
    static func report(_ evidence: RunEvidence) -> OrderBooksReport? {
        let books = evidence.books.compactMap { $0 }.filter(\.hasBook)
        guard !books.isEmpty else { return nil }
        return OrderBooksReport(
            nodes: books.map { book in
                OrderBookNode(
                    id: Int(book.node), taken: book.taken, repeated: book.repeated,
                    rejections: zip(OrderRefusal.allCases, book.rejected).filter { $0.1 > 0 }.map {
                        RejectionReport(reason: Int($0.rawValue), name: $0.name, count: $1)
                    },
                    trades: book.trades, measuredTrades: book.measuredTrades, tradeMessages: book.tradeFrames,
                    heard: book.heard, measuredHeard: book.measuredHeard, unreadable: book.unreadable,
                    resting: book.resting, levels: book.levels)
            })
    }

    /// What became of a client's measured orders.
    static func orders(of client: ClientResult) -> ClientOrders {
        let total = client.total
        return ClientOrders(
            sent: total.sent, acknowledged: total.acknowledged, rejections: rejections(of: client),
            refused: total.refused, unacknowledged: total.unanswered, unsent: total.due - min(total.due, total.sent))
    }

    /// By reason, those included that should have been given and were not.
    private static func rejections(of client: ClientResult) -> [RejectionReport] {
        // An order that was sent again is answered as taken, whatever the book said to it the first time.
        let knowsPurpose = !client.answeredBad.isEmpty && client.total.resent == 0
        return Set(client.rejections.keys).union(client.answeredBad.keys).sorted().map { reason in
            RejectionReport(
                reason: Int(reason), name: OrderRefusal(rawValue: reason)?.name ?? "reason \(reason)",
                count: client.rejections[reason] ?? 0,
                onPurpose: knowsPurpose ? client.answeredBad[reason] ?? 0 : nil)
        }
    }
}

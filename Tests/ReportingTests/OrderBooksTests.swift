import Testing

@testable import Reporting

extension Sample {
    /// A judged run in which each of three nodes keeps an order book of its own.
    static func bookRun(_ edit: (inout RunReport) -> Void = { _ in }) -> RunReport {
        var run = orderRun()
        run.ledger = LedgerReport(sent: 1_000, expected: 1_200, unique: 1_200)
        run.clients = ClientOrders(
            sent: 900, acknowledged: 880,
            rejections: [
                RejectionReport(reason: 16, name: "quantity", count: 12, onPurpose: 12),
                RejectionReport(reason: 20, name: "unknown id", count: 8, onPurpose: 6),
            ])
        run.rate = RateReport(asked: nil, achieved: 900, deliveriesPerSecond: 1_200)
        run.books = OrderBooksReport(
            nodes: (0..<3).map { id in
                OrderBookNode(
                    id: id, taken: 300, rejections: [RejectionReport(reason: 16, name: "quantity", count: 4)],
                    trades: 50, measuredTrades: 40, tradeMessages: 33, heard: 100, measuredHeard: 80, resting: 70,
                    levels: 60)
            })
        edit(&run)
        run.verdict = Judge.verdict(of: run)
        return run
    }
}

/// How a run with order books of the nodes' own is judged and shown.
@Suite struct OrderBooksTests {
    @Test func totalsAreSums() throws {
        let books = try #require(Sample.bookRun().books)
        #expect(books.taken == 900 && books.rejected == 12 && books.trades == 150 && books.heard == 300)
        #expect(books.tradeMessages == 99 && books.resting == 210)
    }

    @Test func tradesThatAllReachedAllPass() {
        #expect(Sample.bookRun().verdict == Verdict(outcome: .pass))
    }

    @Test func aTradeThatNobodyHeardFails() {
        let verdict = Sample.bookRun { $0.books?.nodes[1].measuredHeard -= 1 }.verdict
        #expect(verdict.outcome == .fail)
        #expect(
            verdict.reasons == [
                "The trades do not add up: the other nodes made 80, and node 1 was told of 79."
            ])
    }

    @Test func whatTheLedgerKnowsToBeLostIsNotSaidTwice() {
        let verdict = Sample.bookRun {
            $0.books?.nodes[1].measuredHeard -= 1
            $0.ledger.missing = 1
            $0.ledger.unique -= 1
            $0.losses = [LossReport(cause: "fullQueue", deliveries: 1)]
        }.verdict
        #expect(!verdict.reasons.contains { $0.hasPrefix("The trades") }, "\(verdict)")
    }

    @Test func eventsThatTellOfNothingFail() {
        #expect(Sample.bookRun { $0.books?.nodes[0].unreadable = 2 }.verdict.outcome == .fail)
    }

    @Test func aWrongOrderThatWasTakenFails() {
        let verdict = Sample.bookRun {
            $0.clients?.rejections[0].count = 11
            $0.clients?.rejected = 19
            $0.clients?.acknowledged = 881
        }.verdict
        #expect(
            verdict.reasons == ["12 orders were wrong on purpose (quantity), but only 11 were refused for it."])
    }

    @Test func everyDocumentShowsThem() throws {
        let report = Sample.report(runs: [Sample.bookRun()])
        let text = TextReport.document(report)
        let page = HTMLReport.page(report)
        for words in ["differ by design", "quantity"] { #expect(text.contains(words) && page.contains(words)) }
        #expect(text.contains("ORDER BOOKS") && page.contains("Order books") && text.contains("(12 on purpose)"))
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
    }
}

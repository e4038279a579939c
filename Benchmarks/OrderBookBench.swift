import Glibc
import OrderBook
import Runtime
import Wire

// How fast orders are matched: compared with the rate that is asked for, not with a baseline.
extension Bench {
    private static let operationsPerSecondMin = 5e6
    /// Of these about 100,000 rest; the others were filled and not cancelled yet.
    private static let waitingMax = 140_000
    private static let ordersMeasured = 4_000_000

    /// What this thread has computed so far: a core to itself is what the rate is about.
    private static func threadNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// Orders, cancels included, that one market applies in a second on one core.
    static let orderBook = Bench(
        name: "order-book",
        metrics: [
            Metric(
                name: "order-book", sizeBytes: nil, unit: "M operations/s", scale: 1e6, moreIsBetter: true, target: 1)
        ],
        baseline: { _ in Sample([operationsPerSecondMin]) },
        product: { lab in
            var settings = OrderMixSettings()
            settings.waitingMax = waitingMax
            var mix = OrderMix(seed: 1, client: 0, settings: settings)
            var market = Market()
            var trades = TradeBuffer()
            // The book is filled, and then lives long enough to look like one that was always there.
            for _ in 0..<waitingMax * 10 {
                trades.clear()
                _ = market.apply(mix.next(), trades: &trades)
            }
            guard (80_000...120_000).contains(market.restingCount) else {
                throw Failure(.unavailable, "\(market.restingCount) orders rest, not about 100,000")
            }
            let orders = (0..<lab.count(ordersMeasured)).map { _ in mix.next() }
            let start = threadNanoseconds()
            for order in orders {
                trades.clear()
                _ = market.apply(order, trades: &trades)
            }
            let seconds = (threadNanoseconds() - start) / 1e9
            return Sample([Double(orders.count) / seconds])
        })
}

import Measurement
import Reporting
import Runtime

// Counts of several machines, added up.
extension Aggregate {
    /// The sum of what all have; nil where one has nothing.
    static func sum(_ values: [Double?]) -> Double? {
        values.contains { $0 == nil } ? nil : values.compactMap { $0 }.reduce(0, +)
    }

    static func ledger(_ all: [LedgerReport]) -> LedgerReport {
        func sum(_ member: KeyPath<LedgerReport, UInt64>) -> UInt64 { all.reduce(0) { $0 &+ $1[keyPath: member] } }
        return LedgerReport(
            sent: sum(\.sent), expected: sum(\.expected), unique: sum(\.unique), duplicate: sum(\.duplicate),
            reordered: sum(\.reordered), reorderDistanceMax: all.map(\.reorderDistanceMax).max() ?? 0,
            late: sum(\.late), stale: sum(\.stale), missing: sum(\.missing), unexplained: sum(\.unexplained))
    }

    /// Losses by cause; where they were is said of each machine.
    static func losses(_ all: [RunReport]) -> [LossReport] {
        var sums: [LossReport] = []
        for loss in all.flatMap(\.losses) {
            guard let place = sums.firstIndex(where: { $0.cause == loss.cause }) else {
                sums.append(loss)
                continue
            }
            sums[place].deliveries &+= loss.deliveries
            let details = [sums[place].detail, loss.detail].compactMap { $0 }
            sums[place].detail = details.isEmpty ? nil : details.joined(separator: "; ")
        }
        return sums
    }

    static func rate(_ all: [RunReport]) -> RateReport {
        RateReport(
            asked: sum(all.map(\.rate.asked)), achieved: all.reduce(0) { $0 + $1.rate.achieved },
            deliveriesPerSecond: all.reduce(0) { $0 + $1.rate.deliveriesPerSecond },
            seconds: all.compactMap(\.rate.seconds).max())
    }

    static func orders(_ all: [ClientOrders]) -> ClientOrders? {
        guard !all.isEmpty else { return nil }
        var rejections: [RejectionReport] = []
        for row in all.flatMap(\.rejections) {
            guard let place = rejections.firstIndex(where: { $0.reason == row.reason }) else {
                rejections.append(row)
                continue
            }
            rejections[place].count &+= row.count
            // Where one does not know how many there should be, nobody knows.
            let purposes = [rejections[place].onPurpose, row.onPurpose].compactMap { $0 }
            rejections[place].onPurpose = purposes.count == 2 ? purposes[0] &+ purposes[1] : nil
        }
        let unsent = all.compactMap(\.unsent)
        let unknown = all.compactMap(\.unknown)
        var orders = ClientOrders(
            sent: all.reduce(0) { $0 &+ $1.sent }, acknowledged: all.reduce(0) { $0 &+ $1.acknowledged },
            rejections: rejections.sorted { $0.reason < $1.reason }, refused: all.reduce(0) { $0 &+ $1.refused },
            unacknowledged: all.reduce(0) { $0 &+ $1.unacknowledged },
            unsent: unsent.isEmpty ? nil : unsent.reduce(0, &+))
        orders.unknown = unknown.isEmpty ? nil : unknown.reduce(0, &+)
        return orders
    }

    /// Of findings about one node's clock the worst.
    static func clocks(_ all: [ClocksReport]) -> ClocksReport? {
        guard !all.isEmpty else { return nil }
        var worst: [Int: ClocksReport.NodeClock] = [:]
        func rank(_ kind: ClocksReport.Kind) -> Int { kind == .one ? 0 : kind == .compared ? 1 : 2 }
        for clock in all.flatMap(\.nodes) {
            guard let known = worst[clock.node] else {
                worst[clock.node] = clock
                continue
            }
            if (rank(clock.kind), clock.errorNanoseconds) > (rank(known.kind), known.errorNanoseconds) {
                worst[clock.node] = clock
            }
        }
        return ClocksReport(nodes: worst.values.sorted { $0.node < $1.node })
    }

    /// What each node did for all machines.
    ///
    /// What it used is known only to whoever started it.
    static func nodes(_ all: [RunReport]) -> [NodeReport] {
        let count = all.map(\.perNode.count).max() ?? 0
        let orders = (0..<count).map { id in
            all.reduce(UInt64(0)) { $0 &+ ($1.perNode.first { $0.id == id }?.orders ?? 0) }
        }
        let total = orders.reduce(0, &+)
        return (0..<count).map { id in
            let rows = all.compactMap { run in run.perNode.first { $0.id == id } }
            let deliveries = rows.contains { $0.uniqueDeliveries == nil } ? nil : rows.compactMap(\.uniqueDeliveries)
            return NodeReport(
                id: id, cpuPercent: nil, cpuSeconds: nil, residentBytes: nil,
                uniqueDeliveries: deliveries?.reduce(0, &+),
                sharePercent: total > 0 ? Double(orders[id]) / Double(total) * 100 : nil, orders: orders[id],
                diedAt: rows.compactMap(\.diedAt).min(), silentSince: rows.compactMap(\.silentSince).min(),
                seen: rows.compactMap(\.seen).first)
        }
    }

    static func balance(_ all: [RunReport], _ nodes: [NodeReport]) -> BalanceReport? {
        let orders = nodes.map(\.orders)
        guard all.contains(where: { $0.balance != nil }), orders.contains(where: { $0 > 0 }) else { return nil }
        let balance = Balance(counts: orders)
        return BalanceReport(
            shares: balance.shares, sigmaPercent: balance.standardDeviationPercent,
            grade: nodes.contains { $0.diedAt != nil || $0.silentSince != nil || $0.seen != nil }
                ? nil : "\(balance.grade)")
    }

    /// All processes that made the load, each with its share of all.
    static func workers(_ all: [RunReport]) -> [LoadWorkerReport]? {
        let rows = all.flatMap { $0.workers ?? [] }
        guard !rows.isEmpty else { return nil }
        let clients = Double(max(1, rows.reduce(0) { $0 + $1.clients }))
        return rows.map { row in
            var row = row
            row.sharePercent = Double(row.clients) / clients * 100
            return row
        }
    }
}

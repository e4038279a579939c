import Reporting
import Topology
import Wire

/// The topology's laws for what was really sent, and what was measured of the same.
enum LawAccount {
    /// The laws, weighted by the nodes at which messages really entered.
    static func laws(of graph: LinkGraph, _ account: DeliveryAccount) -> LawReport {
        let general = graph.laws
        let total = account.broadcastsByEntry.values.reduce(0, +)
        guard total > 0 else {
            return LawReport(
                links: general.links, edges: general.edges, messagesPerBroadcast: general.messagesPerBroadcast,
                worstHops: general.worstHops, meanHops: general.meanHops)
        }
        var messages = 0.0
        var hops = 0.0
        var pairs = 0.0
        var worst = 0
        for (entry, count) in account.broadcastsByEntry where count > 0 {
            let range = graph.messages(from: entry)
            messages += Double(count) * Double(range.lowerBound + range.upperBound) / 2
            let distances = graph.distances(from: entry).compactMap { $0 }.filter { $0 > 0 }
            worst = max(worst, distances.max() ?? 0)
            hops += Double(count) * Double(distances.reduce(0, +))
            pairs += Double(count) * Double(distances.count)
        }
        return LawReport(
            links: general.links, edges: general.edges, messagesPerBroadcast: messages / Double(total),
            worstHops: worst, meanHops: pairs > 0 ? hops / pairs : 0)
    }

    /// What the nodes counted: links that were up, frames for each broadcast, hops of first deliveries.
    static func measured(_ evidence: RunEvidence, _ account: DeliveryAccount) -> MeasuredReport {
        let links = evidence.reports.compactMap { $0 }.flatMap(\.links).filter { $0.isUp || $0.interruptions > 0 }
        var measured = MeasuredReport(
            links: links.count, frames: account.framesOfBroadcasts,
            broadcasts: account.broadcastsByEntry.values.reduce(0, +), worstHops: account.worstHops,
            meanHops: account.hopCount > 0 ? Double(account.hopSum) / Double(account.hopCount) : 0)
        measured.longestHops = account.longestHops
        return measured
    }
}

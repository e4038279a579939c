import Reporting
import Wire

/// The state hashes of several nodes laid beside each other.
///
/// Nodes keep a hash after every so many orders, and the present one. Where two nodes have one after the same number
/// of orders, it is the same exactly when they executed the same orders in the same order until then.
struct ChainCheck: Equatable {
    /// The first place where two nodes differ; nil when none was found.
    let difference: StateDifference?
    /// For each node, after how many orders it was last found to agree with another; nil when it has no hash after a
    /// number of orders after which another has one.
    let comparedThrough: [Int: UInt64]
    /// The nodes that were compared, and how many orders each has executed.
    let executed: [Int: UInt64]

    init(_ reports: [(node: Int, report: ConsensusReport)]) {
        executed = Dictionary(reports.map { ($0.node, $0.report.executed) }) { first, _ in first }
        var hashes: [UInt64: [(node: Int, hash: UInt64)]] = [:]
        for (node, report) in reports {
            for point in report.checkpoints { hashes[point.orders, default: []].append((node, point.hash)) }
        }
        let shared = hashes.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
        var compared: [Int: UInt64] = [:]
        var found: StateDifference?
        for (orders, entries) in shared {
            let camps = Dictionary(grouping: entries) { $0.hash }.values.map { $0.map(\.node).sorted() }
            guard camps.count == 1 else {
                let nodes = entries.map(\.node)
                found = StateDifference(
                    after: nodes.compactMap { compared[$0] }.max() ?? 0, through: orders,
                    camps: camps.sorted { ($1.count, $0.first ?? 0) < ($0.count, $1.first ?? 0) })
                break
            }
            for entry in entries { compared[entry.node] = orders }
        }
        difference = found
        comparedThrough = compared
    }

    /// Up to which order all nodes were compared; nil when one could not be compared at all.
    var allComparedThrough: UInt64? {
        guard executed.count > 1, executed.keys.allSatisfy({ comparedThrough[$0] != nil }) else { return nil }
        return comparedThrough.values.min()
    }
}

import Topology
import Wire

/// Whether enough nodes are left to decide anything.
enum Majority {
    /// How many of so many voters are a majority.
    static func count(of voters: Int) -> Int { max(voters, 1) / 2 + 1 }

    /// Whether no majority can meet any more, whoever votes by what the living say of their log.
    ///
    /// The dead may have been voted out before, so the smallest number of voters that anybody knows counts: a cluster
    /// is not given up that could still decide.
    static func isLost(in graph: LinkGraph, without dead: Set<Int>, as reports: [ConsensusReport]) -> Bool {
        guard dead.count < graph.nodeCount else { return true }
        guard let voters = reports.filter(\.hasLeaders).map({ Int($0.voters) }).min() else { return false }
        return (graph.parts(without: dead).first?.count ?? 0) < count(of: voters)
    }
}

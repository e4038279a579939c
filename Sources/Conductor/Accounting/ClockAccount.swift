import Cluster
import Measurement
import Reporting
import Runtime

/// What a client found out about the nodes' clocks, as it is reported.
enum ClockAccount {
    /// What latencies rest on where the nodes' clocks are not the client's.
    static let comparedClock = "CLOCK_MONOTONIC of the client's host, the nodes' clocks compared with it"

    /// nil without a client: then all nodes are processes of one host.
    static func report(_ result: ClientResult?) -> ClocksReport? {
        guard let findings = result?.clocks, !findings.isEmpty else { return nil }
        return ClocksReport(
            nodes: findings.map { finding in
                ClocksReport.NodeClock(
                    node: finding.node, kind: kind(of: finding), exchanges: finding.exchangeCount,
                    aheadNanoseconds: finding.offset?.estimateNanoseconds,
                    uncertaintyNanoseconds: finding.offset?.uncertaintyNanoseconds,
                    driftPartsPerMillion: finding.drift.map { ($0.lowerBound, $0.upperBound) },
                    errorNanoseconds: finding.errorNanoseconds)
            })
    }

    private static func kind(of finding: ClockFinding) -> ClocksReport.Kind {
        if finding.isContradicted { return .contradictory }
        return finding.isOneClock ? .one : .compared
    }
}

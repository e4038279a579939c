import Testing
import Wire

@testable import Runtime

/// The metrics of a cluster with an elected leader.
@Suite struct ConsensusMetricsTests {
    private static var snapshot: MetricsSnapshot {
        var report = ConsensusReport()
        report.hasLeaders = true
        report.role = .follower
        report.leader = 5
        report.term = 501
        report.voters = 502
        report.candidacies = 503
        report.elections = 504
        report.falseSuspicions = 505
        report.divergences = 506
        report.heartbeats = 507
        report.heartbeatsMissed = 508
        report.lastIndex = 530
        report.commit = 520
        report.applied = 510
        report.leaderCommit = 522
        report.executed = 511
        report.repeated = 512
        report.refused = 513
        report.resting = 514
        report.trades = 515
        report.stateHash = 0xFEED
        report.join.joinedNanoseconds = 1_000_000_000
        report.join.targetIndex = 7
        report.join.caughtUpNanoseconds = 1_250_000_000
        var snapshot = MetricsSample.snapshot
        snapshot.consensus = report
        return snapshot
    }

    private static let text = MetricsPage.text(
        snapshot, MetricsSample.facts, MetricsSample.system, ageNanoseconds: 250_000_000)

    @Test(arguments: [
        #"zbed_consensus_role{node="7",role="follower"} 1"#, #"zbed_consensus_role{node="7",role="leader"} 0"#,
        #"zbed_consensus_role{node="7",role="precandidate"} 0"#, #"zbed_consensus_term{node="7"} 501"#,
        #"zbed_consensus_leader_known{node="7"} 1"#, #"zbed_consensus_leader_id{node="7"} 5"#,
        #"zbed_consensus_voters{node="7"} 502"#, #"zbed_consensus_candidacies_total{node="7"} 503"#,
        #"zbed_consensus_elections_total{node="7"} 504"#, #"zbed_consensus_false_suspicions_total{node="7"} 505"#,
        #"zbed_consensus_divergences_total{node="7"} 506"#, #"zbed_consensus_heartbeats_total{node="7"} 507"#,
        #"zbed_consensus_heartbeats_missed_total{node="7"} 508"#, #"zbed_consensus_last_index{node="7"} 530"#,
        #"zbed_consensus_commit_index{node="7"} 520"#, #"zbed_consensus_applied_index{node="7"} 510"#,
        #"zbed_consensus_sync_lag_entries{node="7"} 12"#, #"zbed_consensus_late{node="7"} 1"#,
        #"zbed_consensus_convergence_seconds{node="7"} 0.25"#, #"zbed_orders_executed_total{node="7"} 511"#,
        #"zbed_orders_repeated_total{node="7"} 512"#, #"zbed_orders_rejected_total{node="7"} 513"#,
        #"zbed_book_resting_orders{node="7"} 514"#, #"zbed_book_trades_total{node="7"} 515"#,
    ])
    func eachNumberStandsUnderItsName(line: String) {
        #expect(Self.text.split(separator: "\n").filter { $0 == line }.count == 1)
    }

    @Test func theStateHashIsNoSeries() {
        #expect(!Self.text.contains("feed") && !Self.text.contains("\(0xFEED)"))
    }

    @Test func aClusterWithoutElectionsHasNoneOfIt() {
        #expect(!MetricsSample.text.contains("zbed_consensus_") && !MetricsSample.text.contains("zbed_book_"))
    }

    @Test func whatIsNotKnownIsNotClaimed() {
        var snapshot = Self.snapshot
        snapshot.consensus.leader = AnswerPayload.nobody
        snapshot.consensus.join = JoinRecord()
        let text = MetricsPage.text(snapshot, MetricsSample.facts, MetricsSample.system, ageNanoseconds: 0)
        #expect(!text.contains("zbed_consensus_leader_id") && !text.contains("zbed_consensus_convergence_seconds"))
        #expect(text.contains(#"zbed_consensus_leader_known{node="7"} 0"#))
    }

    @Test(.enabled(if: Promtool.path != nil, "promtool is not installed (Debian package prometheus)"))
    func promtoolHasNothingToSay() throws {
        let promtool = try #require(Promtool.path)
        let result = try Promtool.check(Self.text, with: promtool)
        #expect(result.code == 0)
        #expect(result.output == "")
    }
}

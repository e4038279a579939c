import Foundation
import Measurement
import Testing
import Wire

@testable import Conductor

/// Looks at a cluster, and what is made of two of them.
@Suite struct LiveClusterTests {
    /// A node's answer, `seconds` after its clock began.
    static func answer(
        _ node: Int, at seconds: Double, life: UInt32 = 7, _ edit: (inout NodeVitals) -> Void = { _ in }
    ) -> LiveAnswer {
        var vitals = NodeVitals()
        vitals.status.node = UInt16(node)
        vitals.status.incarnation = life
        vitals.status.state = .running
        vitals.status.nowNanoseconds = UInt64(seconds * 1e9)
        (vitals.status.outboundReady, vitals.status.outboundExpected) = (2, 2)
        (vitals.status.inboundReady, vitals.status.inboundExpected) = (1, 2)
        vitals.status.cluster = "topology ring, 3 nodes, cluster zbed"
        edit(&vitals)
        return LiveAnswer(node: node, endpoint: "tcp://n\(node):5002", vitals: vitals, status: vitals.status)
    }

    static func delays(_ values: [Int64]) -> [UInt8] {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram.encodedV2()
    }

    @Test func ratesAreDifferencesOfTwoLooks() throws {
        var cluster = LiveCluster()
        cluster.take([
            Self.answer(0, at: 10) {
                ($0.sent, $0.delivered, $0.process.cpuNanoseconds) = (100, 1_000, 3_000_000_000)
                $0.fromDue = Self.delays([5_000_000, 5_000_000])
            }
        ])
        var row = try #require(cluster.rows.first)
        #expect(row.state == "running" && row.links == 3 && row.linksExpected == 4 && row.incarnation == 7)
        #expect(row.outPerSecond == nil && row.p99Nanoseconds == nil, "one look has no rates")
        cluster.take([
            Self.answer(0, at: 12) {
                ($0.sent, $0.delivered, $0.process.cpuNanoseconds) = (300, 5_000, 3_500_000_000)
                ($0.refused, $0.missing, $0.duplicate, $0.process.residentBytes) = (1, 2, 3, 4_096)
                $0.fromDue = Self.delays([5_000_000, 5_000_000, 1_000, 1_000, 1_000])
            }
        ])
        row = try #require(cluster.rows.first)
        #expect(row.outPerSecond == 100 && row.inPerSecond == 2_000 && row.cpuPercent == 25)
        #expect(row.p50Nanoseconds == 1_000 && row.p99Nanoseconds == 1_000, "of the time since the last look alone")
        #expect(row.refused == 1 && row.missing == 2 && row.duplicate == 3 && row.residentBytes == 4_096)
        #expect(cluster.name == "topology ring, 3 nodes, cluster zbed")
    }

    @Test func anotherLifeHasNoRatesAtFirst() {
        var cluster = LiveCluster()
        cluster.take([Self.answer(0, at: 10) { $0.delivered = 1_000 }])
        cluster.take([Self.answer(0, at: 11, life: 8) { $0.delivered = 10 }])
        #expect(cluster.rows[0].inPerSecond == nil && cluster.rows[0].incarnation == 8)
        cluster.take([Self.answer(0, at: 12, life: 8) { $0.delivered = 30 }])
        #expect(cluster.rows[0].inPerSecond == 20)
    }

    @Test func aNodeThatIsSilentIsSaidToBeAndComesBack() {
        var cluster = LiveCluster()
        cluster.take([Self.answer(0, at: 1), Self.answer(1, at: 1)])
        cluster.take([Self.answer(0, at: 2), LiveAnswer(node: 1, endpoint: "x")])
        #expect(cluster.rows[1].state == "silent" && cluster.rows[1].links == nil && cluster.answering == 1)
        cluster.take([Self.answer(0, at: 3), Self.answer(1, at: 3) { $0.delivered = 8 }])
        #expect(cluster.rows[1].inPerSecond == 4, "over the whole time since it was last heard")
    }

    @Test func aBusyNodeStaysWhereItIsWantedAndADeadOneDoesNot() {
        var cluster = LiveCluster()
        cluster.take([Self.answer(0, at: 1), Self.answer(1, at: 1)])
        let dead = LiveAnswer(node: 1, endpoint: "x", isDead: true)
        cluster.take([LiveAnswer(node: 0, endpoint: "x"), dead], keepsSilent: true)
        #expect(cluster.rows.map(\.state) == ["running", "dead"])
    }

    @Test func aNodeThatIsKnownToBeSilentIsShownAndSaid() {
        var cluster = LiveCluster()
        cluster.take([Self.answer(0, at: 1), Self.answer(1, at: 1)])
        let silent = LiveAnswer(node: 1, endpoint: "x", isSilent: true)
        cluster.take([Self.answer(0, at: 2), silent], keepsSilent: true)
        #expect(cluster.rows.map(\.state) == ["running", "silent"])
        #expect(ProgressLine.silence(cluster) == ", node 1 does not answer")
    }

    @Test func countsThatShrinkAreNoRate() {
        var cluster = LiveCluster()
        cluster.take([Self.answer(0, at: 1) { ($0.sent, $0.fromDue) = (50, Self.delays([1, 2, 3])) }])
        cluster.take([Self.answer(0, at: 2) { ($0.sent, $0.fromDue) = (20, Self.delays([9])) }])
        #expect(cluster.rows[0].outPerSecond == 0 && cluster.rows[0].p99Nanoseconds == nil)
        cluster.take([Self.answer(0, at: 3) { $0.fromDue = [1, 2, 3] }])
        #expect(cluster.rows[0].outPerSecond == 0 && cluster.rows[0].p99Nanoseconds == nil, "not to be read")
    }

    @Test func theNewestLeaderLeadsAndTheOthersAreBehindIt() {
        func log(_ role: ConsensusReport.Role, term: UInt64, commit: UInt64, applied: UInt64) -> ConsensusReport {
            var log = ConsensusReport()
            log.hasLeaders = true
            (log.role, log.term, log.commit, log.applied, log.resting) = (role, term, commit, applied, 4)
            return log
        }
        var answers = (0..<3).map { Self.answer($0, at: 1) }
        answers[0].log = log(.leader, term: 3, commit: 10, applied: 10)
        answers[1].log = log(.leader, term: 4, commit: 25, applied: 25)
        answers[2].log = log(.follower, term: 4, commit: 20, applied: 18)
        var cluster = LiveCluster()
        cluster.take(answers)
        #expect(cluster.leader?.node == 1)
        #expect(cluster.rows.map(\.behind) == [15, 0, 7] && cluster.rows[2].resting == 4)
        #expect(cluster.rows.map(\.role) == ["leader", "leader", "follower"])
    }

    @Test func aNodeThatGivesNoVitalsIsThereAllTheSame() {
        var status = NodeStatus()
        status.state = .ready
        var cluster = LiveCluster()
        cluster.take([LiveAnswer(node: 0, endpoint: "x", status: status)])
        #expect(cluster.rows[0].state == "ready" && cluster.rows[0].missing == nil && cluster.answering == 1)
    }
}

import Reporting
import Runtime
import Testing
import Wire

@testable import Conductor

/// What is made of the answers of a running cluster's nodes.
@Suite struct InspectionTests {
    /// Three nodes in step; node 1 leads in term 4.
    private static func answers(_ edit: (inout [NodeAnswer]) -> Void = { _ in }) -> [NodeAnswer] {
        var answers = (0..<3).map { id in
            var status = NodeStatus()
            status.node = UInt16(id)
            status.state = .ready
            status.nowNanoseconds = 9_500_000_000
            var log = ConsensusReport()
            log.hasLeaders = true
            log.node = UInt16(id)
            log.role = id == 1 ? .leader : .follower
            log.leader = 1
            log.term = 4
            log.voters = 3
            log.commit = 20
            log.applied = 20
            log.executed = 1_500
            log.electedNanoseconds = id == 1 ? 2_000_000_000 : 0
            log.stateHash = 5
            log.checkpoints = [
                ConsensusReport.Checkpoint(orders: 1_024, hash: 3), ConsensusReport.Checkpoint(orders: 1_500, hash: 5),
            ]
            return NodeAnswer(node: id, endpoint: "tcp://n\(id):5002", status: status, consensus: log)
        }
        edit(&answers)
        return answers
    }

    // MARK: - Who leads

    @Test func theLeaderIsNamedWithItsTermAndTime() {
        let finding = LeaderFinding(Self.answers())
        #expect(finding.leader == 1 && finding.term == 4 && finding.voters == 3 && finding.leadsForSeconds == 7.5)
        #expect(finding.isKnownToAll)
        #expect(
            finding.text
                == "Node 1 leads in term 4 for 7.5 s; 3 nodes vote, and 2 of 2 others that answered follow it.\n")
    }

    @Test func aLeaderOfAnEarlierTermDoesNotLead() {
        let finding = LeaderFinding(
            Self.answers { answers in
                for node in [0, 2] {
                    answers[node].consensus?.term = 5
                    answers[node].consensus?.leader = AnswerPayload.nobody
                }
            })
        #expect(finding.leader == nil && finding.term == 5 && !finding.isKnownToAll)
        #expect(finding.text.hasPrefix("Nobody leads in term 5"))
    }

    @Test func whoDoesNotAnswerIsNamed() {
        let finding = LeaderFinding(
            Self.answers { answers in
                answers[2].status = nil
                answers[2].consensus = nil
            })
        #expect(finding.leader == 1 && finding.isKnownToAll && finding.text.hasSuffix("; node 2 does not answer.\n"))
    }

    @Test func withoutAnswersOrElectionsItSaysSo() {
        let silent = LeaderFinding(Self.answers { for node in 0..<3 { $0[node].consensus = nil } })
        #expect(silent.electsLeaders == nil && silent.text.hasPrefix("Nobody answered"))
        let none = LeaderFinding(Self.answers { for node in 0..<3 { $0[node].consensus?.hasLeaders = false } })
        #expect(none.electsLeaders == false && none.text.contains("--consensus none"))
    }

    @Test(arguments: [(0.04, "0.0 s"), (59.99, "59.9 s"), (61, "1 min 1 s"), (7_265, "2 h 1 min"), (-1, "?")])
    func lengthsOfTimeAreForPeople(seconds: Double, text: String) {
        #expect(DurationWords.of(seconds: seconds) == text)
    }

    // MARK: - How the nodes are

    @Test func nodesInStepAreHealthy() {
        let health = ClusterHealth(Self.answers())
        #expect(health.isHealthy && health.isKnown && health.leader == 1 && health.commit == 20)
        #expect(health.text.hasSuffix("3 of 3 nodes are healthy.\n"))
        #expect(health.nodes[0].stateAgreesThrough == 1_500)
    }

    struct Illness: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout NodeAnswer) -> Void
    }

    @Test(arguments: [
        Illness(testDescription: "does not answer at tcp://n2:5002") {
            $0.status = nil
            $0.consensus = nil
        },
        Illness(testDescription: "is not ready") { $0.status?.state = .joining },
        Illness(testDescription: "is stopping") { $0.status?.state = .stopping },
        Illness(testDescription: "does not follow node 1") { $0.consensus?.leader = AnswerPayload.nobody },
        Illness(testDescription: "is 3 entries behind") { $0.consensus?.applied = 17 },
        Illness(testDescription: "found the leader's state to be another 2 times") { $0.consensus?.divergences = 2 },
        Illness(testDescription: "differs from the leader's state between orders 1024 and 1500") {
            $0.consensus?.checkpoints[1].hash = 6
        },
    ])
    func whatIsWrongWithANodeIsSaid(illness: Illness) {
        let health = ClusterHealth(Self.answers { illness.change(&$0[2]) })
        #expect(!health.isHealthy && health.nodes.map(\.isHealthy) == [true, true, false])
        #expect(health.nodes[2].problems == [illness.testDescription])
        #expect(health.text.contains("node 2  UNHEALTHY  \(illness.testDescription)"))
    }

    @Test func whatCameAfterTheFirstQuestionIsNotLackedYet() {
        let answers = Self.answers { $0[1].consensus?.commit = 25 }
        #expect(!ClusterHealth(answers).isHealthy)
        #expect(ClusterHealth(answers, target: 20).isHealthy)
    }

    @Test func whereNobodyIsElectedReadinessIsEnough() {
        let health = ClusterHealth(Self.answers { for node in 0..<3 { $0[node].consensus?.hasLeaders = false } })
        #expect(health.isHealthy && health.nodes[0].role == nil && health.text.contains("healthy    ready"))
    }

    @Test func linksAreCountedByTheirDirections() {
        let health = ClusterHealth(
            Self.answers { answers in
                answers[0].status?.inboundExpected = 2
                answers[0].status?.outboundReady = 1
                answers[0].status?.outboundExpected = 3
            })
        #expect(health.nodes[0].links == 1 && health.nodes[0].linksExpected == 5)
        #expect(health.text.contains("links: 0 of 2 in, 1 of 3 out\n"))
    }

    @Test func whoLostANeighbourIsDegradedAndSaysWhomItLostAndWhen() {
        let health = ClusterHealth(
            Self.answers { answers in
                for node in 0..<3 {
                    answers[node].status?.inboundExpected = 2
                    answers[node].status?.outboundExpected = 2
                    answers[node].status?.inboundReady = node == 1 ? 2 : 1
                    answers[node].status?.outboundReady = node == 0 ? 1 : 2
                }
                answers[0].lostLinks = [
                    LostLink(node: 2, isIncoming: false, nanoseconds: 1_500_000_000),
                    LostLink(node: 2, isIncoming: true, nanoseconds: 1_200_000_000),
                ]
                answers[2].lostLinks = [LostLink(node: 0, isIncoming: true, nanoseconds: nil)]
                answers[2].status?.state = .joining
            })
        #expect(!health.isHealthy && health.nodes.map(\.isHealthy) == [false, true, false])
        #expect(health.nodes.map(\.isDegraded) == [true, false, false], "one that is not ready is worse")
        #expect(health.nodes[0].lostNeighbours == [LostNeighbour(id: 2, isUnheard: true, isDeaf: true, seconds: 1.5)])
        #expect(health.text.contains("node 0  DEGRADED   has no link with node 2 for 1.5 s, "))
        #expect(health.text.contains("node 2  UNHEALTHY  is not ready, does not hear node 0 yet, "))
        #expect(health.text.hasSuffix("1 of 3 nodes are healthy, 1 degraded.\n"))
    }

    @Test func whoDoesNotSayWhichLinksItLacksIsDegradedToo() {
        let health = ClusterHealth(Self.answers { $0[1].status?.outboundExpected = 1 })
        #expect(health.nodes[1].isDegraded && health.nodes[1].problems == ["lacks links, and does not say which"])
    }

    @Test func whatARoleAndALostHeartbeatAreIsSaid() {
        let text = ClusterHealth(
            Self.answers { answers in
                answers[0].consensus?.role = .preCandidate
                answers[0].consensus?.heartbeats = 9
                answers[0].consensus?.heartbeatsMissed = 2
            }
        ).text
        #expect(text.contains("precandidate (asks whether it would be elected) in term 4"))
        #expect(text.contains("9 heartbeats heard, 2 lost on the way"))
    }

    @Test func withoutALeaderNobodyIsHealthy() {
        let health = ClusterHealth(Self.answers { $0[1].consensus?.role = .follower })
        #expect(health.nodes.allSatisfy { $0.problems == ["nobody leads"] })
    }

    // MARK: - Whether the states are the same

    @Test func equalChainsPass() {
        let finding = CheckFinding(Self.answers())
        #expect(finding.outcome == .pass && finding.comparedThrough == 1_500)
        #expect(finding.text.hasPrefix("All 3 nodes have the same state through order 1500.\n"))
    }

    @Test func theFirstDifferenceIsNamedWithItsNodes() {
        let finding = CheckFinding(
            Self.answers { answers in
                answers[0].consensus?.checkpoints[0].hash = 33
                answers[0].consensus?.checkpoints[1].hash = 44
            })
        #expect(finding.outcome == .fail)
        #expect(finding.difference == StateDifference(after: 0, through: 1_024, camps: [[1, 2], [0]]))
        #expect(finding.text.hasPrefix("The states differ after order 1,024: nodes 1, 2 against node 0."))
    }

    @Test func aNodeThatIsBehindIsComparedAsFarAsItIs() {
        let finding = CheckFinding(
            Self.answers { answers in
                answers[2].consensus?.executed = 1_200
                answers[2].consensus?.checkpoints[1] = ConsensusReport.Checkpoint(orders: 1_200, hash: 4)
            })
        #expect(finding.outcome == .pass && finding.comparedThrough == 1_024)
        #expect(finding.nodes.map(\.comparedThrough) == [1_500, 1_500, 1_024])
    }

    @Test func whatCannotBeComparedIsUnknown() {
        let strange = CheckFinding(
            Self.answers { $0[2].consensus?.checkpoints = [ConsensusReport.Checkpoint(orders: 7, hash: 1)] })
        #expect(strange.outcome == .unknown && strange.nodes[2].comparedThrough == nil)
        let silent = CheckFinding(Self.answers { $0[2].consensus = nil })
        #expect(silent.outcome == .unknown && silent.text.contains("node 2  did not answer"))
        let alone = CheckFinding([Self.answers()[0]])
        #expect(alone.outcome == .unknown && alone.text.contains("and no other node answered to compare it with"))
        #expect(!alone.text.contains("another has one"))
        let none = CheckFinding(Self.answers { for node in 0..<3 { $0[node].consensus?.hasLeaders = false } })
        #expect(none.outcome == .unknown && none.text.contains("--consensus none"))
    }

    // MARK: - Which nodes

    @Test func nodesThatAreListedWronglyAreRefused() {
        #expect(throws: Never.self) { try Inspection.requireOneCluster(Self.answers()) }
        #expect(throws: Failure.self) { try Inspection.requireOneCluster(Self.answers { $0[0].status?.node = 2 }) }
        #expect(throws: Failure.self) {
            try Inspection.requireOneCluster(Self.answers { $0[0].status?.clusterDigest = 2 })
        }
        #expect(throws: Failure.self, "a node is left out") {
            try Inspection.requireOneCluster(Self.answers { $0[0].status?.nodes = 4 })
        }
    }
}

import Cluster
import Reporting
import Runtime
import Testing
import Topology
import Wire

@testable import Conductor

/// What became of the tasks of a pipeline, by what its nodes say.
@Suite struct PipelineAccountTests {
    private static let life: UInt32 = 7

    /// A pipeline of two workers whose source says what it handed out, and whose sink says what came.
    private struct MadeUpPipeline {
        var sent: UInt64 = 100
        var handed: [UInt64] = [50, 50]
        var takenBack: [UInt64] = [0, 0]
        var received: [UInt64] = [50, 50]
        var firsts: [UInt64] = [50, 50]
        var announced: UInt64? = 100
        var outstanding: UInt32 = 0
        var stale: UInt64 = 0
        var died: Set<Int> = []

        var evidence: RunEvidence {
            get throws {
                var source = NodeReport()
                source.status.incarnation = life
                source.status.queued = outstanding
                source.streams = [
                    stream(life | Header.warmupBit) { $0.sent = 1_000 },
                    stream(life) { report in
                        report.entersHere = true
                        report.sent = sent
                        report.inbound = (0..<2).map {
                            InboundReport(
                                from: UInt16($0 + 1), received: handed[$0], forwarded: firsts[$0],
                                refused: takenBack[$0])
                        }
                    },
                ]
                var sink = NodeReport()
                let unique = firsts.reduce(0, +)
                sink.streams = [
                    // Of a life of the source before this run.
                    stream(life - 1) { $0.unique = 12_345 },
                    stream(life) { report in
                        report.announced = announced
                        report.unique = unique
                        report.stale = stale
                        report.duplicate = received.reduce(0, +) - unique - stale
                        report.indexEnd = sent
                        report.inbound = (0..<2).map {
                            InboundReport(
                                from: UInt16($0 + 1), received: received[$0], forwarded: firsts[$0], refused: 0)
                        }
                    },
                ]
                let reports: [Wire.NodeReport?] = [source, NodeReport(), NodeReport(), sink]
                return RunEvidence(
                    graph: try PipelinePlan(nodes: 4).graph(),
                    reports: reports.enumerated().map { died.contains($0) ? nil : $1 }, died: died, client: nil,
                    isQuiet: true, measuredNanoseconds: 0, durationNanoseconds: 1)
            }
        }

        private func stream(_ incarnation: UInt32, _ edit: (inout StreamReport) -> Void) -> StreamReport {
            var report = StreamReport()
            report.incarnation = incarnation
            edit(&report)
            return report
        }
    }

    private static func account(_ edit: (inout MadeUpPipeline) -> Void) throws -> PipelineAccount {
        var pipeline = MadeUpPipeline()
        edit(&pipeline)
        let account = PipelineAccount(try pipeline.evidence)
        #expect(account.report.tasks == account.report.done + account.report.missing)
        #expect(account.report.results == account.report.done + account.report.duplicate)
        #expect(account.losses.reduce(0) { $0 + $1.deliveries } == account.ledger.missing)
        #expect(account.ledger.expected == account.ledger.unique + account.ledger.missing)
        return account
    }

    @Test func everyTaskThatIsDoneOnceIsJustThat() throws {
        let account = try Self.account { _ in }
        #expect(account.report.tasks == 100 && account.report.done == 100 && account.report.resent == 0)
        #expect(account.report.workers.map(\.share) == [50, 50] && account.report.grade == "perfect")
        #expect(account.losses.isEmpty && account.isClosed && account.ledger.unexplained == 0)
        #expect(account.framesByLink[Link(from: 0, to: 1)] == 50 && account.framesByLink[Link(from: 2, to: 3)] == 50)
    }

    @Test func copiesAreCountedWhetherTheSinkRemembersOrNot() throws {
        let account = try Self.account {
            $0.handed = [50, 63]
            $0.takenBack = [13, 0]
            $0.received = [45, 60]
            $0.firsts = [40, 60]
            $0.stale = 2
            $0.died = [1]
        }
        #expect(account.report.done == 100 && account.report.duplicate == 5 && account.report.resent == 13)
        #expect(account.ledger.duplicate == 5)
        #expect(account.report.workers.map(\.takenBack) == [13, 0])
        #expect(account.report.workers.map(\.results) == [45, 60])
        #expect(account.losses.isEmpty)
    }

    @Test func whatIsMissingBehindADeadSinkIsPutDownToIt() throws {
        let account = try Self.account {
            $0.firsts = [40, 30]
            $0.died = [3]
        }
        // The source was told of seventy.
        #expect(account.report.done == 70 && account.report.missing == 30 && !account.isClosed)
        #expect(account.losses.map(\.cause) == ["receiverDown"])
    }

    @Test func ofADeadSourceTheSinkKnowsHowFarItCame() throws {
        let account = try Self.account {
            $0.received = [40, 50]
            $0.firsts = [40, 50]
            $0.announced = nil
            $0.died = [0]
        }
        #expect(account.report.tasks == 100 && account.report.missing == 10 && !account.isClosed)
        #expect(account.losses.map(\.cause) == ["originDown"])
    }

    @Test func withoutWorkersTheWayIsGone() throws {
        let account = try Self.account {
            $0.received = [10, 10]
            $0.firsts = [10, 10]
            $0.announced = nil
            $0.died = [1, 2]
        }
        #expect(account.losses.map(\.cause) == ["forwarderDown"] && account.report.missing == 80)
    }

    @Test func whatTheSourceStillHasIsOnItsWay() throws {
        let account = try Self.account {
            $0.received = [45, 50]
            $0.firsts = [45, 50]
            $0.outstanding = 5
        }
        #expect(account.losses.map(\.cause) == ["inFlightAtStop"])
    }

    @Test func whatNobodyHasAndNothingExplainsIsUnexplained() throws {
        let account = try Self.account {
            $0.received = [45, 50]
            $0.firsts = [45, 50]
        }
        #expect(account.ledger.unexplained == 5 && account.losses.map(\.cause) == ["unexplained"])
    }

    @Test func aPipelineWithoutItsEndsOrAnyWorkerIsHopeless() {
        var scenario = Scenario(topology: "pipeline", nodes: 5)
        #expect(!scenario.isHopeless(without: [0, 4]), "only pipelines have ends")
        scenario.pipeline = PipelineOptions.Values(
            workNanoseconds: 0, outstandingMax: 1, taskTimeoutNanoseconds: 1_000_000_000)
        #expect(!scenario.isHopeless(without: []) && !scenario.isHopeless(without: [1, 2]))
        #expect(scenario.isHopeless(without: [0]) && scenario.isHopeless(without: [4]))
        #expect(scenario.isHopeless(without: [1, 2, 3]))
    }
}

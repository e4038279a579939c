import Testing

@testable import Reporting

/// What a load client that nobody conducts says of nodes that were not there all the time.
@Suite struct ClientNodesTests {
    /// A client of a cluster with a leader that lost nothing.
    private static func client(_ consensus: String = "leader") -> ClientReport {
        var client = Sample.client()
        (client.orders, client.failures, client.consensus) = (nil, [], consensus)
        client.ledger = LedgerReport(sent: 100, expected: 100, unique: 100)
        client.losses = []
        client.settings.overflow = "block"
        return client
    }

    private static func judged(_ client: ClientReport) -> ClientReport {
        var client = client
        client.verdict = Judge.verdict(of: client)
        return client
    }

    private static func words(_ client: ClientReport) -> String {
        TextReport.clientSummary(client).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func aPassInWhichANodeDidNotAnswerAnyMoreSaysSo() {
        var client = Self.client()
        client.perNode[0].seen = .unanswering
        client.perNode[0].silentSince = 3.24
        client.longestGap = AcknowledgementGap(atSeconds: 3.2, seconds: 1.31)
        client = Self.judged(client)
        #expect(client.verdict.outcome == .pass)
        let since = "did not answer from about 3.2 s of the measured time on (it died, hung, or could not be reached)"
        #expect(
            client.verdict.notes == [
                "What node 0 got is in no number: it \(since), and deliveries are owed to the nodes that answer.",
                "The longest time without an acknowledgement was 1.31 s, from 3.20 s of the measured time on.",
            ])
        let text = Self.words(client)
        #expect(text.contains("although node 0 \(since).") && text.contains("Not to be overlooked:"), "\(text)")
        #expect(text.contains("Node 0 \(since)."))
    }

    @Test func sinceWhenIsSaidWhereItIsKnownOnly() {
        var client = Self.client()
        client.perNode[1].seen = .unanswering
        client = Self.judged(client)
        #expect(client.verdict.notes.first?.contains("it did not answer at the end (it died") == true)
        #expect(client.verdict.notes.count == 1, "no gap is kept")
    }

    @Test func whoWasStartedAgainIsNamedAndIsOwedWhatAllAre() {
        var client = Self.client()
        client.perNode[0].seen = .restarted
        client = Self.judged(client)
        #expect(
            client.verdict.notes
                == ["Node 0 was started again during the load; what it has it got from the others' log."])
        #expect(Self.words(client).contains("although node 0 was started again during the load."))
    }

    @Test func withoutAMajorityNothingPasses() {
        var client = Self.client()
        for place in client.perNode.indices { client.perNode[place].seen = .unanswering }
        #expect(Judge.verdict(of: client).reasons.contains { $0.hasSuffix("no majority is left.") })
    }

    @Test func withoutALeaderANodeThatIsGoneFailsTheRunAndNoPolicyIsBlamed() {
        var client = Self.client("none")
        client.perNode[0].seen = .unanswering
        client.perNode[0].deliveries = nil
        client.ledger = LedgerReport(sent: 100, expected: 100, unique: 90)
        client.ledger.missing = 10
        client.losses = [LossReport(cause: "originDown", deliveries: 10)]
        #expect(
            Judge.verdict(of: client).reasons == [
                "10 of 100 deliveries are missing, all of them because node 0 did not answer.",
                "Node 0 did not answer at the end (it died, hung, or could not be reached).",
            ])
        client.perNode[0].seen = .restarted
        #expect(
            Judge.verdict(of: client).reasons == [
                "10 of 100 deliveries are missing, all of them because node 0 was started again.",
                "Node 0 was started again during the load.",
            ])
    }

    @Test func putTogetherOrShownAgainItSaysTheSame() throws {
        var client = Self.client()
        client.perNode[0].seen = .unanswering
        client.perNode[0].silentSince = 3.24
        client = Self.judged(client)
        let report = Report(client: client)
        #expect(report.verdict == client.verdict && Judge.verdict(of: report.runs[0]).outcome == .pass)
        #expect(TextReport.document(report).contains("although node 0 did not answer from about"))
        let again = try ReportJSON.decodeClientReport(try ReportJSON.encode(client))
        #expect(again == client)
    }

    @Test func theClientsReportSaysWhatItMeasured() {
        var client = Self.client()
        #expect(Self.words(client).contains("\(Numbers.nodes(client.perNode.count)), with a leader"))
        client.topology = "ring"
        client.consensus = "none"
        #expect(TextReport.clientSummary(client).contains("\nring, \(Numbers.nodes(client.perNode.count))\n"))
    }
}

import Reporting
import Testing

/// The identities that hold in every report, whatever happened.
func expectIdentities(_ run: RunReport, at place: SourceLocation = #_sourceLocation) {
    let ledger = run.ledger
    #expect(ledger.expected == ledger.unique + ledger.missing, sourceLocation: place)
    #expect(run.losses.reduce(0) { $0 + $1.deliveries } == ledger.missing, sourceLocation: place)
    #expect(run.perNode.reduce(0) { $0 + ($1.uniqueDeliveries ?? 0) } == ledger.unique, sourceLocation: place)
    #expect(ledger.unexplained == 0, "\(run.losses)", sourceLocation: place)
    if let orders = run.clients {
        let answered = orders.acknowledged + orders.rejected + orders.refused
        #expect(orders.sent == answered + orders.unacknowledged, sourceLocation: place)
    }
    if let latency = run.latency { #expect(latency.count <= ledger.unique, sourceLocation: place) }
}

/// A run that lost nothing and kept the law.
///
/// Its verdict is a pass. With an asked rate, a busy machine may have kept the run from reaching it, which is no
/// defect: then, and only then, it may be unknown.
func expectComplete(_ run: RunReport, _ ending: Command.Ending, at place: SourceLocation = #_sourceLocation) {
    expectIdentities(run, at: place)
    #expect(run.ledger.missing == 0 && run.ledger.sent > 0, "\(run.losses)", sourceLocation: place)
    #expect(run.measured?.messagesPerBroadcast == run.laws?.messagesPerBroadcast, sourceLocation: place)
    #expect(run.measured?.links == run.laws?.links, sourceLocation: place)
    let isLate = run.rate.asked != nil && run.verdict.outcome == .unknown
    if isLate {
        #expect(
            run.verdict.reasons.allSatisfy { $0.hasPrefix("The asked rate was not reached") }, sourceLocation: place)
    } else {
        #expect(run.verdict == Verdict(outcome: .pass), sourceLocation: place)
    }
    #expect(ending.code == run.verdict.outcome.exitCode, "\(ending.error)", sourceLocation: place)
}

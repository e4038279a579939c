/// What assertions look at: the figures that a run and a client's measurement have in common.
struct AssertedFigures {
    var ledger: LedgerReport
    var orders: ClientOrders?
    /// The latency a reader asks for first.
    var latency: LatencyReport?
    var sendLatency: LatencyReport?
    var sendLag: LatencyReport?
    var acknowledgement: LatencyReport?
    var rate: RateReport
    var sigmaPercent: Double?
    var nodes: [NodeReport]
    var agreement: AgreementReport?

    init(_ run: RunReport) {
        ledger = run.ledger
        orders = run.clients
        latency = run.mainLatency
        sendLatency = run.sendLatency
        sendLag = run.sendLag
        acknowledgement = run.acknowledgement
        rate = run.rate
        sigmaPercent = run.balance?.sigmaPercent ?? run.pipeline?.sigmaPercent
        nodes = run.perNode
        agreement = run.agreement
    }

    init(_ client: ClientReport) {
        ledger = client.ledger
        orders = client.orders
        latency = [client.latency, client.acknowledgement].compactMap(\.self).first { $0.count > 0 }
        sendLag = client.sendLag
        acknowledgement = client.acknowledgement
        rate = client.rate
        sigmaPercent = client.balance?.sigmaPercent
        nodes = []
    }
}

extension RunReport {
    /// A load client's measurement as the report of a run, so that everything made for runs can be made of it.
    ///
    /// What a client does not know is left out: links, laws, and what nodes used.
    public init(client: ClientReport) {
        // Older documents say what failed in words only.
        let attributed = client.ledger.missing - min(client.ledger.missing, client.ledger.unexplained)
        let losses = client.losses ?? [LossReport(cause: Self.causeNotKept, deliveries: attributed)]
        self.init(
            topology: client.topology ?? "unknown", nodes: client.perNode.count, pattern: client.pattern,
            transport: client.transport ?? "tcp", consensus: client.consensus ?? "none", settings: client.settings,
            verdict: client.verdict,
            completion: CompletionReport(barrierReached: true, endsExpected: 0, endsReceived: 0),
            ledger: client.ledger, losses: losses.filter { $0.deliveries > 0 }, latency: client.latency,
            sendLag: client.sendLag, acknowledgement: client.acknowledgement, rate: client.rate,
            perNode: client.perNode.map {
                NodeReport(
                    id: $0.id, cpuPercent: nil, cpuSeconds: nil, residentBytes: nil, uniqueDeliveries: $0.deliveries,
                    sharePercent: $0.sharePercent, orders: $0.orders, silentSince: $0.silentSince, seen: $0.seen)
            },
            balance: client.balance, timeline: client.timeline, curve: client.curve, clients: client.orders)
        heldBack = client.heldBack
        clocks = client.clocks
        assertions = client.assertions
        startedAtSeconds = client.startedAtSeconds
    }

    /// The cause of missing deliveries of a document that does not keep it.
    static let causeNotKept = "notKept"
}

extension Report {
    /// The document of `loadclient --json` as a report of its own.
    public init(client: ClientReport) {
        self.init(
            name: client.name, kind: .run, createdAt: client.createdAt, version: client.version,
            commandLine: client.commandLine, options: client.options, seed: client.seed,
            environment: client.environment, verdict: client.verdict, runs: [RunReport(client: client)])
    }
}

extension TextReport {
    /// One run in full: overall statistics, latency, load balancing with bars, failure analysis.
    public static func runSummary(_ run: RunReport, ascii: Bool = false) -> String {
        runSections(run, ascii: ascii) + SummaryWriter.end
    }

    /// A run's summary without the line that says that the report ends.
    ///
    /// - Parameters:
    ///   - word: what it came to, where that is not its verdict.
    ///   - saysWhy: whether the reasons of its verdict are told here.
    static func runSections(_ run: RunReport, ascii: Bool, word: String? = nil, saysWhy: Bool = true) -> String {
        var writer = SummaryWriter(style: TextStyle(ascii: ascii))
        writer.title(
            "\(run.shapeName), \(Numbers.nodes(run.nodes)), \(run.pattern) over \(run.transport), run \(run.repeat) - "
                + (word ?? run.verdict.outcome.rawValue).uppercased())
        writer.orders(run.clients)
        writer.deliveries(run.ledger, rate: run.rate, settings: run.settings)
        if let laws = run.laws, let measured = run.measured, measured.broadcasts > 0 {
            writer.laws(laws, measured: measured, missing: run.ledger.missing)
            for note in RunNotes.laws(run) { writer.note(note) }
        }
        if let pipeline = run.pipeline { writer.pipeline(pipeline) }
        if let agreement = run.agreement {
            writer.agreement(agreement, deaths: run.perNode.filter { $0.isLost })
        }
        if let books = run.books { writer.orderBooks(books) }
        let end = run.pipeline == nil ? "delivery, all receivers" : "done at the sink"
        writer.latencies([
            ("LATENCY (due time to \(end))", run.latency),
            ("REQUEST LATENCY (due time to acknowledgement)", run.acknowledgement),
            (
                run.pipeline == nil ? "LATENCY (actual send to delivery)" : "LATENCY (last send to done)",
                run.sendLatency
            ),
            ("SEND LAG (due time to actual send)", run.sendLag),
            ("HELD BACK (due time until orders were taken)", run.heldBack),
        ])
        for note in [RunNotes.heldBack(run.heldBack), RunNotes.latency(run)] { writer.note(note) }
        writer.clocks(run.clocks)
        let hasOrders = run.perNode.contains { $0.orders > 0 }
        // With an elected leader all orders go to it, and everybody has all deliveries.
        if run.pipeline == nil && run.agreement == nil {
            writer.balance(
                run.perNode.map {
                    (id: $0.id, count: hasOrders ? $0.orders : $0.uniqueDeliveries, share: $0.sharePercent)
                },
                unit: hasOrders ? "orders" : "deliveries", balance: run.balance)
        }
        writer.workers(run.workers)
        writer.nodes(run.perNode)
        for note in RunNotes.nodes(run) { writer.note(note) }
        writer.events(run.events)
        var failures = run.losses.filter { $0.cause != LossReport.unexplainedCause }
            .map { (cause: $0.words + ($0.detail.map { ", \($0)" } ?? ""), count: $0.deliveries) }
        failures.append((LossReport.unexplainedCause, run.ledger.unexplained))
        failures.append(("orders refused", run.clients?.refused ?? 0))
        failures.append(("orders never answered", run.clients?.unacknowledged ?? 0))
        let undelivered = run.workers?.compactMap(\.undelivered).reduce(0, +) ?? 0
        let unsent = run.clients?.unsent ?? 0
        failures.append(("orders due, never sent", unsent - min(unsent, undelivered)))
        let cut = run.workers?.filter { $0.end == .interrupted }.compactMap(\.undelivered).reduce(0, +) ?? 0
        failures.append(("orders of interrupted workers, never sent", cut))
        failures.append(("orders of lost workers that no node took", undelivered - cut))
        writer.failures(failures)
        writer.assertions(run.assertions)
        if saysWhy { writer.reasons(run.verdict) }
        return writer.text
    }

    /// One client's measurement in full, in the layout of a run's summary.
    public static func clientSummary(_ client: ClientReport, ascii: Bool = false) -> String {
        var writer = SummaryWriter(style: TextStyle(ascii: ascii))
        let shape = client.topology.map { "\($0), " } ?? ""
        writer.title("\(client.name), \(client.pattern) - \(client.verdict.outcome.rawValue.uppercased())")
        let leader = client.consensus == "leader" ? ", with a leader" : ""
        writer.line("\(shape)\(Numbers.nodes(client.perNode.count))\(leader)")
        writer.orders(client.orders)
        writer.deliveries(client.ledger, rate: client.rate, settings: client.settings)
        writer.latencies([
            ("REQUEST LATENCY (due time to acknowledgement)", client.acknowledgement),
            ("LATENCY (due time to delivery)", client.latency),
            ("SEND LAG (due time to actual send)", client.sendLag),
            ("HELD BACK (due time until orders were taken)", client.heldBack),
        ])
        writer.note(RunNotes.heldBack(client.heldBack))
        writer.clocks(client.clocks)
        writer.note(client.environment.shaping.map { "The network was shaped: \($0)." })
        let hasOrders = client.perNode.contains { $0.orders > 0 }
        writer.balance(
            client.perNode.map { (id: $0.id, count: hasOrders ? $0.orders : $0.deliveries, share: $0.sharePercent) },
            unit: hasOrders ? "orders" : "deliveries", balance: client.balance)
        for fate in Judge.fates(RunReport(client: client)) { writer.note(fate) }
        writer.failures(client.failures.map { (cause: $0.cause, count: $0.count) })
        writer.assertions(client.assertions)
        return writer.text + "\n" + verdict(of: client, ascii: ascii) + SummaryWriter.end
    }
}

/// Writes the sections of a summary.
struct SummaryWriter {
    private static let width = 60
    private static let labelWidth = 22
    /// One block of a bar stands for this many percent.
    private static let percentPerBlock = 2.0

    /// The last lines of a report.
    static var end: String {
        let rule = String(repeating: "=", count: width)
        return "\n\(rule)\nEnd of Report\n\(rule)\n"
    }

    let style: TextStyle
    var text = ""

    init(style: TextStyle) {
        self.style = style
    }

    mutating func title(_ title: String) {
        line(String(repeating: "=", count: Self.width))
        line(style.clean(title))
        line(String(repeating: "=", count: Self.width))
    }

    mutating func orders(_ orders: ClientOrders?) {
        guard let orders else { return }
        section("OVERALL STATISTICS - Requests")
        let failed = orders.failed
        entry("Total requests", Numbers.grouped(orders.due))
        entry("Successful requests", Numbers.grouped(orders.acknowledged))
        rejections(orders)
        entry("Failed requests", Numbers.grouped(failed))
        if let unsent = orders.unsent, unsent > 0 { entry("  due, never sent", Numbers.grouped(unsent)) }
        if let unknown = orders.unknown, unknown > 0 {
            entry("Not known", "\(Numbers.grouped(unknown)) (nodes took them of a worker that was lost)")
        }
        entry("Failure rate", percent(failed, of: orders.due))
    }

    mutating func deliveries(_ ledger: LedgerReport, rate: RateReport, settings: RunSettings) {
        section("OVERALL STATISTICS - Deliveries")
        entry("Messages sent", Numbers.grouped(ledger.sent))
        entry("Deliveries expected", Numbers.grouped(ledger.expected))
        entry("Delivered", Numbers.grouped(ledger.unique))
        entry("Missing", Numbers.grouped(ledger.missing))
        entry("Loss rate", percent(ledger.missing, of: ledger.expected))
        if ledger.duplicate > 0 { entry("Copies suppressed", Numbers.grouped(ledger.duplicate)) }
        if ledger.reordered > 0 {
            entry(
                "Reordered",
                "\(Numbers.grouped(ledger.reordered)) (by at most \(Numbers.grouped(ledger.reorderDistanceMax)))")
        }
        if ledger.late > 0 { entry("Late", Numbers.grouped(ledger.late)) }
        if ledger.stale > 0 { entry("Stale", "\(Numbers.grouped(ledger.stale)) (too old to tell from copies)") }
        let asked = rate.asked.map { "\(Numbers.fixed($0, decimals: 0))/s" }
        entry("Rate asked", asked ?? [settings.askedRate, settings.rateNote].compactMap { $0 }.joined(separator: ", "))
        entry("Rate achieved", "\(Numbers.fixed(rate.achieved, decimals: 0))/s")
        entry("Delivery rate", "\(Numbers.fixed(rate.deliveriesPerSecond, decimals: 0))/s")
    }

    mutating func pipeline(_ pipeline: PipelineReport) {
        section("WORK QUEUE")
        entry("Tasks", Numbers.grouped(pipeline.tasks))
        entry("Done", Numbers.grouped(pipeline.done))
        entry("Missing", Numbers.grouped(pipeline.missing))
        entry("Results", Numbers.grouped(pipeline.results))
        entry("  of tasks done twice", Numbers.grouped(pipeline.duplicate))
        entry("Sent again", Numbers.grouped(pipeline.resent))
        let balance = BalanceReport(
            shares: pipeline.workers.map(\.share), sigmaPercent: pipeline.sigmaPercent, grade: pipeline.grade)
        self.balance(
            pipeline.workers.map { (id: $0.node, count: $0.done, share: $0.share) }, unit: "tasks", balance: balance)
    }

    mutating func laws(_ laws: LawReport, measured: MeasuredReport, missing: UInt64) {
        func pair(_ law: Double, _ value: Double, isJudged: Bool) -> String {
            LawText.pair(law, value, isJudged: isJudged && missing == 0, style: style)
        }
        section("TOPOLOGY (law = measured)")
        entry("Links", pair(Double(laws.links), Double(measured.links), isJudged: true))
        entry("Messages per broadcast", pair(laws.messagesPerBroadcast, measured.messagesPerBroadcast, isJudged: true))
        let raced = measured.longestHops.map { $0 > measured.worstHops ? " (first copies: up to \($0))" : "" } ?? ""
        entry(
            "Worst hops", pair(Double(laws.worstHops), Double(measured.worstHops), isJudged: false) + raced)
        entry("Mean hops", pair(laws.meanHops, measured.meanHops, isJudged: false))
    }

    mutating func latencies(_ latencies: [(title: String, latency: LatencyReport?)]) {
        for (title, latency) in latencies {
            guard let latency, latency.count > 0 || latency.negative > 0 else { continue }
            section(title)
            entry("Minimum", style.longDuration(Double(latency.min)))
            entry("Maximum", style.longDuration(Double(latency.max)))
            entry("Average", style.longDuration(latency.mean))
            let (bounds, count) = (latency.confidence, latency.count)
            percentile("Median (P50)", latency.p50, 50, bounds?.p50, of: count)
            percentile("90th percentile", latency.p90, 90, bounds?.p90, of: count)
            percentile("95th percentile", latency.p95, 95, bounds?.p95, of: count)
            percentile("99th percentile", latency.p99, 99, bounds?.p99, of: count)
            percentile("99.9th percentile", latency.p999, 99.9, bounds?.p999, of: count)
            // Few runs have the values for it: where they are too few it says nothing.
            if let p9999 = latency.percentile(99.99, latency.p9999) {
                percentile("99.99th percentile", UInt64(p9999), 99.99, bounds?.p9999, of: count)
            }
            if latency.negative > 0 { entry("Below zero", Numbers.grouped(latency.negative)) }
        }
    }

    mutating func clocks(_ clocks: ClocksReport?) {
        guard let clocks else { return }
        section("CLOCKS")
        text += TextWrap.wrap(style.clean("Latencies rest on " + clocks.line(style) + "."), width: Self.width + 20)
        for each in clocks.lines(style) { line(each) }
    }

    mutating func balance(
        _ nodes: [(id: Int, count: UInt64?, share: Double?)], unit: String, balance: BalanceReport?
    ) {
        guard !nodes.isEmpty else { return }
        section("LOAD BALANCING - Node Distribution")
        let idWidth = nodes.map { String($0.id).count }.max() ?? 1
        let countWidth = nodes.map { Numbers.grouped($0.count).count }.max() ?? 1
        for node in nodes {
            let count = pad(Numbers.grouped(node.count), to: countWidth)
            let share = pad(Numbers.fixed(node.share, decimals: 2), to: 6)
            let bar = String(repeating: style.block, count: blocks(node.share ?? 0))
            line("Node \(pad(String(node.id), to: idWidth)):  \(count) \(unit) (\(share)%) \(bar)")
        }
        if let balance {
            line(
                "Standard deviation: \(style.sigma) = \(Numbers.fixed(balance.sigmaPercent, decimals: 2))%"
                    + (balance.grade.map { " (\($0))" } ?? "")
            )
        }
    }

    mutating func nodes(_ nodes: [NodeReport]) {
        guard !nodes.isEmpty else { return }
        section("NODES")
        var columns: [TextTable.Column] = [
            .init(title: "Node", leading: true), .init(title: "CPU"), .init(title: "CPU time"),
            .init(title: "Memory"), .init(title: "Deliveries"),
        ]
        // Only nodes that were told no addresses looked for each other.
        let looked = nodes.contains { $0.discoverySeconds != nil }
        if looked { columns.append(.init(title: "Found cluster in")) }
        var table = TextTable(columns: columns)
        for node in nodes {
            let died = node.fate.map { "  \($0)" } ?? ""
            table.rows.append(
                [
                    "\(node.id)\(died)", Numbers.fixed(node.cpuPercent, decimals: 1, unit: "%"),
                    Numbers.fixed(node.cpuSeconds, decimals: 2, unit: " s"),
                    node.residentBytes.map { style.bytes(Double($0)) } ?? Numbers.none,
                    Numbers.grouped(node.uniqueDeliveries),
                ] + (looked ? [node.discoverySeconds.map { style.duration($0 * 1e9) } ?? Numbers.none] : []))
        }
        append(table)
    }

    mutating func failures(_ failures: [(cause: String, count: UInt64)]) {
        let failures = failures.filter { $0.count > 0 }.sorted { $0.count > $1.count }
        section("FAILURE ANALYSIS" + (failures.isEmpty ? "" : " (shares of all that failed)"))
        guard !failures.isEmpty else {
            line("Nothing was lost and nothing failed.")
            return
        }
        let total = failures.reduce(0) { $0 + $1.count }
        let causes = failures.map { style.clean($0.cause) }
        let causeWidth = min(causes.map(\.count).max() ?? 0, 60)
        let countWidth = failures.map { Numbers.grouped($0.count).count }.max() ?? 1
        for (cause, failure) in zip(causes, failures) {
            let padding = String(repeating: " ", count: max(causeWidth - cause.count, 0))
            let share = pad(Numbers.fixed(Double(failure.count) / Double(total) * 100, decimals: 2), to: 6)
            line("\(cause)\(padding) : \(pad(Numbers.grouped(failure.count), to: countWidth)) (\(share)%)")
        }
    }

    mutating func reasons(_ verdict: Verdict) {
        list(verdict.reasons, under: "WHY \(verdict.outcome.rawValue.uppercased())")
        list(verdict.notes, under: "NOT TO BE OVERLOOKED")
    }

    private mutating func list(_ sentences: [String], under title: String) {
        guard !sentences.isEmpty else { return }
        section(title)
        for sentence in sentences {
            text += TextWrap.wrap(style.clean(sentence), width: Self.width + 20, first: "- ", indent: "  ")
        }
    }

    /// Writes a table that may be wider than the rules.
    mutating func append(_ table: TextTable) {
        text += table.render(width: Self.width * 2)
    }

    /// Writes a sentence that belongs to the numbers above it.
    mutating func note(_ note: String?) {
        if let note { text += TextWrap.wrap(style.clean(note), width: Self.width + 20) }
    }

    /// Writes what happened, and when.
    mutating func events(_ events: [EventReport]) {
        guard !events.isEmpty else { return }
        section("WHAT HAPPENED (from the begin of the measured time)")
        let times = events.map { Moment.plain($0.seconds) }
        let width = times.map(\.count).max() ?? 0
        let indent = String(repeating: " ", count: width + 2)
        for (event, time) in zip(events, times) {
            let log = event.log.map { "; its log: \($0.path)" } ?? ""
            text += TextWrap.wrap(
                style.clean(event.text + log), width: Self.width + 40, first: pad(time, to: width) + "  ",
                indent: indent)
        }
    }

    mutating func line(_ line: String) {
        text += style.clean(line) + "\n"
    }

    mutating func section(_ title: String) {
        line("")
        line(title)
        line(String(repeating: "-", count: Self.width))
    }

    mutating func entry(_ label: String, _ value: String) {
        let padding = String(repeating: " ", count: max(Self.labelWidth - label.count, 0))
        line("\(label):\(padding) \(value)")
    }

    private func percent(_ part: UInt64, of whole: UInt64) -> String {
        guard whole > 0 else { return Numbers.none }
        let percent = Double(part) / Double(whole) * 100
        return part > 0 && percent < 0.005 ? "<0.01%" : "\(Numbers.fixed(percent, decimals: 2))%"
    }

    func pad(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }

    private func blocks(_ share: Double) -> Int {
        guard share.isFinite else { return 0 }
        return Int((min(max(share, 0), 100) / Self.percentPerBlock).rounded(.down))
    }
}

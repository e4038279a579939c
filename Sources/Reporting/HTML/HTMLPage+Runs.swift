extension HTMLPage {
    /// Every run with its account and its nodes; closed when there are several.
    func runDetails() -> Markup {
        guard !report.runs.isEmpty else { return "" }
        var items: Markup = ""
        let open: Markup = report.runs.count == 1 ? " open" : ""
        for run in report.runs {
            let latency = run.mainLatency.map {
                "p50 \(style.duration(Double($0.p50))), p99 \(style.duration(Double($0.p99)))"
            }
            let alone = (outcome: run.verdict.outcome, word: run.verdict.outcome.rawValue)
            let standing = report.loadCurve?.standing(of: run) ?? alone
            let reasons: [Markup] = (run.verdict.reasons + run.verdict.notes).map { "<li>\($0)</li>" }
            let list: Markup = reasons.isEmpty ? "" : "<ul style=\"margin-top:0;padding-left:20px\">\(reasons)</ul>"
            items += """
                <details\(open)><summary>\(run.shapeName), \(Numbers.nodes(run.nodes)), run \(run.repeat)\(badge(standing.outcome, word: standing.word))\
                <span class="note">\(latency ?? "")</span></summary>
                <div class="body">\(list)<div class="pair">\(account(run))\(latencies(run))</div></div>
                \(run.pipeline.map { workQueue($0, of: run) } ?? "")\(run.books.map { orderBooks($0) } ?? "")\
                \(workers(run))\(nodes(run))</details>

                """
        }
        return "<section><h2>Runs in full</h2><div style=\"margin-top:14px\">\(items)</div></section>"
    }

    private func account(_ run: RunReport) -> Markup {
        let ledger = run.ledger
        var pairs: [(String, String)] = [
            ("Messages sent", Numbers.grouped(ledger.sent)),
            ("Deliveries expected", Numbers.grouped(ledger.expected)),
            ("Delivered", Numbers.grouped(ledger.unique)),
            ("Missing", Numbers.grouped(ledger.missing)),
            ("Unexplained", Numbers.grouped(ledger.unexplained)),
            ("Copies suppressed", Numbers.grouped(ledger.duplicate)),
            ("Reordered", reordered(ledger)),
            ("Late (after the end was known)", Numbers.grouped(ledger.late)),
            ("Stale (too old to tell from copies)", Numbers.grouped(ledger.stale)),
        ]
        if let orders = run.clients {
            pairs.append(("Orders sent", Numbers.grouped(orders.sent)))
            pairs.append(("Orders acknowledged", Numbers.grouped(orders.acknowledged)))
            if orders.rejected > 0 {
                pairs.append(
                    ("Orders rejected by the book", "\(Numbers.grouped(orders.rejected)): \(orders.rejections.line)"))
            }
            pairs.append(
                (
                    "Orders refused, not answered",
                    "\(Numbers.grouped(orders.refused)), \(Numbers.grouped(orders.unacknowledged))"
                ))
            if let unsent = orders.unsent, unsent > 0 {
                pairs.append(("Orders due, never sent", Numbers.grouped(unsent)))
            }
            if let unknown = orders.unknown, unknown > 0 {
                pairs.append(("Orders of lost workers that nodes took", Numbers.grouped(unknown)))
            }
        }
        return "<div><h3>Ledger</h3>\(definitionList(pairs))</div>"
    }

    private func reordered(_ ledger: LedgerReport) -> String {
        guard ledger.reordered > 0 else { return "0" }
        return "\(Numbers.grouped(ledger.reordered)), by at most \(Numbers.grouped(ledger.reorderDistanceMax))"
    }

    private func latencies(_ run: RunReport) -> Markup {
        let named: [(String, LatencyReport?)] = [
            ("Due time to delivery", run.latency), ("Send to delivery", run.sendLatency),
            ("Send lag", run.sendLag), ("Held back", run.heldBack), ("Acknowledgement", run.acknowledgement),
        ]
        let present = named.compactMap { name, latency in latency.map { (name: name, latency: $0) } }
            .filter { $0.latency.count > 0 }
        guard !present.isEmpty else { return "" }
        // Few runs have the values for it: where they are too few it says nothing.
        let isDeep = present.contains { $0.latency.percentile(99.99, $0.latency.p9999) != nil }
        let rows: [Markup] = present.map { "<tr><th scope=\"row\">\($0)</th>\(cells(of: $1, isDeep: isDeep))</tr>\n" }
        let negative = present.reduce(0) { $0 + $1.latency.negative }
        let names =
            ["min", "mean", "p50", "p90", "p95", "p99", "p99.9"] + (isDeep ? ["p99.99"] : []) + ["max", "values"]
        let heads: [Markup] = names.map { "<th scope=\"col\">\($0)</th>" }
        let warning: Markup =
            negative == 0
            ? "" : "<p class=\"bad\">\(Numbers.grouped(negative)) values were below zero and are left out.</p>"
        let notes: [Markup] = [RunNotes.latency(run), RunNotes.heldBack(run.heldBack)].compactMap { $0 }.map {
            "<p class=\"note\">\($0)</p>"
        }
        return """
            <div style="min-width:0"><h3>Latency</h3><div class="scroll" role="region" aria-label="Table" tabindex="0"><table>
            <thead><tr><th scope="col">From, to</th>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>\(warning)\(notes)\(clocks(run))</div>
            """
    }

    private func cells(of latency: LatencyReport, isDeep: Bool) -> [Markup] {
        let (bounds, count) = (latency.confidence, latency.count)
        let deepest: Markup =
            latency.percentile(99.99, latency.p9999).map { percentile(UInt64($0), 99.99, bounds?.p9999, of: count) }
            ?? "<td>\(Numbers.none)</td>"
        return [
            percentile(latency.min, 0, nil, of: count), "<td>\(style.duration(latency.mean))</td>",
            percentile(latency.p50, 50, bounds?.p50, of: count), percentile(latency.p90, 90, bounds?.p90, of: count),
            percentile(latency.p95, 95, bounds?.p95, of: count), percentile(latency.p99, 99, bounds?.p99, of: count),
            percentile(latency.p999, 99.9, bounds?.p999, of: count),
        ] + (isDeep ? [deepest] : []) + [
            percentile(latency.max, 100, nil, of: count), "<td>\(Numbers.grouped(latency.count))</td>",
        ]
    }

    private func clocks(_ run: RunReport) -> Markup {
        guard let clocks = run.clocks else { return "" }
        let others: [Markup] = clocks.lines(style).map { "<br>\($0)" }
        return "<p class=\"note\">Latencies rest on \(clocks.line(style)).\(others)</p>"
    }

    /// Where it was measured, how to repeat it, and how to read it.
    func environment() -> Markup {
        let environment = report.environment
        var machinePairs = [
            ("Processor", environment.cpu), ("Cores", String(environment.cores)),
            ("Memory", style.bytes(Double(environment.memoryBytes))), ("Kernel", environment.kernel),
            ("libzmq", environment.libzmq), ("Host", environment.host), ("Clock", environment.clock),
        ]
        if let shaping = environment.shaping { machinePairs.append(("Shaping", shaping)) }
        let machine = definitionList(machinePairs)
        return """
            <section><h2>Environment</h2><div class="charts" style="margin-top:14px">
            <div class="card"><h3>Machine</h3>\(machine)</div>\(settings())\(instrument())</div>
            <h2>Command</h2><div style="margin-top:14px"><pre>\(report.commandLine)</pre></div>\(options())
            <h2>How to read this</h2>
            <p>A message is due when the schedule says so, whatever the system does; its latency counts from then, so a sender \
            that falls behind cannot hide it. Percentiles come from merged histograms and are never averaged. Every delivery \
            that was owed is counted as made or missing, and what is missing has a cause or is called unexplained, which fails \
            the run. A run that did not reach the asked rate is unknown, not slow.</p></section>
            """
    }

    /// What it takes to run it again: the environment and files can set options too.
    private func options() -> Markup {
        guard !report.options.isEmpty else { return "" }
        let rows: [Markup] = report.options.map { option in
            "<tr><th scope=\"row\">\(option.name)</th><td class=\"left wide\">\(option.value)</td><td class=\"left\">\(option.source)</td></tr>\n"
        }
        return """
            <h3 class="size">Options that differ from their defaults</h3>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Option</th><th scope="col" class="left">Value</th>\
            <th scope="col" class="left">From</th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }

    func definitionList(_ pairs: [(String, String)]) -> Markup {
        let items: [Markup] = pairs.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }
        return "<dl class=\"pairs\">\(items)</dl>"
    }
}

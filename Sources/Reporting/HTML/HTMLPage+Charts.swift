extension HTMLPage {
    /// What the charts of latency show: a line for each group.
    private var lines: [LatencyCharts.Line] {
        groups.filter { !$0.shown.curve.isEmpty || !$0.shown.timeline.isEmpty }.map { group in
            LatencyCharts.Line(
                label: group.figures.label, color: group.color, run: group.shown,
                others: Comparison.whole(group.runs).filter { $0.repeat != group.shown.repeat },
                figures: figures(of: group.figures))
        }
    }

    /// Percentile curves of all topologies together.
    func percentileCurves() -> Markup {
        let lines = lines.filter { !$0.run.curve.isEmpty }
        guard !lines.isEmpty else { return "" }
        let legend: [Markup] = lines.map { line in
            let color = line.color % LineChart.paletteSize + 1
            let drawn = line.others.isEmpty ? "" : "; the line is run \(line.run.repeat)"
            return
                "<li><span class=\"key s\(color)\"></span>\(line.label) <span class=\"note\">\(line.figures + drawn)</span></li>"
        }
        let isBounded = lines.contains { $0.run.curve.contains { $0.low != nil } }
        let bounds =
            isBounded
            ? " A dark band is where a percentile of that run lies with 95 % confidence: it widens where few values are left."
            : ""
        let spread =
            lines.contains { !$0.others.isEmpty }
            ? " A light band is what all repeats cover, from the least to the greatest." : ""
        return """
            <section><h2>Latency by percentile</h2>
            <p class="lede">Each nine has the same room, so the tail is as visible as the middle.\(bounds)\(spread)</p>
            <figure class="card">\(full(LatencyCharts.percentiles(lines), id: "percentiles"))
            <ul class="legend">\(legend)</ul>\(curveTable(lines))</figure></section>
            """
    }

    /// Latency over time of each topology.
    func latencyOverTime() -> Markup {
        let timelines = lines.filter { !$0.run.timeline.isEmpty }
        guard !timelines.isEmpty else { return "" }
        var cards: Markup = ""
        for (index, line) in timelines.enumerated() {
            var chart = LatencyCharts.timeline(line, among: timelines)
            var rate = RateChart.chart(line, among: timelines)
            rate?.companion = chart.margins
            if let rate { chart.companion = rate.margins }
            let repeats = line.others.count + 1
            let which = repeats % 2 == 0 ? "the lower of the two in the middle by p99" : "the one with the median p99"
            let note = repeats > 1 ? "run \(line.run.repeat) of \(repeats), \(which)" : "one run"
            cards += """
                <figure class="card"><h3><span class="key s\(line.color % LineChart.paletteSize + 1)"></span>\
                \(line.label) <span class="note">\(note)</span></h3>
                \(timelines.count == 1 ? full(chart, id: "timeline") : both(chart, id: "timeline\(index)"))\
                \(rates(rate, index: timelines.count == 1 ? nil : index))\(spanKeys(chart))\(eventList(line.run))</figure>

                """
        }
        return """
            <section><h2>Latency over time</h2>
            <p class="lede">Times count from the begin of the measured time. Solid is p99, dotted is p50, points are the greatest \
            latency of each interval.\(timelines.count > 1 ? " All charts have the same axes." : "")</p>
            <div class="charts">\(cards)</div></section>
            """
    }

    /// How much was delivered at the same times; nothing where that is not known.
    private func rates(_ chart: LineChart?, index: Int?) -> Markup {
        guard let chart else { return "" }
        let drawn =
            index.map { both(chart, id: "rate\($0)", isLow: true) } ?? full(chart, id: "rate", isLow: true)
        return "<h3 class=\"size\">Deliveries per second</h3>\(drawn)"
    }

    /// What the shades of a chart mean, as far as it has any.
    private func spanKeys(_ chart: LineChart) -> Markup {
        let looks: [(look: ChartSpan.Look, name: Markup, text: Markup)] = [
            (.outage, "outage", "nobody leads, or nothing is acknowledged"),
            (.reduced, "reduced", "a node is dead, does not answer, or catches up"),
        ]
        let keys: [Markup] = looks.filter { look in chart.spans.contains { $0.look == look.look } }.map {
            "<li><span class=\"shade \($0.name)\"></span>\($0.text)</li>"
        }
        return keys.isEmpty ? "" : "<ul class=\"legend\">\(keys)</ul>"
    }

    /// The chart of percentiles in numbers, for those who cannot see it or want to copy them.
    private func curveTable(_ lines: [LatencyCharts.Line]) -> Markup {
        let heads: [Markup] = ["p50", "p90", "p99", "p99.9", "p99.99", "max"].map { "<th scope=\"col\">\($0)</th>" }
        let rows: [Markup] = lines.flatMap { line in
            ([line.run] + line.others).sorted { $0.repeat < $1.repeat }.map { run in
                let which = line.others.isEmpty ? "" : ", run \(run.repeat)"
                return "<tr><th scope=\"row\">\(short(line.label))\(which)</th>\(curveCells(run))</tr>\n"
            }
        }
        return """
            <details class="plain"><summary>The curves in numbers</summary>\
            <div class="scroll low" role="region" aria-label="Percentiles" tabindex="0"><table><thead><tr>\
            <th scope="col">Run</th>\(heads)</tr></thead><tbody>
            \(rows)</tbody></table></div></details>
            """
    }

    private func curveCells(_ run: RunReport) -> [Markup] {
        guard let latency = run.latency else { return [Markup](repeating: "<td>\(Numbers.none)</td>", count: 6) }
        let (bounds, count) = (latency.confidence, latency.count)
        let far = LatencyCharts.value(of: run.curve, at: 99.99).map { UInt64(max(0, $0)) }
        return [
            percentile(latency.p50, 50, bounds?.p50, of: count), percentile(latency.p90, 90, bounds?.p90, of: count),
            percentile(latency.p99, 99, bounds?.p99, of: count),
            percentile(latency.p999, 99.9, bounds?.p999, of: count),
            far.map { percentile($0, 99.99, nil, of: count) } ?? "<td>\(Numbers.none)</td>",
            percentile(latency.max, 100, nil, of: count),
        ]
    }

    /// The figures of the table, so that the legend of a chart cannot contradict it.
    private func figures(of group: ComparisonGroup) -> String {
        guard let p50 = group.spreads[.p50]?.median, let p99 = group.spreads[.p99]?.median else { return "" }
        let kind = group.repeats > 1 ? "median of \(group.repeats): " : ""
        return "\(kind)p50 \(style.duration(p50)), p99 \(style.duration(p99))"
    }

    /// A chart for the full width of the page, in three sizes; a low one is not for reading values off.
    private func full(_ chart: LineChart, id: String, isLow: Bool = false) -> Markup {
        var wide = Self.size(.wide, isLow: isLow)
        wide.cssClass += " has-large"
        return chart.svg(Self.size(.large, isLow: isLow), id: "\(id)l") + chart.svg(wide, id: "\(id)w")
            + chart.svg(Self.size(.narrow, isLow: isLow), id: "\(id)n")
    }

    /// A chart in both sizes; the style sheet shows the one that suits the screen.
    private func both(_ chart: LineChart, id: String, isLow: Bool = false) -> Markup {
        chart.svg(Self.size(.wide, isLow: isLow), id: "\(id)w")
            + chart.svg(Self.size(.narrow, isLow: isLow), id: "\(id)n")
    }

    private static func size(_ size: ChartSize, isLow: Bool) -> ChartSize {
        var size = size
        if isLow { size.height *= 0.55 }
        return size
    }

    private func eventList(_ run: RunReport) -> Markup {
        guard !run.events.isEmpty else { return "" }
        let items: [Markup] = run.events.prefix(40).map { event in
            "<li>\(Moment.plain(event.seconds)): \(event.text)</li>"
        }
        let more = run.events.count - items.count
        let rest: Markup = more > 0 ? "<li>and \(more) more in report.json</li>" : ""
        return "<ul class=\"legend events\">\(items)\(rest)</ul>"
    }

    /// Achieved rates as bars, the asked rate as a mark.
    func throughput() -> Markup {
        guard !groups.isEmpty else { return "" }
        let rates = groups.compactMap { $0.figures.spreads[.achievedRate]?.median }
        let asked = groups.compactMap(\.shown.rate.asked).max()
        let greatest = max(rates.max() ?? 0, asked ?? 0)
        let greatestDeliveries = groups.compactMap { $0.figures.spreads[.deliveriesPerSecond]?.median }.max() ?? 0
        var sent: Markup = ""
        var delivered: Markup = ""
        for group in groups {
            let rate = group.figures.spreads[.achievedRate]?.median ?? 0
            let deliveries = group.figures.spreads[.deliveriesPerSecond]?.median ?? 0
            let mark: Markup =
                group.shown.rate.asked.map {
                    "<span class=\"target\" style=\"left:\(percent($0, of: greatest))%\"></span>"
                } ?? ""
            sent += bar(
                group.figures.label, color: group.colorClass, percent: percent(rate, of: greatest),
                value: "\(Numbers.fixed(rate, decimals: 0))/s", extra: mark)
            delivered += bar(
                group.figures.label, color: group.colorClass, percent: percent(deliveries, of: greatestDeliveries),
                value: "\(Numbers.fixed(deliveries, decimals: 0))/s")
        }
        let note =
            groups.compactMap(\.shown.settings.rateNote).first.map { "No rate was asked for: \($0)." }
            ?? "The mark is the rate that was asked for."
        return """
            <section><h2>Throughput</h2><p class="lede">\(note)</p><div class="charts">
            <div class="card"><h3>Messages sent</h3><div class="bars">\(sent)</div></div>
            <div class="card"><h3>Deliveries, over all receivers</h3><div class="bars">\(delivered)</div></div>
            </div></section>
            """
    }

    /// Who carries the load: each node's share of the work, and its processor time.
    func balance() -> Markup {
        let shown = groups.filter { !$0.shown.perNode.isEmpty }
        guard !shown.isEmpty else { return "" }
        let greatestCPU = shown.flatMap(\.shown.perNode).compactMap(\.cpuPercent).filter(\.isFinite).max() ?? 0
        var cards: Markup = ""
        for group in shown {
            let nodes = group.shown.perNode
            let hasOrders = nodes.contains { $0.orders > 0 }
            let what = group.shown.pipeline != nil ? "tasks" : hasOrders ? "orders" : "deliveries"
            let greatest = nodes.compactMap(\.sharePercent).filter(\.isFinite).max() ?? 0
            var shares: Markup = ""
            var loads: Markup = ""
            for node in nodes {
                shares += bar(
                    "node \(node.id)", color: group.colorClass, percent: percent(node.sharePercent ?? 0, of: greatest),
                    value: Numbers.fixed(node.sharePercent, decimals: 2, unit: " %"),
                    title: Numbers.grouped(hasOrders ? node.orders : node.uniqueDeliveries))
                loads += bar(
                    "node \(node.id)", color: group.colorClass, percent: percent(node.cpuPercent ?? 0, of: greatestCPU),
                    value: Numbers.fixed(node.cpuPercent, decimals: 1, unit: " %"))
            }
            let balance = group.shown.agreement == nil ? group.shown.balance : nil
            let grade =
                balance.map { balance in
                    ", σ \(Numbers.fixed(balance.sigmaPercent, decimals: 2)) %\(balance.grade.map { ", \($0)" } ?? "")"
                } ?? ""
            cards += """
                <div class="card"><h3>\(name(group)) \
                <span class="note sub">share of \(what)\(grade)</span></h3>
                <div class="bars many">\(shares)</div><h3><span class="note">processor time, 100 % is one core</span></h3>
                <div class="bars many">\(loads)</div></div>

                """
        }
        return """
            <section><h2>Who carries the load</h2>
            <p class="lede">σ is the standard deviation of the nodes' shares. Processor time is drawn to one scale for all.</p>
            <div class="cards">\(cards)</div></section>
            """
    }

    func bar(
        _ name: String, color: String, percent: Double, value: String, title: String? = nil, extra: Markup = ""
    ) -> Markup {
        let tip: Markup = title.map { " title=\"\($0)\"" } ?? ""
        return """
            <span class="name">\(short(name))</span><span class="track \(color)"\(tip)>\
            <span class="fill" style="width:\(percent)%"></span>\(extra)</span><span class="value">\(value)</span>

            """
    }
}

/// A probe's report as one HTML file, and its pictures by themselves.
public enum ProbePage {
    /// The picture of one figure, as a file of its own.
    public static func picture(_ figure: ProbeFigure, of report: ProbeReport) -> String {
        HeatMap.svg(figure, of: report).text
    }

    /// The page: no script, no network, light and dark.
    public static func page(_ report: ProbeReport) -> String {
        let maps: [Markup] = ProbeFigure.allCases.filter { $0 != .bandwidth || report.bulkBytes > 0 }.map { figure in
            """
            <div class="card"><h3>\(figure.title) <span class="note">\(figure.darkMeans); rows measure, columns answer</span></h3>
            \(HeatMap.svg(figure, of: report))</div>

            """
        }
        let content: Markup = """
            <header>
            <div class="eyebrow">Probe</div>
            <h1>\(report.cluster)</h1>
            <div class="meta">\(report.createdAt) on \(report.environment.host), version \(report.version)</div>
            </header>
            \(facts(report))
            \(failures(report))
            <section><h2>From every node to every other</h2>
            <p class="lede">Nodes measure between themselves: request and response over a connection of their own, through both \
            nodes' loops, one after the other; then bulk, with a bounded part of it on its way at a time. \(whereValuesAre(report))</p>
            <div class="charts">
            \(maps)</div></section>
            \(nodes(report))
            <section><h2>Command</h2><div style="margin-top:14px"><pre>\(report.commandLine)</pre></div></section>
            """
        return HTMLDocument.page(title: "Probe of \(report.cluster)", version: report.version, content: content).text
    }

    /// Values stand in their squares, or where squares are too small for them in the files beside the page.
    private static func whereValuesAre(_ report: ProbeReport) -> String {
        report.endpoints.count > HeatMap.textsMax
            ? "The squares are too small for numbers: probe.txt and probe.json beside this page have all of them." : ""
    }

    private static func facts(_ report: ProbeReport) -> Markup {
        let style = TextStyle()
        let measured = report.pairs.filter { $0.failure == nil }
        func fact(_ name: String, _ value: String, _ note: String) -> Markup {
            "<div><dt>\(name)</dt><dd>\(value)<small>\(note)</small></dd></div>"
        }
        var facts: [Markup] = [
            fact("Nodes", "\(report.endpoints.count)", "\(measured.count) of \(report.pairs.count) pairs measured")
        ]
        let slowest = measured.max { ($0.median ?? 0) < ($1.median ?? 0) }
        if let slowest, let median = slowest.median {
            facts.append(fact("Slowest median", style.duration(Double(median)), "\(slowest.from) to \(slowest.to)"))
        }
        let fastest = measured.min { ($0.median ?? .max) < ($1.median ?? .max) }
        if let fastest, let median = fastest.median {
            facts.append(fact("Fastest median", style.duration(Double(median)), "\(fastest.from) to \(fastest.to)"))
        }
        if let least = measured.filter({ $0.bytesPerSecond != nil }).min(by: {
            ($0.bytesPerSecond ?? 0) < ($1.bytesPerSecond ?? 0)
        }), let rate = least.bytesPerSecond {
            facts.append(fact("Least bandwidth", style.short(rate) + "B/s", "\(least.from) to \(least.to)"))
        }
        return "<dl class=\"facts\">\(facts)</dl>"
    }

    private static func failures(_ report: ProbeReport) -> Markup {
        let items: [Markup] = report.pairs.compactMap { pair in
            pair.failure.map { "<li>\(pair.from) to \(pair.to): \($0)</li>" }
        }
        guard !items.isEmpty else { return "" }
        let outcome = report.outcome
        return """
            <section class="verdict \(outcome.rawValue)" aria-label="Not measured">
            <strong>\(outcome == .unknown ? "No pair" : "Not every pair") was measured</strong><ul>\(items)</ul>
            </section>
            """
    }

    private static func nodes(_ report: ProbeReport) -> Markup {
        let rows: [Markup] = report.endpoints.enumerated().map { id, endpoint in
            "<tr><th scope=\"row\">\(id)</th><td class=\"left wide\">\(endpoint)</td></tr>\n"
        }
        return """
            <section><h2>Nodes</h2><div class="scroll" style="margin-top:14px"><table><thead><tr><th scope="col">Node</th>\
            <th scope="col" class="left">Takes requests at</th></tr></thead><tbody>
            \(rows)</tbody></table></div></section>
            """
    }
}

public import Topology

/// The links of a topology, to be drawn with what they carried.
public struct TopologyDrawing: Sendable {
    /// The topology in canonical form.
    public var topology: String
    /// How many nodes it has.
    public var nodes: Int
    /// Its nodes and links.
    public var graph: LinkGraph

    /// The links of the group of runs with this topology and size.
    public init(topology: String, graph: LinkGraph) {
        self.topology = topology
        nodes = graph.nodeCount
        self.graph = graph
    }
}

/// The report as one HTML file: no script, no network, light and dark, from a telephone to a wide screen.
public enum HTMLReport {
    /// The page.
    ///
    /// - Parameter drawings: the links of the topologies; without them they are not drawn.
    public static func page(_ report: Report, drawings: [TopologyDrawing] = []) -> String {
        let page = HTMLPage(report: report, drawings: drawings)
        return page.document().text
    }
}

/// What the sections of a page are made of.
struct HTMLPage {
    /// The repeats of one topology and size.
    struct Group {
        var figures: ComparisonGroup
        /// The index of its colour, from 0.
        var color: Int
        var runs: [RunReport]
        /// The repeat that charts show: the one with the median p99, of an even number the lower one in the middle.
        var shown: RunReport

        /// The class of its colour.
        var colorClass: String { "s\(color % LineChart.paletteSize + 1)" }
    }

    let report: Report
    let comparison: ComparisonReport
    let groups: [Group]
    let drawings: [TopologyDrawing]
    let style = TextStyle()

    init(report: Report, drawings: [TopologyDrawing]) {
        self.report = report
        self.drawings = drawings
        comparison = report.comparison ?? Comparison.report(of: report.runs)
        let grouped = Comparison.grouped(report.runs)
        groups = zip(comparison.groups, grouped).enumerated().map { index, pair in
            Group(figures: pair.0, color: index, runs: pair.1, shown: HTMLPage.medianRun(of: pair.1))
        }
    }

    func document() -> Markup {
        let shown = parts.filter { $0.body != "" }
        return HTMLDocument.page(
            title: "\(report.name): \(report.verdict.outcome.rawValue)", version: report.version,
            content: """
                \(header())
                \(verdict())
                \(facts())
                \(contents(shown))
                \(shown.map(\.markup))
                """)
    }

    /// A part of the page that a reader may want to go to.
    private struct Part {
        /// Its name in addresses.
        var id: String
        /// Its name in the list of contents.
        var title: String
        var body: Markup

        var markup: Markup { "<div id=\"\(id)\">\(body)</div>\n" }
    }

    /// What follows the verdict, in the order of what is asked first; an empty part is left out.
    private var parts: [Part] {
        // Steps of a search are no clusters to be compared.
        let isCompared = report.loadCurve == nil
        return [
            Part(id: "load-curve", title: "Throughput and latency", body: loadCurve()),
            Part(id: "machines", title: "Machines", body: contributions()),
            Part(id: "assertions", title: "Assertions", body: assertions()),
            Part(id: "baseline", title: "Baseline", body: baseline()),
            Part(id: "agreement", title: "Agreement", body: agreement()),
            Part(id: "better", title: "Better at what", body: isCompared ? betterAtWhat() : ""),
            Part(id: "table", title: "At a glance", body: isCompared ? comparisonTable() : ""),
            Part(id: "against", title: "Against", body: isCompared ? against() : ""),
            Part(id: "percentiles", title: "Percentiles", body: percentileCurves()),
            Part(id: "time", title: "Over time", body: latencyOverTime()),
            Part(id: "throughput", title: "Throughput", body: throughput()),
            Part(id: "losses", title: "Losses", body: losses()),
            Part(id: "balance", title: "Balance", body: balance()),
            Part(id: "links", title: "Links", body: topologies()),
            Part(id: "laws", title: "Laws", body: laws()),
            Part(id: "runs", title: "Runs", body: runDetails()),
            Part(id: "logs", title: "Logs", body: lastLogLines()),
            Part(id: "clocks", title: "Clocks", body: clocks()),
            Part(id: "environment", title: "Environment", body: environment()),
        ]
    }

    private func contents(_ shown: [Part]) -> Markup {
        let items: [Markup] = shown.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }
        return "<nav aria-label=\"Contents\"><ul>\(items)</ul></nav>"
    }

    private func header() -> Markup {
        let kind = report.kind == .compare ? "Comparison of topologies" : "Run"
        return """
            <header>
            <div class="eyebrow">\(kind)</div>
            <h1>\(report.name)</h1>
            <div class="meta">\(capitalized(report.times)), on \(report.environment.host), version \(report.version), seed \(report.seed)</div>
            </header>
            """
    }

    private func verdict() -> Markup {
        let outcome = report.verdict.outcome
        let heading: String
        let text: String
        switch outcome {
        case .pass:
            heading = "✓ Pass"
            text = PassSentence.text(of: report, style: style)
        case .fail:
            heading = "✗ Fail"
            text = "A promise was broken:"
        case .unknown:
            heading = "? Unknown"
            text = "These numbers are not a valid measurement of what was asked:"
        }
        let reasons: [Markup] = report.verdict.reasons.map { "<li>\($0)</li>" }
        var list: Markup = reasons.isEmpty ? "" : "<ul>\(reasons)</ul>"
        let notes: [Markup] = report.verdict.notes.map { "<li>\($0)</li>" }
        if !notes.isEmpty { list += "<p>Not to be overlooked:</p><ul>\(notes)</ul>" }
        return """
            <section class="verdict \(outcome.rawValue)" aria-label="Verdict">
            <strong>\(heading)</strong><p>\(text)</p>\(list)
            </section>
            """
    }

    func fact(_ name: String, _ value: String, _ note: String) -> Markup {
        "<div><dt>\(name)</dt><dd>\(value)<small>\(note)</small></dd></div>"
    }

    /// The repeat with the median p99 (of an even number the lower one in the middle), or the first where no latency
    /// was measured.
    private static func medianRun(of runs: [RunReport]) -> RunReport {
        let whole = Comparison.whole(runs)
        let measured = (whole.isEmpty ? runs : whole).filter { $0.mainLatency != nil }
            .sorted { ($0.mainLatency?.p99 ?? 0) < ($1.mainLatency?.p99 ?? 0) }
        return measured.isEmpty ? runs[0] : measured[(measured.count - 1) / 2]
    }

    /// A group's name with the square of its colour.
    func name(_ group: Group) -> Markup {
        "<span class=\"named\"><span class=\"key \(group.colorClass)\"></span>\(short(group.figures.label))</span>"
    }

    /// A name that is cut where it is too long for its place; the whole of it shows under the pointer.
    func short(_ name: String) -> Markup {
        "<span class=\"short\" title=\"\(name)\">\(name)</span>"
    }

    /// An outcome with its sign and colour, in a word of its own where it is no run's verdict.
    func badge(_ outcome: Outcome, word: String? = nil) -> Markup {
        let sign: Markup
        switch outcome {
        case .pass: sign = "✓"
        case .fail: sign = "✗"
        case .unknown: sign = "?"
        }
        return "<span class=\"badge \(outcome.rawValue)\">\(sign) \(word ?? outcome.rawValue)</span>"
    }
}

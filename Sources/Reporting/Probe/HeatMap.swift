/// A matrix as a picture: one square for each pair, the darker the greater.
enum HeatMap {
    /// A complete SVG document, for a file or inside a page; light and dark.
    static func svg(_ figure: ProbeFigure, of report: ProbeReport) -> Markup {
        let size = report.endpoints.count
        let edge = 30.0
        // A cell is as wide as its text, or a dot where there are too many for texts.
        let cell = size <= textsMax ? 74.0 : max(8, 720 / Double(max(1, size)))
        let height = size <= textsMax ? 40.0 : cell
        let width = edge + cell * Double(size)
        let whole = edge + height * Double(size)
        let scale = ProbeScale(report.pairs.compactMap { figure.value(of: $0) })
        var cells: Markup = ""
        for from in 0..<size {
            for to in 0..<size where from != to {
                cells += self.cell(
                    figure, report, from: from, to: to, scale: scale,
                    box: (edge + Double(to) * cell, edge + Double(from) * height, cell, height))
            }
        }
        let labels = (0..<size).map { node in
            label(node, size: size, x: edge + (Double(node) + 0.5) * cell, y: edge - 10)
                .joined(label(node, size: size, x: edge - 14, y: edge + (Double(node) + 0.5) * height + 4))
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="heat" role="img" viewBox="0 0 \(width) \(whole)" \
            style="max-width:\(width)px;width:100%;height:auto;color-scheme:light dark">
            <title>\(figure.title) between \(Numbers.nodes(size)), \(figure.darkMeans)</title>
            \(Markup(trusted: style))
            \(cells)\(labels)</svg>

            """
    }

    /// More nodes than that have cells too small for a text; a pointer shows it, and the files beside the page have it.
    static let textsMax = 16
    /// More nodes than that have labels at every fifth.
    private static let labelsMax = 40

    private static func cell(
        _ figure: ProbeFigure, _ report: ProbeReport, from: Int, to: Int, scale: ProbeScale?,
        box: (x: Double, y: Double, width: Double, height: Double)
    ) -> Markup {
        let pair = report.pair(from: from, to: to)
        guard let value = figure.value(of: pair), let scale else {
            let why = pair?.failure ?? "not measured"
            return """
                <g><title>\(from) to \(to): \(why)</title><rect class="none" x="\(box.x + 1)" y="\(box.y + 1)" \
                width="\(box.width - 2)" height="\(box.height - 2)" rx="4"/></g>

                """
        }
        let text = figure.text(value, style: TextStyle())
        let place = scale.place(of: value)
        let isDark = place > 0.55
        let shown: Markup =
            report.endpoints.count > textsMax
            ? ""
            : """
            <text\(Markup(trusted: isDark ? " class=\"on\"" : "")) x="\(box.x + box.width / 2)" \
            y="\(box.y + box.height / 2 + 4)">\(figure.text(value, style: TextStyle().tight))</text>
            """
        return """
            <g><title>\(from) to \(to): \(text)</title><rect x="\(box.x + 1)" y="\(box.y + 1)" \
            width="\(box.width - 2)" height="\(box.height - 2)" rx="4" fill-opacity="\(0.12 + 0.88 * place)"/>\(shown)</g>

            """
    }

    private static func label(_ node: Int, size: Int, x: Double, y: Double) -> Markup {
        guard size <= labelsMax || node % 5 == 0 else { return "" }
        return "<text class=\"axis\" x=\"\(x)\" y=\"\(y)\">\(node)</text>\n"
    }

    /// Scoped by the class, since a style in a page is the page's.
    private static let style = """
        <style>
        .heat{--heat:#0067a8;--heat-ink:#1d1c1a;--heat-on:#fff;--heat-faint:#716d66}
        @media (prefers-color-scheme:dark){.heat{--heat:#5cb3ec;--heat-ink:#eceae6;--heat-on:#141414;--heat-faint:#96928a}}
        .heat rect{fill:var(--heat)}
        .heat rect.none{fill:none;stroke:var(--heat-faint);stroke-dasharray:3 3}
        .heat text{fill:var(--heat-ink);font:12.5px ui-sans-serif,system-ui,sans-serif;text-anchor:middle}
        .heat text.on{fill:var(--heat-on)}
        .heat text.axis{fill:var(--heat-faint)}
        </style>
        """
}

extension Markup {
    fileprivate func joined(_ other: Markup) -> Markup {
        var both = self
        both += other
        return both
    }
}

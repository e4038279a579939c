extension HTMLPage {
    /// Throughput and latency of a search or an exploration: the conclusion, the curve, and every step.
    func loadCurve() -> Markup {
        guard let curve = report.loadCurve else { return "" }
        let skipped: [Markup] = TextReport.skippedLines(of: curve).map { "<p class=\"note\">\($0)</p>" }
        // What the verdict says is not said twice.
        let lede: Markup = report.verdict.outcome == .pass ? "" : "<p class=\"lede\">\(curve.conclusion)</p>\n"
        return """
            <section><h2>Throughput and latency</h2>
            \(lede)\(loadCurveChart(curve))
            \(loadCurveTable(curve))
            <div style="margin-top:12px">\(skipped)<p class="note">\(curve.rule) What follows below is about the runs that the conclusion rests on.</p></div></section>
            """
    }

    private func loadCurveChart(_ curve: LoadCurveReport) -> Markup {
        guard let chart = LoadCurveChart.chart(curve) else { return "" }
        var wide = ChartSize.wide
        wide.cssClass += " has-large"
        let sizes = LoadCurveChart.sizes(of: curve)
        let keys: [Markup] = sizes.enumerated().map { place, size in
            "<li><span class=\"key s\(place % LineChart.paletteSize + 1)\"></span>\(StepWords.size(size)) messages</li>"
        }
        let limits: [Markup] = (curve.maximum?.latencyLimits ?? []).map { limit in
            "<li><span class=\"key s\(LoadCurveChart.limitColor + 1)\"></span>\(limit.text)</li>"
        }
        let failed = curve.word(for: .fail)
        let meaning = curve.kind == .findMax ? "it holds" : "the rate is carried"
        let line: Markup = chart.markers.isEmpty ? "" : "<li>up to the vertical line \(meaning)</li>"
        return """
            <figure class="card" style="margin:0 0 18px">\(chart.svg(.large, id: "curvel"))\(chart.svg(wide, id: "curvew"))\
            \(chart.svg(.narrow, id: "curven"))
            <ul class="legend">\(keys)\(limits)<li>solid: p99, dotted: p50, × a step that \(failed == "fails" ? failed : "is \(failed)")</li>\
            \(line)</ul></figure>

            """
    }

    private func loadCurveTable(_ curve: LoadCurveReport) -> Markup {
        let rows: [Markup] = curve.points.map { point in
            let latencies: [Markup] = [point.p50, point.p99, point.p999, point.max].map { value in
                "<td>\(value.map { style.duration(Double($0)) } ?? Numbers.none)</td>"
            }
            return """
                <tr><th scope="row">\(point.step)</th><td class="left">\(point.phase)</td><td>\(StepWords.size(point.messageSizeBytes))</td>\
                <td>\(Numbers.plain(point.asked))</td><td>\(Numbers.fixed(point.achieved, decimals: 0))</td>\(latencies)\
                <td>\(style.completeness(point.completenessPercent))</td><td>\(Numbers.grouped(point.lost))</td>\
                <td class="left wide">\(badge(point.outcome, word: curve.word(for: point.outcome))) <span class="note">\(point.why.joined(separator: ", "))</span></td></tr>

                """
        }
        return """
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Step</th><th scope="col" class="left">Phase</th><th scope="col">Size</th>\
            <th scope="col">Asked/s</th><th scope="col">Sent/s</th><th scope="col">p50</th><th scope="col">p99</th>\
            <th scope="col">p99.9</th><th scope="col">Max</th><th scope="col">Delivered %</th><th scope="col">Lost</th>\
            <th scope="col" class="left">Verdict</th></tr></thead>
            <tbody>
            \(rows)</tbody></table></div>

            """
    }
}

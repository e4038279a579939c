/// A line of a chart.
struct ChartSeries {
    enum Look {
        /// The line that the reader should look at.
        case main
        /// A second line of the same thing.
        case dashed
        /// Separate points.
        case dots
        /// Separate points that are not as they should be.
        case crosses
    }

    /// What is written at its end; nil for none.
    var label: String?
    /// Which colour of the palette, from 0.
    var color: Int
    var look: Look
    var points: [(x: Double, y: Double)]
}

/// The room between two lines over the same places: how surely a line is known, or how far others are from it.
struct ChartBand {
    enum Look {
        /// What one run can tell of itself.
        case confidence
        /// What all repeats cover.
        case spread
    }

    /// Which colour of the palette, from 0.
    var color: Int
    var look: Look
    var points: [(x: Double, low: Double, high: Double)]
}

/// A part of the x axis in which something was not as usual.
struct ChartSpan {
    enum Look {
        /// The cluster could not do what it is for.
        case outage
        /// Something was missing or was on its way back.
        case reduced
    }

    var from: Double
    var to: Double
    var look: Look
    /// What it is, for those who point at it or cannot see it.
    var text: String
}

/// A thing that happened at a place of the x axis.
struct ChartMarker {
    var x: Double
    var text: String
    /// Whether it is no misfortune.
    var isGood = false
}

/// The size of a drawing and of the letters in it.
struct ChartSize {
    var width: Double
    var height: Double
    var fontSize: Double
    var tickCount: Int
    /// The class that decides on which screens it is shown.
    var cssClass: String

    /// For the full width of a wide page.
    static let large = ChartSize(width: 1200, height: 430, fontSize: 13, tickCount: 8, cssClass: "large")
    /// For half of a wide page, or a whole page of a tablet.
    static let wide = ChartSize(width: 620, height: 330, fontSize: 12.5, tickCount: 6, cssClass: "wide")
    /// For a telephone: drawn at about its own size, so letters stay legible.
    static let narrow = ChartSize(width: 360, height: 290, fontSize: 12, tickCount: 4, cssClass: "narrow")
}

/// Lines over two axes, drawn as SVG with the page's colours.
struct LineChart {
    /// The number of colours in the page's palette.
    static let paletteSize = 8

    var title: String
    /// What the chart shows, in a sentence, for those who cannot see it.
    var summary: String
    var xAxis: Axis
    var yAxis: Axis
    var series: [ChartSeries]
    var bands: [ChartBand] = []
    var spans: [ChartSpan] = []
    var markers: [ChartMarker] = []
    /// Ticks and labels of a chart above or below with the same x axis: both plots begin and end at the same places.
    var companion = Margins()

    /// What needs room beside a plot.
    struct Margins {
        var ticks: [String] = []
        var labels: [String] = []
    }

    /// What this chart needs beside its plot.
    var margins: Margins { Margins(ticks: yAxis.ticks.map(\.label), labels: series.compactMap(\.label)) }

    /// The drawing; `id` must be unique in the page.
    func svg(_ size: ChartSize, id: String) -> Markup {
        let plot = Plot(
            size: size, ticks: margins.ticks + companion.ticks, labels: margins.labels + companion.labels)
        var svg: Markup = """
            <svg class="chart \(size.cssClass)" viewBox="0 0 \(size.width) \(size.height)" role="img" \
            aria-labelledby="\(id)t \(id)d" style="font-size:\(size.fontSize)px">
            <title id="\(id)t">\(title)</title><desc id="\(id)d">\(summary)</desc>

            """
        svg += shades(plot)
        svg += grid(plot)
        svg += areas(plot)
        svg += lines(plot)
        svg += marks(plot)
        svg += endLabels(plot)
        svg += "</svg>\n"
        return svg
    }

    private func grid(_ plot: Plot) -> Markup {
        var markup: Markup = "<g class=\"grid\">"
        for tick in yAxis.ticks {
            let y = plot.y(yAxis.position(tick.value))
            markup += "<path d=\"M\(plot.left) \(y)H\(plot.right)\"/>"
            markup += "<text x=\"\(plot.left - 8)\" y=\"\(y)\" dy=\".35em\" text-anchor=\"end\">\(tick.label)</text>"
        }
        var lastEnd = -Double.infinity
        for tick in xAxis.ticks {
            let x = plot.x(xAxis.position(tick.value))
            markup += "<path class=\"tick\" d=\"M\(x) \(plot.bottom)v5\"/>"
            let half = plot.width(of: tick.label) / 2
            guard x - half > lastEnd + 4 else { continue }
            lastEnd = x + half
            markup += "<text x=\"\(x)\" y=\"\(plot.bottom + 20)\" text-anchor=\"middle\">\(tick.label)</text>"
        }
        markup += "<path class=\"base\" d=\"M\(plot.left) \(plot.bottom)H\(plot.right)\"/>"
        let middle = (plot.left + plot.right) / 2
        markup +=
            "<text class=\"axis\" x=\"\(middle)\" y=\"\(plot.bottom + 40)\" text-anchor=\"middle\">\(xAxis.title)</text>"
        markup += "<text class=\"axis\" x=\"2\" y=\"\(plot.top - 14)\">\(yAxis.title)</text>"
        return markup + "</g>\n"
    }

    /// Spans of time, behind everything else.
    private func shades(_ plot: Plot) -> Markup {
        var markup: Markup = ""
        for span in spans where span.from.isFinite && span.to.isFinite && span.to > span.from {
            let (first, last) = (plot.x(xAxis.position(span.from)), plot.x(xAxis.position(span.to)))
            let look: Markup = span.look == .outage ? "outage" : "reduced"
            // What is shorter than a hair is still to be seen.
            markup += """
                <rect class="span \(look)" x="\(first)" y="\(plot.top)" width="\(max(last - first, 1.5))" \
                height="\(plot.bottom - plot.top)"><title>\(span.text)</title></rect>

                """
        }
        return markup
    }

    /// Bands, the widest first.
    private func areas(_ plot: Plot) -> Markup {
        var markup: Markup = ""
        for look in [ChartBand.Look.spread, .confidence] {
            for band in bands where band.look == look {
                let points = band.points.filter { $0.x.isFinite && $0.low.isFinite && $0.high.isFinite }
                guard points.count > 1 else { continue }
                var path: Markup = "M"
                for (index, point) in points.enumerated() {
                    path += index == 0 ? "" : "L"
                    path += "\(plot.x(xAxis.position(point.x))) \(plot.y(yAxis.position(point.high)))"
                }
                for point in points.reversed() {
                    path += "L\(plot.x(xAxis.position(point.x))) \(plot.y(yAxis.position(point.low)))"
                }
                let name: Markup = look == .spread ? "spread" : "confidence"
                markup += "<path class=\"band \(name) s\(band.color % Self.paletteSize + 1)\" d=\"\(path)Z\"/>\n"
            }
        }
        return markup
    }

    private func lines(_ plot: Plot) -> Markup {
        var markup: Markup = ""
        // What stands behind is drawn first.
        let order: [ChartSeries.Look] = [.dots, .dashed, .main, .crosses]
        for look in order {
            for line in series where line.look == look {
                let points = line.points.filter { $0.x.isFinite && $0.y.isFinite }
                guard !points.isEmpty else { continue }
                let places = points.map { (plot.x(xAxis.position($0.x)), plot.y(yAxis.position($0.y))) }
                let color = line.color % Self.paletteSize + 1
                if look == .crosses {
                    for (x, y) in places {
                        markup += "<path class=\"cross s\(color)\" d=\"M\(x - 5) \(y - 5)l10 10m0 -10l-10 10\"/>"
                    }
                } else if look == .dots || places.count == 1 {
                    for (x, y) in places {
                        markup += "<circle class=\"dot s\(color)\" cx=\"\(x)\" cy=\"\(y)\" r=\"2.2\"/>"
                    }
                } else {
                    var path: Markup = "M"
                    for (index, place) in places.enumerated() {
                        path += index == 0 ? "\(place.0) \(place.1)" : "L\(place.0) \(place.1)"
                    }
                    markup += "<path class=\"line \(Self.name(of: look)) s\(color)\" d=\"\(path)\"/>\n"
                }
            }
        }
        return markup
    }

    private func marks(_ plot: Plot) -> Markup {
        var markup: Markup = ""
        for (index, marker) in markers.enumerated() {
            let x = plot.x(xAxis.position(marker.x))
            let anchor = x > (plot.left + plot.right) / 2 ? "end" : "start"
            let shift = anchor == "end" ? -4.0 : 4.0
            let y = plot.top + 10 + Double(index % 3) * plot.size.fontSize * 1.2
            let look = marker.isGood ? "marker good" : "marker"
            markup += "<g class=\"\(look)\"><path d=\"M\(x) \(plot.top)V\(plot.bottom)\"/>"
            markup += "<text x=\"\(x + shift)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(marker.text)</text></g>\n"
        }
        return markup
    }

    private func endLabels(_ plot: Plot) -> Markup {
        var labels: [(y: Double, color: Int, text: String)] = []
        for line in series {
            guard let text = line.label, let last = line.points.last(where: { $0.x.isFinite && $0.y.isFinite }) else {
                continue
            }
            labels.append((plot.y(yAxis.position(last.y)), line.color % Self.paletteSize + 1, text))
        }
        labels.sort { $0.y < $1.y }
        let places = Self.apart(labels.map(\.y), gap: plot.size.fontSize * 1.2, low: plot.top, high: plot.bottom)
        var markup: Markup = ""
        for (label, y) in zip(labels, places) {
            markup += "<text class=\"label s\(label.color)\" x=\"\(plot.right + 7)\" y=\"\(y)\" dy=\".35em\">"
            markup += "\(Self.short(label.text))</text>"
        }
        return markup
    }

    /// A label that fits beside the plot.
    private static func short(_ label: String) -> String {
        label.count <= Plot.labelLengthMax ? label : label.prefix(Plot.labelLengthMax - 1) + "…"
    }

    /// Sorted places moved apart so that labels do not overlap, and kept between the ends where there is room.
    static func apart(_ places: [Double], gap: Double, low: Double, high: Double) -> [Double] {
        var places = places
        for index in places.indices.dropFirst() {
            places[index] = max(places[index], places[index - 1] + gap)
        }
        var limit = high
        for index in places.indices.reversed() {
            places[index] = min(places[index], limit)
            limit = places[index] - gap
        }
        var floor = low
        for index in places.indices {
            places[index] = max(places[index], floor)
            floor = places[index] + gap
        }
        return places
    }

    private static func name(of look: ChartSeries.Look) -> String {
        switch look {
        case .main: "main"
        case .dashed: "dashed"
        case .dots: "dots"
        case .crosses: "crosses"
        }
    }
}

extension Markup {
    static func + (first: Markup, second: Markup) -> Markup {
        var sum = first
        sum += second
        return sum
    }
}

/// The part of a drawing between its axes.
private struct Plot {
    /// The most characters that are written at the end of a line.
    static let labelLengthMax = 14

    let size: ChartSize
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    init(size: ChartSize, ticks: [String], labels: [String]) {
        self.size = size
        let character = size.fontSize * 0.58
        let longestTick = ticks.map { Double($0.count) }.max() ?? 0
        let longestLabel = min(labels.map { Double($0.count) }.max() ?? 0, Double(Self.labelLengthMax))
        left = longestTick * character + 14
        right = size.width - (longestLabel == 0 ? 12 : longestLabel * size.fontSize * 0.72 + 12)
        top = 30
        bottom = size.height - 46
    }

    func x(_ position: Double) -> Double { left + position * (right - left) }
    func y(_ position: Double) -> Double { bottom - position * (bottom - top) }
    func width(of text: String) -> Double { Double(text.count) * size.fontSize * 0.58 }
}

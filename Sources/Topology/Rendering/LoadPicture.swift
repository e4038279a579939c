extension LinkGraph {
    /// A picture of what the links carried: an arrow for each, the wider and the stronger in colour the more it
    /// carried, with the number beside it as long as there is room.
    ///
    /// It stands alone, and follows the light or dark of the page that shows it. Of more than
    /// ``TopologyLimits/loadedLinksMax`` links the plain picture is drawn.
    ///
    /// - Parameters:
    ///   - loads: how many messages each link carried; one that is not there carried none.
    ///   - lost: nodes that died; what was sent to them and arrived, nobody knows.
    ///   - silent: nodes that did not answer, of which nobody knows that either.
    ///   - size: the longer side in units of the picture; its letters are 12 units high.
    public func loadSVG(
        _ loads: [Link: UInt64], lost: Set<Int> = [], silent: Set<Int> = [], size: Double = 380
    ) -> String {
        guard links.count <= TopologyLimits.loadedLinksMax else { return svg(size: size) }
        return LoadPicture(self, loads: loads, lost: lost, silent: silent, size: size).svg()
    }
}

/// A picture of a topology with what its links carried.
struct LoadPicture {
    /// The height of letters, in units of the picture.
    static let fontSize = 12.0
    /// With more links than this there are no numbers: they would cover the picture.
    static let numberedLinksMax = 64

    let graph: LinkGraph
    let drawing: Drawing
    /// What is left beside the drawing, so that there is room for numbers: the more the slimmer it is.
    let padding: (x: Double, y: Double)
    let arrows: [LoadArrow]
    private let lost: Set<Int>
    private let silent: Set<Int>
    private let numbers: [LoadNumber]

    init(_ graph: LinkGraph, loads: [Link: UInt64], lost: Set<Int>, silent: Set<Int> = [], size: Double) {
        self.graph = graph
        self.lost = lost
        self.silent = silent
        let drawing = graph.drawing(size: size)
        self.drawing = drawing
        padding = (max(46, size * 0.4 - drawing.width) / 2, max(8, size * 0.2 - drawing.height) / 2)
        let most = loads.values.max() ?? 0
        let widest = max(2.5, min(drawing.nodeRadius * 0.5, 7))
        func arrow(_ edge: Drawing.Edge, isBack: Bool) -> LoadArrow {
            let link = isBack ? edge.link.reversed : edge.link
            let load = loads[link] ?? (lost.contains(link.to) || silent.contains(link.to) ? nil : 0)
            return LoadArrow(
                link: link, load: load, share: most > 0 ? Double(load ?? 0) / Double(most) : 0, edge: edge,
                isBack: isBack, widest: widest, headMax: drawing.nodeRadius * 0.8)
        }
        arrows = drawing.edges.flatMap { edge in
            [arrow(edge, isBack: false)] + (edge.isTwoWay ? [arrow(edge, isBack: true)] : [])
        }
        numbers = arrows.count <= Self.numberedLinksMax ? LoadNumber.placed(arrows, drawing, padding) : []
    }

    /// How many links have no number beside them.
    var numbersLeftOut: Int { arrows.count - numbers.count }

    func svg() -> String {
        let width = Self.number(drawing.width + 2 * padding.x)
        let height = Self.number(drawing.height + 2 * padding.y)
        let box = "\(Self.number(-padding.x)) \(Self.number(-padding.y)) \(width) \(height)"
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"topology\" role=\"img\" width=\"\(width)\" "
                + "height=\"\(height)\" viewBox=\"\(box)\" style=\"color-scheme: light dark\">",
            "<title>\(SVGText.escaped("\(graph.shape), what each link carried"))</title>",
            "<desc>\(SVGText.escaped(summary))</desc>", Self.style,
        ]
        lines += arrows.map(\.element)
        lines += drawing.nodes.map { node in
            let (x, y) = (Self.number(node.x), Self.number(node.y))
            let fate = lost.contains(node.id) ? ", died" : silent.contains(node.id) ? ", did not answer" : nil
            let (name, look) = fate.map { ($0, " class=\"lost\"") } ?? ("", "")
            let digits = String(graph.nodeCount - 1).count
            let letters = Self.number(drawing.nodeRadius * (digits < 3 ? 1.0 : 2.6 / Double(digits)))
            return "<g\(look)><title>node \(node.id)\(name)</title>"
                + "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"\(Self.number(drawing.nodeRadius))\"/>"
                + "<text class=\"id\" x=\"\(x)\" y=\"\(y)\" font-size=\"\(letters)\">\(node.id)</text></g>"
        }
        lines += numbers.map { number in
            "<text class=\"load\" x=\"\(Self.number(number.x))\" y=\"\(Self.number(number.y))\">\(number.text)</text>"
        }
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    /// What the picture shows, in a sentence, for those who cannot see it.
    var summary: String {
        let known = arrows.compactMap { arrow in arrow.load.map { (link: arrow.link, load: $0) } }
        guard let least = known.min(by: { ($0.load, $0.link) < ($1.load, $1.link) }),
            let most = known.max(by: { ($0.load, $1.link) < ($1.load, $0.link) })
        else { return "No link carried anything that is known." }
        var text = "\(arrows.count) links carried from \(least.load) messages (\(least.link)) to "
        text += "\(most.load) (\(most.link))."
        for node in lost.sorted() { text += " Node \(node) died." }
        for node in silent.sorted() { text += " Node \(node) did not answer." }
        return text
    }

    /// The colours of loads go from faint to strong on either ground.
    private static let style = """
        <style>
        .topology{--ground:#fff;--node:#33414d;--label:#fff;--ink:#1d1c1a;--lost:#b02a1f;
        --l0:#b9c4cd;--l1:#8fb4d0;--l2:#5f9bc6;--l3:#2f80b8;--l4:#005c99}
        @media (prefers-color-scheme:dark){.topology{--ground:#1c1c1b;--node:#c9d3db;--label:#14191d;--ink:#eceae6;--lost:#f08d7f;
        --l0:#4a525a;--l1:#43687f;--l2:#4787ad;--l3:#52a5d8;--l4:#7cc7f7}}
        .l0{color:var(--l0)}.l1{color:var(--l1)}.l2{color:var(--l2)}.l3{color:var(--l3)}.l4{color:var(--l4)}
        .unknown{color:var(--lost)}.unknown line{stroke-dasharray:3 4}
        .topology line{stroke:currentColor}.topology path{fill:currentColor}
        .topology circle{fill:var(--node)}
        .topology .lost circle{fill:var(--ground);stroke:var(--lost);stroke-width:1.5;stroke-dasharray:3 2}
        .topology text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;text-anchor:middle;
        dominant-baseline:central}
        .topology .id{fill:var(--label);font-weight:600}.topology .lost .id{fill:var(--lost)}
        .topology .load{fill:var(--ink);font-size:12px;paint-order:stroke;stroke:var(--ground);stroke-width:3px;
        stroke-linejoin:round}
        </style>
        """

    static func number(_ value: Double) -> String { Numbers.short(value, decimals: 2) }
}

/// An arrow of a picture: one link and what it carried.
struct LoadArrow {
    let link: Link
    /// nil where nobody knows it.
    let load: UInt64?
    let width: Double
    private let color: String
    private let headSize: Double
    /// The middle of its tail and the tip of its head.
    let start: (x: Double, y: Double)
    let end: (x: Double, y: Double)
    /// A step of one unit to its right, as it goes.
    let right: (x: Double, y: Double)

    /// - Parameters:
    ///   - share: its load as a part of the greatest, from 0 to 1.
    ///   - isBack: whether it goes against its edge. Those of an edge that goes both ways keep to their right.
    init(
        link: Link, load: UInt64?, share: Double, edge: Drawing.Edge, isBack: Bool, widest: Double, headMax: Double
    ) {
        self.link = link
        self.load = load
        width = 1 + share * (widest - 1)
        color = load == nil ? "unknown" : share <= 0 ? "l0" : "l\(min(4, 1 + Int(share * 4)))"
        let (x1, y1, x2, y2) =
            isBack ? (edge.x2, edge.y2, edge.x1, edge.y1) : (edge.x1, edge.y1, edge.x2, edge.y2)
        let length = max(Numbers.length(x2 - x1, y2 - y1), 0.001)
        let (alongX, alongY) = ((x2 - x1) / length, (y2 - y1) / length)
        right = (-alongY, alongX)
        let shift = edge.isTwoWay ? widest / 2 + 1 : 0
        start = (x1 + right.x * shift, y1 + right.y * shift)
        end = (x2 + right.x * shift, y2 + right.y * shift)
        headSize = min(headMax, 5 + width, length * 0.4)
    }

    /// Its length.
    var length: Double { max(Numbers.length(end.x - start.x, end.y - start.y), 0.001) }

    /// A place on it, 0 at its tail and 1 at its tip.
    func place(_ part: Double) -> (x: Double, y: Double) {
        (start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)
    }

    var element: String {
        let (alongX, alongY) = (right.y * headSize, -right.x * headSize)
        let base = (x: end.x - alongX, y: end.y - alongY)
        let half = max(2.5, width * 0.9)
        let corners = [
            end, (x: base.x + right.x * half, y: base.y + right.y * half),
            (x: base.x - right.x * half, y: base.y - right.y * half),
        ]
        let points = corners.map { "\(LoadPicture.number($0.x)) \(LoadPicture.number($0.y))" }
        let carried = load.map { "\($0)" } ?? "not known"
        return "<g class=\"\(color)\"><title>\(SVGText.escaped("\(link): \(carried)"))</title>"
            + "<line x1=\"\(LoadPicture.number(start.x))\" y1=\"\(LoadPicture.number(start.y))\" "
            + "x2=\"\(LoadPicture.number(base.x))\" y2=\"\(LoadPicture.number(base.y))\" "
            + "stroke-width=\"\(LoadPicture.number(width))\"/><path d=\"M\(points.joined(separator: " L"))Z\"/></g>"
    }
}

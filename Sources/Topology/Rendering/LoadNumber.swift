/// The number beside an arrow, at a place where it covers no other number and no node.
struct LoadNumber {
    let text: String
    /// Its middle.
    let x: Double
    let y: Double
    private let halfWidth: Double
    private let halfHeight = LoadPicture.fontSize * 0.55

    /// Where along an arrow a number may stand; the middle is tried first.
    private static let parts = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8]

    private init(_ text: String, beside arrow: LoadArrow, at part: Double, isLeft: Bool) {
        self.text = text
        halfWidth = Double(text.count) * LoadPicture.fontSize * 0.29 + 1
        let side = isLeft ? -1.0 : 1.0
        let normal = (x: arrow.right.x * side, y: arrow.right.y * side)
        // As far out as the box needs to clear its own arrow.
        let reach = normal.x.magnitude * halfWidth + normal.y.magnitude * halfHeight + arrow.width / 2 + 2
        let place = arrow.place(part)
        x = place.x + normal.x * reach
        y = place.y + normal.y * reach
    }

    /// The numbers of all arrows that have room for theirs, the most loaded first.
    static func placed(
        _ arrows: [LoadArrow], _ drawing: Drawing, _ padding: (x: Double, y: Double)
    ) -> [LoadNumber] {
        var placed: [LoadNumber] = []
        let order = arrows.enumerated().sorted { ($1.element.load ?? 0, $0.offset) < ($0.element.load ?? 0, $1.offset) }
        for arrow in order.map(\.element) {
            let text = arrow.load.map { short($0) } ?? "?"
            let candidates = parts.flatMap { part in
                [false, true].map { LoadNumber(text, beside: arrow, at: part, isLeft: $0) }
            }
            // Left of an arrow is its return's side, where there is one.
            let hasReturn = arrows.contains { $0.link == arrow.link.reversed }
            let allowed = candidates.enumerated().filter { $0.offset % 2 == 0 || !hasReturn }.map(\.element)
            let free = allowed.filter { number in
                number.isInside(drawing, padding) && !placed.contains { number.overlaps($0) }
            }
            func covered(_ number: LoadNumber) -> Int { arrows.count { number.isCrossed(by: $0) } }
            guard let best = free.min(by: { covered($0) < covered($1) }) else { continue }
            placed.append(best)
        }
        return placed
    }

    private func overlaps(_ other: LoadNumber) -> Bool {
        (x - other.x).magnitude < halfWidth + other.halfWidth && (y - other.y).magnitude < halfHeight + other.halfHeight
    }

    private func isInside(_ drawing: Drawing, _ padding: (x: Double, y: Double)) -> Bool {
        guard x - halfWidth >= -padding.x, x + halfWidth <= drawing.width + padding.x,
            y - halfHeight >= -padding.y, y + halfHeight <= drawing.height + padding.y
        else { return false }
        return !drawing.nodes.contains { node in
            let outsideX = max(0, (x - node.x).magnitude - halfWidth)
            let outsideY = max(0, (y - node.y).magnitude - halfHeight)
            return outsideX * outsideX + outsideY * outsideY < drawing.nodeRadius * drawing.nodeRadius
        }
    }

    /// Whether an arrow goes through its box (Liang and Barsky's clipping).
    private func isCrossed(by arrow: LoadArrow) -> Bool {
        let (dx, dy) = (arrow.end.x - arrow.start.x, arrow.end.y - arrow.start.y)
        var (first, last) = (0.0, 1.0)
        let sides = [
            (-dx, arrow.start.x - (x - halfWidth)), (dx, x + halfWidth - arrow.start.x),
            (-dy, arrow.start.y - (y - halfHeight)), (dy, y + halfHeight - arrow.start.y),
        ]
        for (step, room) in sides {
            if step == 0 {
                if room < 0 { return false }
            } else if step < 0 {
                first = max(first, room / step)
            } else {
                last = min(last, room / step)
            }
        }
        return first <= last
    }

    /// A count in few characters, rounded: `950`, `12.3k`, `1.20M`.
    static func short(_ count: UInt64) -> String {
        var value = Double(count)
        for unit in ["", "k", "M", "G"] {
            // The limits are where three digits round up to the next unit.
            if unit.isEmpty && count < 1_000 { return "\(count)" }
            if value < 999.5 {
                return Numbers.fixed(value, decimals: value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + unit
            }
            value /= 1_000
        }
        return Numbers.fixed(min(value, 999), decimals: 0) + "T"
    }
}

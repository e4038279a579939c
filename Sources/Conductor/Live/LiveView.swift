import Reporting

/// The whole of what `zbed top` shows, as lines: a pure function of what is known and of the room there is.
struct LiveView {
    let style: LiveStyle

    /// The screen, no wider and no higher than the terminal.
    func screen(_ cluster: LiveCluster, width: Int, height: Int) -> [String] {
        let table = LiveTable(style: style)
        let head = head(cluster).map { String($0.prefix(width)) }
        // The table's heading, and the last line with a blank one above it.
        let room = max(height - head.count - 4, 1)
        var lines = head.enumerated().map { $0.offset == 0 ? style.paint($0.element, .strong) : $0.element } + [""]
        lines += table.lines(cluster.rows, width: width, rowsMax: room)
        lines += ["", String("q quits; rates and latencies are of the time since the last look".prefix(width))]
        return Array(lines.prefix(max(height, 1)))
    }

    /// What is printed where lines cannot be taken back.
    func plain(_ cluster: LiveCluster, width: Int) -> [String] {
        head(cluster).dropFirst() + LiveTable(style: style).lines(cluster.rows, width: width)
    }

    private func head(_ cluster: LiveCluster) -> [String] {
        var parts = ["\(cluster.answering) of \(cluster.rows.count) nodes answer"]
        if let leader = cluster.leader {
            parts.append("node \(leader.node) leads in term \(leader.term ?? 0)")
        } else if cluster.rows.contains(where: { $0.role != nil }) {
            parts.append("nobody leads")
        }
        if let out = cluster.total(\.outPerSecond), out > 0 { parts.append("\(style.text.short(out))/s sent") }
        if let arrived = cluster.total(\.inPerSecond) { parts.append("\(style.text.short(arrived))/s delivered") }
        if let cpu = cluster.total(\.cpuPercent) { parts.append("CPU \(style.text.short(cpu)) %") }
        return ["zbed top  \(cluster.name ?? "no node has answered yet")", parts.joined(separator: ", ")]
    }
}

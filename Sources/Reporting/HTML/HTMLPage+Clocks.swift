extension HTMLPage {
    /// What latencies rest on: one clock, or the clocks of each run as they were compared.
    func clocks() -> Markup {
        let compared = report.runs.filter { $0.clocks.map { $0.kind != .one } ?? false }
        guard compared.isEmpty else {
            let items: [Markup] = compared.flatMap { run in
                let which =
                    report.runs.count == 1
                    ? "" : "\(run.shapeName), \(Numbers.nodes(run.nodes)), run \(run.repeat): "
                let lines = run.clocks.map { [$0.line(style)] + $0.lines(style) } ?? []
                return lines.map { "<li>\(which)\($0)</li>" as Markup }
            }
            return "<section><h2>Clocks</h2><ul>\(items)</ul></section>"
        }
        let widest = report.runs.compactMap(\.clocks).flatMap(\.nodes).compactMap(\.uncertaintyNanoseconds).max()
        let comparison =
            widest.map {
                " The client compared it with each node's: the same to \(style.plusMinus)\(style.duration(Double($0)))."
            } ?? ""
        return """
            <section><h2>Clocks</h2>
            <p>All times are of one clock (\(report.environment.clock)): nothing had to be taken off.\(comparison)</p></section>
            """
    }
}

internal import Measurement

extension Judge {
    /// What a reader should know when a run did not stay as it began; empty when it did, or is too short to tell.
    ///
    /// It is a note and no failure: a queue that grows while the asked rate is reached is a measurement, but not of a
    /// latency that a longer run would find too. Where nodes died or came late nothing is meant to be steady.
    static func notesOnSteadiness(of run: RunReport) -> [String] {
        let isDisturbed =
            run.perNode.contains { $0.isLost } || run.agreement.map { !$0.joins.isEmpty } ?? false
        guard !isDisturbed, !run.wasInterrupted else { return [] }
        let latency = SteadyState(bySeconds(run.timeline) { Double($0.p50) })
        let throughput = SteadyState(run.rate.asked == nil ? bySeconds(run.timeline) { Double($0.count) } : [])
        return [(latency, "median latency"), (throughput, "rate of deliveries")].compactMap { state, name in
            guard state.finding == .drifting else { return nil }
            let percent = Numbers.fixed((state.change * 100).magnitude, decimals: 0)
            return "The run was not steady: from begin to end its \(name) \(state.change > 0 ? "rose" : "fell") by "
                + "\(percent) %, more than its seconds scatter. A longer --warmup may help, or a lower rate."
        }
    }

    /// The median of a figure's intervals in each second: what lasts less than that is a stall and no drift.
    ///
    /// The first and the last second are left out, because their intervals may be longer or shorter than the others.
    private static func bySeconds(_ timeline: [TimelinePoint], _ figure: (TimelinePoint) -> Double) -> [Double] {
        let seconds = Dictionary(grouping: timeline) { Int(exactly: $0.seconds.rounded(.down)) ?? 0 }
        return seconds.sorted { $0.key < $1.key }.dropFirst().dropLast().compactMap { _, points in
            Spread(points.map(figure))?.median
        }
    }
}

extension HTMLPage {
    /// What the instrument itself adds to what it measured.
    func instrument() -> Markup {
        guard let calibration = report.calibration else {
            return """
                <div class="card"><h3>Instrument</h3><p class="note">It was \(CalibrationText.missing).</p></div>
                """
        }
        var pairs: [(String, String)] = []
        if let wait = calibration.wakeUp {
            pairs.append(
                (
                    "Waits end late by",
                    "\(style.duration(Double(wait.median))) (p99 \(style.duration(Double(wait.p99))))"
                ))
        }
        for rate in calibration.pacing {
            let lag = "\(style.duration(Double(rate.lagMedian))) late (p99 \(style.duration(Double(rate.lagP99))))"
            pairs.append(
                (
                    "\(style.short(rate.asked)) messages/s",
                    rate.isReached ? lag : "not reached: \(style.short(rate.achieved))/s"
                ))
        }
        let accounting = calibration.accounting
        pairs.append(
            (
                "Accounting",
                "\(style.duration(max(0, accounting.cost))) of CPU a message, on \(style.duration(accounting.bare)) of bare libzmq"
            ))
        pairs.append(("Reading the clock", style.duration(calibration.clock.reading)))
        pairs.append(("Steal", Numbers.fixed(calibration.scheduler.stealPercent, decimals: 1, unit: " %")))
        pairs.append(("Measured", calibration.createdAt))
        return "<div class=\"card\"><h3>Instrument</h3>\(definitionList(pairs))</div>"
    }
}

/// A calibration for a terminal, and its summary in reports.
public enum CalibrationText {
    /// All of it, as tables.
    public static func document(_ calibration: Calibration, ascii: Bool = false) -> String {
        let style = TextStyle(ascii: ascii).tight
        var text =
            "\(style.clean(calibration.host)), \(style.clean(calibration.cpu)), kernel \(style.clean(calibration.kernel))\n"
            + "zbed \(calibration.version) (\(calibration.build)), libzmq \(calibration.libzmq), "
            + "\(calibration.createdAt), measured in \(Numbers.fixed(calibration.seconds, decimals: 1)) s\n"
        text += "\nCLOCK\n" + facts(clockFacts(calibration.clock, style))
        text += "\nWAITS (how late they end)\n" + waits(calibration.waits, style)
        text += "\nPACING (the load client, how much later than due it sends)\n" + pacing(calibration.pacing, style)
        text += "\nACCOUNTING (CPU time of the receiving thread for each message)\n"
        text += accounting(calibration.accounting, style)
        text += "\nSCHEDULER\n" + facts(schedulerFacts(calibration.scheduler))
        return text
    }

    /// One line: what the instrument adds.
    static func summary(_ calibration: Calibration, style: TextStyle) -> String {
        var parts: [String] = []
        if let wait = calibration.wakeUp {
            parts.append(
                "waits end \(style.duration(Double(wait.median))) late "
                    + "(p99 \(style.duration(Double(wait.p99))))")
        }
        let kept = calibration.pacing.filter(\.isReached)
        if let fastest = kept.max(by: { $0.asked < $1.asked }) {
            parts.append(
                "\(style.short(fastest.asked)) messages/s are sent "
                    + "\(style.duration(Double(fastest.lagMedian))) late (p99 \(style.duration(Double(fastest.lagP99))))"
            )
        }
        parts.append("accounting costs \(style.duration(max(0, calibration.accounting.cost))) of CPU a message")
        parts.append("reading the clock \(style.duration(calibration.clock.reading))")
        if calibration.scheduler.stealPercent >= 0.1 {
            parts.append("steal \(Numbers.fixed(calibration.scheduler.stealPercent, decimals: 1)) %")
        }
        return parts.joined(separator: "; ") + "; measured \(calibration.createdAt)"
    }

    /// What stands in the place of a summary.
    static let missing =
        "not calibrated on this machine with these versions: zbed calibrate measures the instrument's own errors"

    private static func facts(_ facts: [(String, String)]) -> String {
        let width = facts.map(\.0.count).max() ?? 0
        return facts.map { name, value in
            "  \(name):" + String(repeating: " ", count: width - name.count + 2) + value + "\n"
        }.joined()
    }

    private static func clockFacts(_ clock: ClockCalibration, _ style: TextStyle) -> [(String, String)] {
        [
            ("source", style.clean(clock.source)), ("resolution", style.duration(Double(clock.resolution))),
            ("smallest step", style.duration(Double(clock.step))), ("one reading", style.duration(clock.reading)),
        ]
    }

    private static func waits(_ waits: [WaitCalibration], _ style: TextStyle) -> String {
        var table = TextTable(
            columns: ["wait", "count", "p50", "p99", "max"].map { .init(title: $0) })
        for wait in waits {
            table.rows.append([
                style.duration(Double(wait.asked)), Numbers.grouped(wait.count), style.duration(Double(wait.median)),
                style.duration(Double(wait.p99)), style.duration(Double(wait.max)),
            ])
        }
        return table.render(width: TextReport.defaultColumns)
    }

    private static func pacing(_ pacing: [PacingCalibration], _ style: TextStyle) -> String {
        var table = TextTable(
            columns: ["asked/s", "achieved/s", "messages", "p50", "p99", "max"].map { .init(title: $0) }
                + [.init(title: "", leading: true)])
        for rate in pacing {
            table.rows.append([
                style.short(rate.asked), style.short(rate.achieved), Numbers.grouped(rate.count),
                style.duration(Double(rate.lagMedian)), style.duration(Double(rate.lagP99)),
                style.duration(Double(rate.lagMax)), rate.isReached ? "" : "not reached",
            ])
        }
        return table.render(width: TextReport.defaultColumns)
    }

    private static func accounting(_ accounting: AccountingCalibration, _ style: TextStyle) -> String {
        var table = TextTable(
            columns: [.init(title: "receiver", leading: true), .init(title: "CPU/message"), .init(title: "messages/s")])
        table.rows.append([
            "bare libzmq in C", style.duration(accounting.bare), style.short(accounting.bareRate),
        ])
        table.rows.append(["node", style.duration(accounting.node), style.short(accounting.nodeRate)])
        let range = style.durationRange(accounting.costRange.first ?? 0, accounting.costRange.last ?? 0)
        return table.render(width: TextReport.defaultColumns)
            + "  the account costs \(style.duration(accounting.cost)) (\(range) over \(accounting.repeats) turns of "
            + "\(Numbers.grouped(accounting.messages)) messages of \(accounting.messageSizeBytes) B)\n"
    }

    private static func schedulerFacts(_ scheduler: SchedulerCalibration) -> [(String, String)] {
        var processors = "\(scheduler.processorsOnline) online, \(scheduler.processorsUsable) usable"
        if let quota = scheduler.processorQuota {
            processors += ", limited to \(Numbers.plain(quota, decimals: 2))"
        }
        return [
            ("processors", processors + (scheduler.isVirtual ? ", virtual" : "")),
            ("governor", scheduler.governor ?? "none"),
            ("steal", "\(Numbers.fixed(scheduler.stealPercent, decimals: 2)) %"),
            (
                "load average",
                scheduler.loadAverage.map { Numbers.fixed($0, decimals: 2) }.joined(separator: " ")
            ),
        ]
    }
}

extension HTMLPage {
    /// What was measured, in a row of numbers below the verdict.
    func facts() -> Markup {
        guard let first = report.runs.first else { return "" }
        let sizes = Set(report.runs.map(\.nodes)).sorted().map(String.init).joined(separator: ", ")
        let facts: [Markup] = [
            extent(), fact("Nodes", sizes, "\(first.pattern) over \(first.transport)"), rate(first), length(first),
            delivered(), orders(),
        ]
        return "<dl class=\"facts\">\(facts)</dl>"
    }

    /// Of how much the page is: clusters that are compared, or the settings or steps that were gone through.
    private func extent() -> Markup {
        let runs = Numbers.counted(UInt64(report.runs.count), "run")
        guard let curve = report.loadCurve else { return fact("Clusters", "\(groups.count)", runs) }
        let settings = Set(curve.points.map { "\($0.messageSizeBytes) \($0.asked)" }).count
        let steps = Numbers.counted(UInt64(curve.points.count), "step")
        return fact(curve.kind == .explore ? "Settings" : "Rates", "\(settings)", "\(steps); \(runs) in full below")
    }

    private func rate(_ first: RunReport) -> Markup {
        let how = [first.settings.rateNote, sizes, first.settings.overflow].compactMap { $0 }
        return fact("Asked rate", askedRates, how.joined(separator: ", "))
    }

    private func length(_ first: RunReport) -> Markup {
        let length = Numbers.plain(first.settings.durationSeconds)
        let warmup = "after \(Numbers.plain(first.settings.warmupSeconds)) s of warm-up"
        if report.runs.count == 1, first.wasInterrupted {
            let real = Numbers.plain(first.rate.seconds ?? 0, decimals: 1)
            return fact("Measured", "\(real) s", "of \(length) s, interrupted; \(warmup)")
        }
        guard let points = report.loadCurve?.points, points.count > 1 else {
            return fact("Measured", "\(length) s", report.runs.count > 1 ? "each, \(warmup)" : warmup)
        }
        let lengths = Set(points.map(\.durationSeconds)).sorted().map { Numbers.plain($0, decimals: 1) }
        let all = lengths.count > 1 ? "\(lengths[0]) to \(lengths[lengths.count - 1])" : lengths.joined()
        return fact("Measured", "\(all) s", "each, \(warmup)")
    }

    /// What was delivered of what was owed; of a work queue, what was done.
    private func delivered() -> Markup {
        let expected = report.runs.reduce(0) { $0 + $1.ledger.expected }
        let unique = report.runs.reduce(0) { $0 + $1.ledger.unique }
        let missing = report.runs.reduce(0) { $0 + $1.ledger.missing }
        let isQueue = report.runs.contains { $0.pipeline != nil }
        let owed = "\(Numbers.grouped(expected)) \(isQueue ? "tasks" : "owed")"
        let text =
            missing == 0 && unique == expected ? "all of \(owed)" : "of \(owed); \(Numbers.grouped(missing)) missing"
        return fact(isQueue ? "Tasks done" : "Delivered", style.short(Double(unique)), text + place)
    }

    private func orders() -> Markup {
        let orders = report.runs.compactMap(\.clients)
        guard !orders.isEmpty else { return "" }
        let refused = orders.reduce(0) { $0 + $1.refused }
        let rejected = orders.reduce(0) { $0 + $1.rejected }
        let unanswered = orders.reduce(0) { $0 + $1.unacknowledged }
        let unsent = orders.reduce(0) { $0 + ($1.unsent ?? 0) }
        let unknown = orders.reduce(0) { $0 + ($1.unknown ?? 0) }
        return fact(
            "Orders sent", style.short(orders.reduce(0) { $0 + Double($1.sent) }),
            (rejected > 0 ? "\(Numbers.grouped(rejected)) rejected by the book, " : "")
                + "\(Numbers.grouped(refused)) refused, \(Numbers.grouped(unanswered)) not answered"
                + (unsent > 0 ? "; \(Numbers.grouped(unsent)) more never sent" : "")
                + (unknown > 0 ? "; \(Numbers.grouped(unknown)) more of lost workers" : "") + place)
    }

    /// Which of the steps of a search or an exploration a number is of; nothing for other reports.
    private var place: String {
        guard report.loadCurve != nil else { return "" }
        return report.runs.count == 1 ? ", in the run in full below" : ", in the runs in full below"
    }

    /// The rate that was asked of all runs or steps, or the lowest and the highest.
    private var askedRates: String {
        if let points = report.loadCurve?.points, !points.isEmpty { return Self.range(points.map(\.asked)) }
        let texts = Set(report.runs.map(\.settings.askedRate))
        let rates = report.runs.compactMap(\.settings.rate)
        guard texts.count > 1 else { return texts.first ?? Numbers.none }
        return rates.count == report.runs.count ? Self.range(rates) : "several"
    }

    private static func range(_ rates: [Double]) -> String {
        let (least, most) = (rates.min() ?? .nan, rates.max() ?? .nan)
        let high = "\(Numbers.fixed(most, decimals: 0))/s"
        return least == most ? high : "\(Numbers.fixed(least, decimals: 0)) to \(high)"
    }

    /// How large messages are: `64 B each`, or all sizes that there are.
    private var sizes: String {
        if let words = report.runs[0].settings.variedSizes { return words }
        let all = report.loadCurve?.points.map(\.messageSizeBytes) ?? report.runs.map(\.settings.messageSizeBytes)
        let sizes = Set(all).sorted().map(StepWords.size)
        return sizes.count == 1 ? "\(sizes[0]) each" : "of \(RunNotes.list(sizes))"
    }

    /// How the runs were set up, option by option; where several settings were gone through, all that there are.
    func settings() -> Markup {
        guard let first = report.runs.first else { return "" }
        guard let curve = report.loadCurve, !curve.points.isEmpty else {
            return "<div class=\"card\"><h3>Settings</h3>\(definitionList(Self.pairs(of: first)))</div>"
        }
        let rates = Self.range(curve.points.map(\.asked))
        let pairs = Self.pairs(of: first, rate: rates, size: sizes)
        let what =
            curve.kind == .explore
            ? "Of all steps; the runs in full are of \(RunNotes.list(report.runs.map(Self.setting)))."
            : "Of all steps; the runs in full are at \(RunNotes.list(Self.unique(report.runs.map(\.settings.askedRate))))."
        return """
            <div class="card"><h3>Settings</h3>\(definitionList(pairs))<p class="note">\(what)</p></div>
            """
    }

    private static func setting(of run: RunReport) -> String {
        run.setting ?? "\(StepWords.size(run.settings.messageSizeBytes)) at \(run.settings.askedRate)"
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func pairs(of run: RunReport, rate: String? = nil, size: String? = nil) -> [(String, String)] {
        let settings = run.settings
        let asked = [settings.askedRate, settings.rateNote].compactMap { $0 }.joined(separator: ", ")
        var pairs: [(String, String)] = [
            ("Pattern", "\(run.pattern) over \(run.transport), consensus \(run.consensus)"), ("Mode", settings.mode),
            ("Rate", rate ?? asked), ("Message size", size ?? settings.variedSizes ?? "\(settings.messageSizeBytes) B"),
            ("Overflow", settings.overflow), ("Clients", String(settings.clients)),
        ]
        if let arrival = settings.arrival {
            pairs.append(("Messages fall due", arrival == "fixed" ? "at fixed intervals" : arrival))
        }
        if let outstanding = settings.outstanding { pairs.append(("Outstanding", String(outstanding))) }
        if let balance = settings.balance { pairs.append(("Balancing", balance)) }
        let other = settings.other.filter { $0.key != "message-size-bytes" }
        pairs += other.sorted { $0.key < $1.key }.map { (SettingName.words($0.key), $0.value) }
        return pairs
    }
}

extension RunSettings {
    /// How large messages are, where they are not all of one size.
    fileprivate var variedSizes: String? {
        if let words = other["message-size-bytes"] { return words }
        return other["payload-dir"].map { "files of \($0), at most \(StepWords.size(messageSizeBytes))" }
    }
}

extension HTMLPage {
    /// The processes that made the load of a run; nothing where zbed did itself.
    func workers(_ run: RunReport) -> Markup {
        guard let workers = run.workers, !workers.isEmpty else { return "" }
        let rows: [Markup] = workers.map { worker in
            let lag = worker.sendLag
            let isWhole = worker.end == .delivered
            let end: Markup =
                isWhole
                ? "delivered"
                : "<span class=\"bad\">\(worker.end.rawValue)\(worker.endedAt.map { " \(Moment.at($0))" } ?? "")</span>"
            let late = worker.lateNanoseconds == 0 ? "no" : style.duration(Double(worker.lateNanoseconds))
            let clock =
                worker.clockErrorNanoseconds == 0
                ? "one" : style.plusMinus + style.duration(Double(worker.clockErrorNanoseconds))
            return """
                <tr><th scope="row" class="wrap">\(worker.worker)<br><span class="note">\(worker.name); process \(worker.pid) on \
                \(worker.host)</span></th><td>\(end)</td><td>\(worker.clients)</td><td>\(Numbers.fixed(worker.sharePercent, decimals: 1, unit: " %"))</td>\
                <td>\(worker.sentText)</td><td>\(Numbers.grouped(worker.acknowledged))</td>\
                <td>\(lag.map { style.duration(Double($0.p99)) } ?? Numbers.none)</td>\
                <td>\(lag.map { style.duration(Double($0.max)) } ?? Numbers.none)</td><td>\(late)</td><td>\(clock)</td></tr>

                """
        }
        return """
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Load worker</th><th scope="col">End</th><th scope="col">Clients</th>\
            <th scope="col">Share</th><th scope="col">Sent</th><th scope="col">Acknowledged</th><th scope="col">Lag p99</th>\
            <th scope="col">Lag max</th><th scope="col">Began late</th><th scope="col">Clock</th></tr></thead>
            <tbody>\(rows)</tbody></table></div><div class="body"><p class="note">\(RunNotes.workers(workers) ?? "")</p></div>
            """
    }

    /// What each report contributed to one that was put together of several; nothing for others.
    func contributions() -> Markup {
        guard let parts = report.contributions, !parts.isEmpty else { return "" }
        let rows: [Markup] = parts.map { part in
            """
            <tr><th scope="row" class="wrap">\(part.host)<br><span class="note">\(part.name); made \(part.createdAt)</span></th>\
            <td>\(Numbers.grouped(part.sent))</td><td>\(style.short(part.achievedRate))/s</td>\
            <td>\(Numbers.grouped(part.unique))</td><td>\(Numbers.grouped(part.missing))</td>\
            <td>\(Numbers.grouped(part.latencies))</td><td>\(part.outcome.rawValue)</td><td>\(part.source)</td></tr>

            """
        }
        return """
            <section><h2>Put together of \(parts.count) reports</h2><div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr>\
            <th scope="col">Machine</th><th scope="col">Sent</th><th scope="col">Rate</th>\
            <th scope="col">Delivered</th><th scope="col">Missing</th><th scope="col">Latencies</th>\
            <th scope="col">Verdict</th><th scope="col">From</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }
}

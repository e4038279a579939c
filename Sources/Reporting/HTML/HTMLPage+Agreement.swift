extension HTMLPage {
    /// What clusters with an elected leader agreed on: of each group the run that charts show.
    func agreement() -> Markup {
        var parts: Markup = ""
        for group in groups {
            guard let agreement = group.shown.agreement else { continue }
            let repeats = group.runs.count > 1 ? ", run \(group.shown.repeat) of \(group.runs.count)" : ""
            let heading: Markup =
                report.runs.count > 1
                ? "<h3 class=\"size\">\(name(group)) <span class=\"note\">\(group.figures.nodes) nodes\(repeats)</span></h3>"
                : ""
            parts += "\(heading)\(self.agreement(agreement, of: group.shown))"
        }
        guard parts != "" else { return "" }
        return """
            <section><h2>What the nodes agreed on</h2>
            <p class="lede">An elected leader puts all orders into one log. An order is acknowledged when a majority holds it, \
            and nodes that executed the same orders in the same order have the same state hash.</p>
            \(parts)</section>
            """
    }

    private func agreement(_ agreement: AgreementReport, of run: RunReport) -> Markup {
        let failovers = agreement.failovers.prefix(AgreementText.failoversMax).map { failover($0) }
        let cards = failovers + agreement.joins.map { join($0) }
        let more: Markup = AgreementText.more(agreement.failovers).map { "<p class=\"note\">\($0)</p>" } ?? ""
        let courses: Markup = cards.isEmpty ? "" : "<div class=\"charts courses\">\(cards)</div>\(more)"
        return
            "\(agreementFacts(agreement, of: run))\(courses)\(agreementNodes(agreement, run))\(leaders(agreement.terms))"
    }

    private func agreementFacts(_ agreement: AgreementReport, of run: RunReport) -> Markup {
        let lost = run.perNode.filter { $0.isLost }
        var facts: [Markup] = [
            fact(
                "Leader", agreement.leader.map { "node \($0)" } ?? "nobody",
                "term \(agreement.term), \(agreement.voters) voters"),
            fact(
                "Elections", Numbers.grouped(agreement.elections),
                Numbers.counted(agreement.falseSuspicions, "false suspicion")),
            stateFact(agreement, lost: lost),
            fact(
                "Orders executed", Numbers.grouped(agreement.executed), "by every living node, warm-up included"),
        ]
        facts.append(
            fact(
                "Rejected by the book", Numbers.grouped(agreement.rejected),
                "executed without effect, warm-up included"))
        facts.append(
            fact(
                "Came again", Numbers.grouped(agreement.repeated),
                "none executed twice; \(Numbers.grouped(agreement.resent)) sent again"))
        facts.append(
            fact(
                "Longest gap", style.duration(agreement.longestGapMicroseconds * 1e3), AgreementText.gap(agreement)))
        return "<dl class=\"facts\">\(facts)</dl>"
    }

    private func stateFact(_ agreement: AgreementReport, lost: [NodeReport]) -> Markup {
        let isSame = agreement.statesAgree && agreement.difference == nil
        let value: Markup = isSame ? "✓ same" : "<span class=\"bad\">✗ not the same</span>"
        return
            "<div><dt>State hashes</dt><dd>\(value)<small>\(AgreementText.state(agreement, lost: lost))</small></dd></div>"
    }

    /// What followed the loss of a leader, as a bar to scale and as a list.
    private func failover(_ failover: FailoverReport) -> Markup {
        let steps = failover.steps
        // The return of who was lost is no part of how the others got over it, and may be long after.
        let total = steps.last { $0.kind != .returned }?.microseconds ?? 0
        let title: Markup = "Node \(failover.node) led and \(failover.fate)"
        let outcome =
            failover.successor.map { "node \($0) took over" } ?? "and nobody was elected after it"
        guard !steps.isEmpty else {
            return "<div class=\"card\"><h3>\(title)</h3><p class=\"note\">\(outcome)</p></div>"
        }
        var bar: Markup = ""
        var items: Markup = ""
        var last = 0.0
        for step in steps {
            let share = percent(step.microseconds - last, of: total)
            if step.kind != .returned {
                bar += "<span class=\"\(color(of: step.kind))\" style=\"width:\(share)%\"></span>"
            }
            items += """
                <li><span class="key \(color(of: step.kind))"></span>\
                <b>\(AgreementText.milliseconds(step.microseconds))</b><span>\(AgreementText.words(step.kind, failover))</span>\
                <span class="note">+\(AgreementText.milliseconds(step.microseconds - last))</span></li>

                """
            last = step.microseconds
        }
        return """
            <figure class="card"><h3>\(title) <span class="note sub">\(outcome)</span></h3>
            <div class="course" aria-hidden="true">\(bar)</div>
            <ol class="steps"><li><span class="key dead"></span><b>0 ms</b><span>node \(failover.node) \(failover.isSilent == true ? "fell silent" : "was dead")</span>\
            <span class="note"></span></li>
            \(items)</ol></figure>
            """
    }

    private func color(of kind: FailoverReport.Step.Kind) -> Markup {
        switch kind {
        case .detected: "s2"
        case .elected: "s1"
        case .known: "s4"
        case .acknowledged: "s3"
        case .returned: "s6"
        }
    }

    private func join(_ join: JoinReport) -> Markup {
        let title: Markup = "Node \(join.node) came late, \(Moment.at(join.seconds))"
        let entries = Numbers.grouped(join.entries)
        guard let time = join.convergenceMicroseconds else {
            return """
                <figure class="card"><h3>\(title) <span class="note sub">\(entries) entries were decided then</span></h3>
                <p class="bad">It did not catch up.</p></figure>
                """
        }
        return """
            <figure class="card"><h3>\(title) <span class="note sub">\(entries) entries were decided then</span></h3>
            <div class="course" aria-hidden="true"><span class="s3" style="width:100%"></span></div>
            <ol class="steps"><li><span class="key dead"></span><b>0 ms</b><span>it heard of the cluster</span>\
            <span class="note"></span></li>
            <li><span class="key s3"></span><b>\(AgreementText.milliseconds(time))</b>\
            <span>it had applied what was decided when it came</span>\
            <span class="note">+\(AgreementText.milliseconds(time))</span></li></ol></figure>
            """
    }

    private func agreementNodes(_ agreement: AgreementReport, _ run: RunReport) -> Markup {
        let hasBook = AgreementText.hasBook(agreement)
        let usual = mostFrequent(agreement.nodes.map(\.stateHash))
        var rows: [(id: Int, row: Markup)] = agreement.nodes.map { node in
            let book: Markup =
                hasBook ? "<td>\(Numbers.grouped(node.resting))</td><td>\(Numbers.grouped(node.trades))</td>" : ""
            let differs: Markup = node.stateHash == usual ? "" : " class=\"bad\""
            let role: Markup = node.id == agreement.leader ? "<b>\(node.role)</b>" : "\(node.role)"
            let row: Markup = """
                <tr><th scope="row">\(node.id)</th><td class="left">\(role)</td>\
                <td>\(Numbers.grouped(node.applied))</td><td>\(Numbers.grouped(node.executed))</td>\(book)\
                <td\(differs)><code>\(node.stateHash)</code></td></tr>

                """
            return (node.id, row)
        }
        for node in run.perNode where !agreement.nodes.contains(where: { $0.id == node.id }) {
            let fate = node.fate ?? "did not answer"
            let dashes = [Markup](repeating: "<td>\(Numbers.none)</td>", count: hasBook ? 5 : 3)
            rows.append(
                (node.id, "<tr><th scope=\"row\">\(node.id)</th><td class=\"left bad\">\(fate)</td>\(dashes)</tr>\n"))
        }
        let bookHeads: Markup = hasBook ? "<th scope=\"col\">Resting</th><th scope=\"col\">Trades</th>" : ""
        return """
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Node</th><th scope="col" class="left">Role</th>\
            <th scope="col">Applied</th><th scope="col">Executed</th>\(bookHeads)<th scope="col">State hash</th></tr></thead>
            <tbody>\(rows.sorted { $0.id < $1.id }.map(\.row))</tbody></table></div>
            """
    }

    private func mostFrequent(_ hashes: [String]) -> String? {
        Dictionary(grouping: hashes) { $0 }.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key
    }

    private func leaders(_ terms: [TermReport]) -> Markup {
        guard terms.count > 1 else { return "" }
        let items: [Markup] = terms.suffix(AgreementText.termsMax).map { term in
            "<li>\(AgreementText.sentence(of: term))</li>"
        }
        return "<ul class=\"legend\"><li>Who led:</li>\(items)</ul>"
    }
}

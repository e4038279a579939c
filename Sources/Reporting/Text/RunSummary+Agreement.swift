extension SummaryWriter {
    /// What the nodes agreed on, node by node, and how they got over deaths.
    mutating func agreement(_ agreement: AgreementReport, deaths: [NodeReport]) {
        section("AGREEMENT - Elected leader")
        entry(
            "Leader", agreement.leader.map { "node \($0), term \(agreement.term)" } ?? "nobody, term \(agreement.term)")
        entry("Voters", Numbers.grouped(UInt64(agreement.voters)))
        entry("Elections", Numbers.grouped(agreement.elections))
        entry("State", AgreementText.state(agreement, lost: deaths))
        entry("Orders executed", "\(Numbers.grouped(agreement.executed)), warm-up included")
        entry("Rejected by the book", "\(Numbers.grouped(agreement.rejected)), warm-up included")
        entry("Came again", "\(Numbers.grouped(agreement.repeated)) (not executed again)")
        entry("Sent again", Numbers.grouped(agreement.resent))
        entry("False suspicions", Numbers.grouped(agreement.falseSuspicions))
        entry(
            "Longest gap",
            "\(style.longDuration(agreement.longestGapMicroseconds * 1e3)) \(AgreementText.gap(agreement))")
        line("")
        text += table(of: agreement, deaths: deaths)
        if agreement.terms.count > 1 { terms(agreement.terms) }
        for failover in agreement.failovers.prefix(AgreementText.failoversMax) { self.failover(failover) }
        if let more = AgreementText.more(agreement.failovers) {
            line("")
            line(more)
        }
        for join in agreement.joins {
            line("")
            text += TextWrap.wrap(style.clean(AgreementText.sentence(of: join, style: style)), width: 80)
        }
    }

    private func table(of agreement: AgreementReport, deaths: [NodeReport]) -> String {
        let hasBook = AgreementText.hasBook(agreement)
        var columns: [TextTable.Column] = [
            .init(title: "Node", leading: true), .init(title: "Role", leading: true), .init(title: "Applied"),
            .init(title: "Executed"),
        ]
        if hasBook { columns += [.init(title: "Resting"), .init(title: "Trades")] }
        columns.append(.init(title: "State hash"))
        var table = TextTable(columns: columns)
        for node in agreement.nodes {
            let book = hasBook ? [Numbers.grouped(node.resting), Numbers.grouped(node.trades)] : []
            table.rows.append(
                [String(node.id), node.role, Numbers.grouped(node.applied), Numbers.grouped(node.executed)] + book
                    + [node.stateHash])
        }
        for node in deaths where !agreement.nodes.contains(where: { $0.id == node.id }) {
            let when = node.fate ?? ""
            table.rows.append(
                [String(node.id), when] + [String](repeating: Numbers.none, count: columns.count - 2))
        }
        table.rows.sort { (Int($0[0]) ?? 0) < (Int($1[0]) ?? 0) }
        return table.render(width: 100)
    }

    private mutating func terms(_ terms: [TermReport]) {
        line("")
        line("Who led:")
        for term in terms.suffix(AgreementText.termsMax) {
            line("  \(AgreementText.sentence(of: term))")
        }
    }

    private mutating func failover(_ failover: FailoverReport) {
        line("")
        line("Node \(failover.node) led and \(failover.fate); after that:")
        let steps = failover.steps
        guard !steps.isEmpty else {
            line("  nobody noticed")
            return
        }
        var last = 0.0
        for step in steps {
            let at = AgreementText.milliseconds(step.microseconds)
            let more = AgreementText.milliseconds(step.microseconds - last)
            line("\(pad(at, to: 12))  \(AgreementText.words(step.kind, failover)) (+\(more))")
            last = step.microseconds
        }
        if failover.successor == nil { line("  and nobody was elected") }
    }
}

/// Words that the reports share.
enum AgreementText {
    /// So many of the newest terms are shown.
    static let termsMax = 12
    /// So many of the first losses of a leader are shown.
    static let failoversMax = 12

    /// That not all losses of leaders are shown; nil where they are.
    static func more(_ failovers: [FailoverReport]) -> String? {
        let left = failovers.count - failoversMax
        guard left > 0 else { return nil }
        return "Leaders were lost \(Numbers.counted(UInt64(left), "time")) more: see report.json."
    }

    /// Whether the states are the same; `lost` are the nodes that are not there to say theirs.
    static func state(_ agreement: AgreementReport, lost: [NodeReport]) -> String {
        if let difference = agreement.difference {
            return
                "DIFFERS between orders \(Numbers.grouped(difference.after)) and \(Numbers.grouped(difference.through))"
        }
        guard !agreement.statesAgree else {
            guard agreement.nodes.count == 1 else { return "the same on all \(agreement.nodes.count) nodes" }
            return lost.contains(where: \.isSilent) ? "only one node answered" : "only one node lives"
        }
        return "no difference found, but not all came equally far"
    }

    static func hasBook(_ agreement: AgreementReport) -> Bool {
        agreement.nodes.contains { $0.resting > 0 || $0.trades > 0 }
    }

    static func milliseconds(_ microseconds: Double) -> String {
        "\(Numbers.fixed(microseconds / 1e3, decimals: microseconds < 10_000 ? 2 : 1)) ms"
    }

    static func gap(_ agreement: AgreementReport) -> String {
        "without an acknowledgement" + (agreement.gapIsOpen == true ? ", to the end of the load" : "")
    }

    static func sentence(of term: TermReport) -> String {
        // Times count from the begin of the measured time, and a cluster forms before that.
        let since = term.seconds < 0 ? "before the measured time" : Moment.plain(term.seconds)
        return "term \(term.term): node \(term.leader) since \(since)"
    }

    static func words(_ kind: FailoverReport.Step.Kind, _ failover: FailoverReport) -> String {
        switch kind {
        case .detected: "its silence was noticed"
        case .elected: failover.successor.map { "node \($0) was elected" } ?? "another was elected"
        case .known:
            "every \(failover.returnedMicroseconds == nil ? "living" : "other") node followed it"
        case .acknowledged: "the first order was acknowledged again"
        case .returned:
            "node \(failover.node) was back" + (failover.successor == failover.node ? "" : ", and followed")
        }
    }

    static func sentence(of join: JoinReport, style: TextStyle) -> String {
        let came =
            "Node \(join.node) came \(Moment.at(join.seconds)), when "
            + "\(Numbers.grouped(join.entries)) entries were decided"
        guard let time = join.convergenceMicroseconds else { return "\(came), and did not catch up." }
        return "\(came); it had applied them \(style.duration(time * 1e3)) later."
    }
}

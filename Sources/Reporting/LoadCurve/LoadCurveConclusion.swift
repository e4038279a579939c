extension LoadCurveReport {
    /// Writes down what the steps came to, and answers what that is worth.
    ///
    /// - Parameter failures: what speaks against the cluster whatever the rate, such as losses that nothing explains.
    public mutating func conclude(failures: [String] = []) -> Verdict {
        var (outcome, reasons): (Outcome, [String]) = (.unknown, [])
        if let maximum {
            (outcome, reasons) = concluded(maximum)
        } else if let exploration {
            (outcome, reasons) = concluded(exploration)
        }
        guard failures.isEmpty else {
            return Verdict(outcome: .fail, reasons: failures + (outcome == .pass ? [] : reasons))
        }
        return Verdict(outcome: outcome, reasons: outcome == .pass ? [] : reasons)
    }

    // MARK: - A search

    private mutating func concluded(_ maximum: MaximumReport) -> (Outcome, [String]) {
        let what = Self.list(maximum.assertions)
        let verb = maximum.assertions.count == 1 ? "holds" : "hold"
        let lowest = StepWords.rate(maximum.lowest)
        let outcome: Outcome
        switch (maximum.ending, maximum.rate) {
        case ("found", let rate?):
            outcome = .pass
            conclusion =
                "The highest rate at which \(what) \(verb) is \(StepWords.rate(rate)): "
                + Self.confirmed(maximum, seconds: points.last?.durationSeconds ?? 0) + above(maximum, rate: rate)
        case ("nothingHolds", _):
            outcome = .fail
            let once = points.contains { $0.asked == maximum.lowest && $0.outcome == .pass }
            conclusion =
                "Not even at the lowest rate, \(lowest), \(what) \(verb)\(once ? " every time" : "")"
                + "\(why(at: maximum.lowest))."
        case ("unjudged", _):
            outcome = .unknown
            conclusion =
                "At the lowest rate, \(lowest), it cannot be said whether \(what) \(verb)\(why(at: maximum.lowest))."
        case ("timeUp", _):
            outcome = .unknown
            conclusion =
                "Time was up before a rate was confirmed at which \(what) \(verb)\(best). " + remedy(maximum)
        default:
            outcome = .unknown
            conclusion = "The search for the highest rate at which \(what) \(verb) was interrupted\(best)."
        }
        let used = StepWords.seconds(maximum.secondsUsed)
        let sentence = conclusion
        // Stopped before its time: what was left was not enough for another step.
        let isCut = maximum.ending == "timeUp" && maximum.secondsUsed < maximum.secondsAllowed
        let rest = isCut ? ", and the next step would not have ended in the rest" : ""
        conclusion += " The search took \(used) of \(StepWords.seconds(maximum.secondsAllowed))\(rest)."
        return (outcome, [sentence])
    }

    private static func confirmed(_ maximum: MaximumReport, seconds: Double) -> String {
        let length = StepWords.seconds(seconds)
        return maximum.confirmations == 1
            ? "it held again in a run of \(length)" : "it held again in \(maximum.confirmations) runs of \(length)"
    }

    /// What is known of higher rates, and how far the answer is from what was asked for.
    private func above(_ maximum: MaximumReport, rate: Double) -> String {
        guard let failing = maximum.failing else {
            return rate >= maximum.highest
                ? ", and no higher one is allowed."
                : ". No higher one was seen to fail: \(Self.timeWasUp(maximum))."
        }
        let fails = "; at \(StepWords.rate(failing)) it does not."
        let gap = (failing / rate - 1) * 100
        guard let precision = maximum.precisionPercent, gap > precision * 1.001 else { return fails }
        let isSteppedDown = points.contains {
            $0.phase == "confirmation" && $0.asked > rate && $0.outcome != .pass
        }
        let why =
            isSteppedDown
            ? "what had held once between them did not hold again when it was to be confirmed"
            : Self.timeWasUp(maximum)
        return fails
            + " Between them lie \(Numbers.plain(gap, decimals: 1)) %, and \(Numbers.plain(precision)) % were asked for: "
            + "\(why)."
    }

    /// A search ends before its time where what is left is too short for another step.
    private static func timeWasUp(_ maximum: MaximumReport) -> String {
        maximum.secondsUsed < maximum.secondsAllowed
            ? "another step would not have ended in the time that was left" : "the time was up before"
    }

    /// What makes a search come to an end in its time.
    private func remedy(_ maximum: MaximumReport) -> String {
        guard let needed = maximum.messagesNeeded, let last = points.last, last.asked > 0,
            needed / last.asked >= last.durationSeconds * 0.99
        else { return "Give more --find-max-time, or a shorter --duration." }
        return "Give more --find-max-time, or begin with a higher rate (--find-max-rates): its percentiles need "
            + "\(Numbers.plain(needed)) messages in each step, however short --duration is."
    }

    /// Why the last step at this rate did not pass.
    private func why(at rate: Double) -> String {
        guard let point = points.last(where: { $0.asked == rate && $0.outcome != .pass }), !point.why.isEmpty else {
            return ""
        }
        return " (\(point.why.joined(separator: ", ")))"
    }

    private var best: String {
        guard let rate = points.filter({ $0.outcome == .pass }).map(\.asked).max() else { return "" }
        return "; the highest that held once is \(StepWords.rate(rate))"
    }

    // MARK: - An exploration

    private mutating func concluded(_ exploration: ExplorationReport) -> (Outcome, [String]) {
        let left = exploration.skipped.count { $0.why == "interrupted" }
        let isCut = left > 0 || points.last?.why == ["interrupted"]
        let every = isCut ? "every rate that was measured" : "every rate"
        let sentences = exploration.knees.map { knee in
            (size: StepWords.size(knee.messageSizeBytes), knee: knee)
        }.map { size, knee -> String in
            let why = knee.why.isEmpty ? "" : " (\(knee.why.joined(separator: ", ")))"
            switch (knee.carried.map(StepWords.rate), knee.saturated.map(StepWords.rate)) {
            case (let carried?, let saturated?): return "\(size): \(carried) is carried, \(saturated) is not\(why)."
            case (let carried?, nil): return "\(size): \(every) is carried, up to \(carried)."
            case (nil, let saturated?): return "\(size): not even \(saturated) is carried\(why)."
            case (nil, nil): return "\(size): not known."
            }
        }
        conclusion = sentences.isEmpty ? "No rate was measured to its end." : sentences.joined(separator: " ")
        var doubts: [String] = []
        if isCut { doubts.append("The exploration was interrupted; settings that were not measured: \(left).") }
        for knee in exploration.knees where knee.carried == nil && !isCut {
            doubts.append(
                "Not even the lowest rate of \(StepWords.size(knee.messageSizeBytes)) messages is carried: give lower "
                    + "--explore-rates.")
        }
        return (doubts.isEmpty ? .pass : .unknown, doubts)
    }

    private static func list(_ texts: [String]) -> String {
        guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
        return texts.dropLast().joined(separator: ", ") + " and " + last
    }
}

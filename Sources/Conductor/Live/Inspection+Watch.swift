import Runtime
import Wire

extension Inspection {
    /// Asks every node how it is, and those that answer what they say of their logs and books; waits for a silent one
    /// no longer than the time-out.
    func watch(timeoutNanoseconds: UInt64) throws -> [LiveAnswer] {
        let all = Array(endpoints.indices)
        var answers = all.map { LiveAnswer(node: $0, endpoint: endpoints[$0]) }
        var there: [Int] = []
        var old: [Int] = []
        let said = try control.ask(
            .vitals, nodes: all, timeoutNanoseconds: timeoutNanoseconds, interrupt: wasInterrupted)
        for (node, answer) in zip(all, said) {
            switch answer {
            case .vitals(let vitals):
                answers[node].vitals = vitals
                answers[node].status = vitals.status
                there.append(node)
            // One that does not know the question is there all the same.
            case .some: old.append(node)
            case nil: break
            }
        }
        if !old.isEmpty {
            let statuses = try control.statuses(
                of: old, timeoutNanoseconds: timeoutNanoseconds, interrupt: wasInterrupted)
            for (node, status) in zip(old, statuses) { answers[node].status = status }
            there += old
        }
        try askMore(of: there.sorted(), timeoutNanoseconds, &answers)
        return answers
    }

    private func askMore(of there: [Int], _ timeoutNanoseconds: UInt64, _ answers: inout [LiveAnswer]) throws {
        if mayHaveLogs, !there.isEmpty {
            let reports = try control.consensus(
                of: there, timeoutNanoseconds: timeoutNanoseconds, interrupt: wasInterrupted)
            for (node, report) in zip(there, reports) where report?.hasLeaders == true { answers[node].log = report }
            mayHaveLogs = !reports.allSatisfy { $0?.hasLeaders == false }
        }
        if mayHaveBooks, !there.isEmpty {
            let reports = try control.books(
                of: there, timeoutNanoseconds: timeoutNanoseconds, interrupt: wasInterrupted)
            for (node, report) in zip(there, reports) where report?.hasBook == true { answers[node].book = report }
            mayHaveBooks = !reports.allSatisfy { $0?.hasBook == false }
        }
    }
}

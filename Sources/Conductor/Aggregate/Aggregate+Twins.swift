import Reporting
import Runtime

// Load clients of one name: processes that were all told the same `--machine`.
extension Aggregate {
    /// Begins that are further apart than this, in seconds, are of processes that nodes can tell apart: the life of a
    /// client is named by the 32nd of a second in which it began, and some time passes until it measures.
    static let apartSeconds = 1.0

    /// What clients of the same names leave in doubt, and what of them should not be overlooked.
    ///
    /// - Parameter all: the run of each part, in their order.
    static func twins(_ parts: [Part], _ all: [RunReport]) -> (doubts: [String], notes: [String]) {
        var (doubts, notes): ([String], [String]) = ([], [])
        for (place, part) in parts.enumerated() {
            for other in 0..<place {
                for machine in machines(of: parts[other]).intersection(machines(of: part)).sorted() {
                    let both =
                        "\(parts[other].place) and \(part.place) are of two processes with the same clients, "
                        + "\(machine)_Client_1 and so on"
                    let begins = [all[other].startedAtSeconds, all[place].startedAtSeconds].compactMap { $0 }
                    if begins.count == 2, (begins[0] - begins[1]).magnitude > apartSeconds {
                        notes.append("\(both): give each loadclient a --machine of its own.")
                    } else {
                        doubts.append(
                            "\(both). Nodes take two that begin at the same moment for one, and what one sends for copies of "
                                + "the other's, so neither account can be relied on. Give each loadclient a --machine of "
                                + "its own.")
                    }
                }
            }
        }
        return (doubts, notes)
    }

    /// What the machines are called whose clients made a part's load: `Machine_2`.
    private static func machines(of part: Part) -> Set<String> {
        let workers = part.report.runs.flatMap { $0.workers ?? [] }.map(\.name)
        let names = (workers.isEmpty ? [part.report.name] : workers).compactMap { name -> String? in
            guard name.hasPrefix("Machine_"), let end = name.firstRange(of: "_Client_") else { return nil }
            return String(name[..<end.lowerBound])
        }
        return Set(names)
    }
}

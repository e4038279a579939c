import Reporting

// Load clients of one name: processes that were all told the same `--machine`.
extension Aggregate {
    /// Sentences about reports whose clients have the same names; empty where all have names of their own.
    ///
    /// Nodes account for each process by itself, so the sums are right; but nobody can tell by a name whose figures
    /// they are, and in an order book the orders of both have the same ids.
    static func twins(_ parts: [Part]) -> [String] {
        var sentences: [String] = []
        for (place, part) in parts.enumerated() {
            for other in parts[..<place] {
                sentences += machines(of: other).intersection(machines(of: part)).sorted().map { machine in
                    "\(other.place) and \(part.place) are of two processes whose clients have the same names "
                        + "(\(machine)_Client_1 and so on), and whose orders have the same ids in a book: start each "
                        + "loadclient with a --machine of its own."
                }
            }
        }
        return sentences
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

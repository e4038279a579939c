/// Lists of node ids for people to read.
enum NodeList {
    /// How many ids or runs of ids a sentence names before it says how many more there are.
    private static let namedMax = 8

    /// Ascending ids with runs drawn together: `0`, `2-5`, `9`.
    static func runs(_ nodes: [Int]) -> [String] {
        var runs: [(first: Int, last: Int)] = []
        for node in nodes {
            if let last = runs.indices.last, runs[last].last + 1 == node {
                runs[last].last = node
            } else {
                runs.append((node, node))
            }
        }
        return runs.flatMap { run in
            switch run.last - run.first {
            case 0: ["\(run.first)"]
            case 1: ["\(run.first)", "\(run.last)"]
            default: ["\(run.first)-\(run.last)"]
            }
        }
    }

    /// `node 3 has` or `nodes 3, 5-9 have`: ascending ids as a subject, with the verb that fits their number.
    static func phrase(_ nodes: [Int], verb: (one: String, many: String)?) -> String {
        let all = runs(nodes)
        var named = all.prefix(namedMax).joined(separator: ", ")
        if all.count > namedMax { named += " and more (\(nodes.count) in all)" }
        let subject = nodes.count == 1 ? "node \(named)" : "nodes \(named)"
        guard let verb else { return subject }
        return "\(subject) \(nodes.count == 1 ? verb.one : verb.many)"
    }
}

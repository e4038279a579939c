extension Shape {
    /// Reads a shape as the user writes it, such as `ring:one-way` or `tree:4`.
    ///
    /// The name is read without regard to case. Fails for an unknown name (and suggests the nearest known one) and for
    /// an argument that is missing, superfluous or out of bounds.
    public init(parsing text: String) throws(TopologyError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = (parts.first ?? "").lowercased()
        let argument = parts.count == 2 ? String(parts[1]) : nil
        switch name {
        case "star": self = try Self.plain(.star, argument)
        case "mesh": self = try Self.plain(.mesh, argument)
        case "line": self = try Self.plain(.line, argument)
        case "grid": self = try Self.plain(.grid, argument)
        case "full-flood": self = try Self.plain(.fullFlood, argument)
        case "ring": self = .ring(try Self.direction(argument))
        case "tree":
            self = .tree(fanOut: try Self.count(argument, of: "tree", meaning: "children of a node", atLeast: 1))
        case "random":
            self = .random(degree: try Self.count(argument, of: "random", meaning: "links of a node", atLeast: 2))
        case "file":
            guard let argument, !argument.isEmpty else {
                throw TopologyError("shape 'file' needs an edge list: write file:PATH, such as file:links.txt")
            }
            self = .file(path: argument)
        default:
            throw Self.unknown(text, name: name)
        }
    }

    private static func plain(_ shape: Shape, _ argument: String?) throws(TopologyError) -> Shape {
        guard let argument else { return shape }
        throw TopologyError("shape '\(shape)' takes no argument, but ':\(argument)' follows it: write \(shape)")
    }

    private static func direction(_ argument: String?) throws(TopologyError) -> RingDirection {
        switch argument?.lowercased() {
        case nil, "two-way": return .twoWay
        case "one-way": return .oneWay
        case .some:
            throw TopologyError(
                "'\(argument ?? "")' is not a direction of a ring: write ring:one-way or ring:two-way (the default)")
        }
    }

    private static func count(
        _ argument: String?, of name: String, meaning: String, atLeast minimum: Int
    ) throws(TopologyError) -> Int {
        let advice = "write \(name):K, where K is the number of \(meaning), at least \(minimum), such as \(name):4"
        guard let argument, !argument.isEmpty else {
            throw TopologyError("shape '\(name)' needs a number: \(advice)")
        }
        guard let value = Int(argument), TopologyLimits.nodes.contains(value), value >= minimum else {
            throw TopologyError(
                "'\(argument)' is not a number from \(minimum) to \(TopologyLimits.nodes.upperBound): \(advice)")
        }
        return value
    }

    private static func unknown(_ text: String, name: String) -> TopologyError {
        let complaint = text.isEmpty ? "no shape is named" : "'\(text)' is not a known shape"
        func distance(_ usage: String) -> Int { editDistance(name, String(usage.prefix { $0 != ":" })) }
        let near = usages.min { distance($0) < distance($1) }.flatMap { usage in
            !name.isEmpty && distance(usage) <= max(2, name.count / 3) ? usage : nil
        }
        let question = near.map { "; did you mean '\($0)'?" } ?? ":"
        return TopologyError("\(complaint)\(question) expected one of \(usages.joined(separator: ", "))")
    }
}

/// The number of characters to insert, remove or replace to make one text of the other (Levenshtein).
func editDistance(_ first: String, _ second: String) -> Int {
    let target = Array(second)
    var row = Array(0...target.count)
    for (index, character) in first.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in target.indices {
            let replaced = diagonal + (character == target[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[target.count]
}

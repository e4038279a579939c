/// What an edge list says: one edge a line, with the lines kept for diagnostics.
struct EdgeList: Sendable {
    let fileName: String
    private(set) var nodeCount: Int
    /// Each link that the text names, with the line that named it first.
    private(set) var lineOfLink: [Link: Int] = [:]
    /// Lines that are superfluous, but harmless.
    private(set) var warnings: [Diagnostic] = []

    /// Reads the text, and fails with all its problems; without `nodes` there is one more than the highest id.
    init(parsing text: String, fileName: String, nodes: Int?) throws(TopologyError) {
        if let nodes { try TopologyLimits.requireNodes(nodes) }
        self.fileName = fileName
        self.nodeCount = nodes ?? 0
        var problems: [Diagnostic] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            do throws(TopologyError) {
                try read(line, number: index + 1, nodes: nodes)
            } catch {
                problems += error.diagnostics
            }
        }
        if problems.isEmpty, nodeCount == 0 {
            problems.append(
                Diagnostic(.error, "no edge is in this file: write one a line, such as '0 1'", file: fileName))
        }
        guard problems.isEmpty else { throw Self.error(problems) }
    }

    /// What a line may say, for errors.
    private static let forms = "'A B' or 'A -- B' (both ways), or 'A -> B' (one way)"

    private mutating func read(_ line: Substring, number: Int, nodes: Int?) throws(TopologyError) {
        let tokens = Self.tokens(line.prefix { $0 != "#" })
        guard !tokens.isEmpty else { return }
        let isOneWay: Bool
        switch (tokens.count, tokens[tokens.count / 2]) {
        case (2, let second) where !Self.isOperator(second): isOneWay = false
        case (3, "--"): isOneWay = false
        case (3, "->"): isOneWay = true
        default:
            throw problem("'\(tokens.joined(separator: " "))' is not an edge: expected \(Self.forms)", number)
        }
        let first = try nodeID(tokens[0], number: number, nodes: nodes)
        let second = try nodeID(tokens[tokens.count - 1], number: number, nodes: nodes)
        guard first != second else {
            throw problem("node \(first) is joined to itself: an edge needs two different nodes", number)
        }
        if nodes == nil { nodeCount = max(nodeCount, first + 1, second + 1) }
        let link = Link(from: first, to: second)
        let named = isOneWay ? [link] : [link, link.reversed]
        let known = named.compactMap { lineOfLink[$0] }
        if known.count == named.count, let earlier = known.min() {
            let text = "this edge adds nothing: line \(earlier) named it already; remove one of them"
            warnings.append(Diagnostic(.warning, text, file: fileName, line: number))
        }
        for link in named where lineOfLink[link] == nil { lineOfLink[link] = number }
    }

    private func nodeID(_ token: String, number: Int, nodes: Int?) throws(TopologyError) -> Int {
        guard token.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw problem("'\(token)' is not a node id: expected a whole number from 0, as in \(Self.forms)", number)
        }
        let highest = (nodes ?? TopologyLimits.nodes.upperBound) - 1
        guard let id = Int(token), id <= highest else {
            let reason =
                nodes.map { "there are \($0) nodes, so ids go from 0 to \(highest)" }
                ?? "the highest id possible is \(highest)"
            throw problem("node \(token) does not exist: \(reason)", number)
        }
        return id
    }

    private func problem(_ message: String, _ line: Int) -> TopologyError {
        TopologyError(diagnostics: [Diagnostic(.error, message, file: fileName, line: line)])
    }

    /// Splits at white space and around arrows, so that `0->1` is three tokens.
    private static func tokens(_ line: Substring) -> [String] {
        var tokens: [String] = []
        for word in line.split(whereSeparator: \.isWhitespace) {
            var rest = word
            while let first = rest.first {
                let wanted = isOperator(first)
                let token = rest.prefix { isOperator($0) == wanted }
                tokens.append(String(token))
                rest = rest.dropFirst(token.count)
            }
        }
        return tokens
    }

    private static func isOperator(_ character: Character) -> Bool {
        character == "-" || character == ">" || character == "<"
    }

    private static func isOperator(_ token: String) -> Bool {
        token.first.map(isOperator) ?? false
    }

    private static func error(_ problems: [Diagnostic]) -> TopologyError {
        let kept = problems.prefix(TopologyLimits.problemsReportedMax)
        guard kept.count < problems.count else { return TopologyError(diagnostics: problems) }
        let rest = Diagnostic(.error, "\(problems.count - kept.count) more problems are not shown", file: kept[0].file)
        return TopologyError(diagnostics: kept + [rest])
    }
}

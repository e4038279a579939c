extension LinkGraph {
    /// What is wrong with the links: nodes that are isolated or never hear some other node, links without return.
    ///
    /// The named shapes are sound by construction; an edge list may be anything. Errors come first.
    public func check() -> [Diagnostic] {
        unreachable() + (source?.warnings ?? []) + oneWayLinks()
    }

    private func unreachable() -> [Diagnostic] {
        guard nodeCount > 1 else { return [] }
        let isolated = (0..<nodeCount).filter { outgoingLinks(of: $0).isEmpty && incomingLinks(of: $0).isEmpty }
        var found: [Diagnostic] = []
        if !isolated.isEmpty {
            let subject = NodeList.phrase(isolated, verb: ("has", "have"))
            found.append(error("\(subject) no links: join each to another node, or lower the number of nodes"))
        }
        // The links are sound exactly when one node reaches all and all reach it.
        guard let reference = (0..<nodeCount).first(where: { !isolated.contains($0) }) else { return found }
        var search = BreadthFirst(nodes: nodeCount)
        let skipped = Set(isolated)
        search.run(from: reference, in: self)
        let deaf = (0..<nodeCount).filter { search.hops[$0] < 0 && !skipped.contains($0) }
        search.run(from: reference, in: self, backwards: true)
        let mute = (0..<nodeCount).filter { search.hops[$0] < 0 && !skipped.contains($0) }
        if !deaf.isEmpty {
            let subject = NodeList.phrase(deaf, verb: ("cannot hear", "cannot hear"))
            found.append(error("\(subject) node \(reference): add a link on a path that leads there"))
        }
        if !mute.isEmpty {
            let object = NodeList.phrase(mute, verb: nil)
            found.append(error("node \(reference) cannot hear \(object): add a link on a path that leads back"))
        }
        return found
    }

    private func oneWayLinks() -> [Diagnostic] {
        // A one-way ring was asked for by name; in an edge list a missing return may be a slip.
        guard let source, !isSymmetric else { return [] }
        return links.filter { !hasLink(from: $0.to, to: $0.from) }.map { link in
            let text =
                "link \(link) has no return, so events flow one way only; for both ways write '\(link.from) \(link.to)'"
            return Diagnostic(.warning, text, file: source.fileName, line: source.lineOfLink[link])
        }
    }

    private func error(_ message: String) -> Diagnostic {
        Diagnostic(.error, message, file: source?.fileName)
    }
}

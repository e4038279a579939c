extension LinkGraph {
    /// The topology for programs: links, laws, what the checks found, and endpoints when there is a plan.
    ///
    /// Keys are sorted. `schemaVersion` changes when a key is removed or changes its meaning.
    public func json(plan: PortPlan? = nil) -> String {
        let findings = check() + (plan?.check() ?? [])
        var members: [String: JSONValue] = [
            "schemaVersion": .integer(1),
            "shape": .string(shape.description),
            "nodeCount": .integer(nodeCount),
            "links": .array(
                links.map { link in
                    let isDialledIn = dialsIn(from: link.from, to: link.to)
                    return .object([
                        "from": .integer(link.from), "to": .integer(link.to),
                        "dialledBy": .integer(isDialledIn ? link.from : link.to),
                    ])
                }),
            "laws": laws.json,
            "diagnostics": .array(findings.map(\.json)),
        ]
        if let plan {
            members["transport"] = .string(plan.transport.rawValue)
            members["nodes"] = .array(
                plan.addresses.indices.map { node in
                    .object(["id": .integer(node), "endpoints": plan.endpointsJSON(of: node)])
                })
        }
        return JSONValue.object(members).text() + "\n"
    }
}

extension PortPlan {
    fileprivate func endpointsJSON(of node: Int) -> JSONValue {
        guard knows(node) else { return .null }
        return .object(
            Dictionary(
                uniqueKeysWithValues: Service.allCases.map { ($0.rawValue, .string(endpoint($0, of: node))) }))
    }
}

extension Laws {
    fileprivate var json: JSONValue {
        .object([
            "links": .integer(links),
            "edges": .integer(edges),
            "messagesPerBroadcast": .number(messagesPerBroadcast),
            "messagesPerBroadcastMin": .number(messagesPerBroadcastRange.lowerBound),
            "messagesPerBroadcastMax": .number(messagesPerBroadcastRange.upperBound),
            "messagesPerBroadcastFormula": .string(messagesPerBroadcastFormula),
            "deliveriesPerBroadcast": .number(deliveriesPerBroadcast),
            "redundancy": .number(redundancy),
            "worstHops": .integer(worstHops),
            "meanHops": .number(meanHops),
            "mostLoadedNode": .integer(mostLoadedNode),
            "mostLoadedNodes": .array(mostLoadedNodes.map(JSONValue.integer)),
            "mostLoadedNodeMessages": .number(mostLoadedNodeMessages),
        ])
    }
}

extension Diagnostic {
    fileprivate var json: JSONValue {
        .object([
            "severity": .string(severity.rawValue),
            "message": .string(message),
            "file": file.map(JSONValue.string) ?? .null,
            "line": line.map(JSONValue.integer) ?? .null,
        ])
    }
}

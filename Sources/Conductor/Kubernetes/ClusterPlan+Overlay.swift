import Foundation

/// A document as JSON, which is YAML too.
indirect enum JSONValue: Equatable, Sendable, Encodable {
    case string(String)
    case integer(Int)
    case array([JSONValue])
    case object([String: JSONValue])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }

    /// The text, the same for the same value.
    func text(isPretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    init(stringLiteral text: String) { self = .string(text) }
    init(arrayLiteral values: JSONValue...) { self = .array(values) }
    init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(Dictionary(members) { $1 }) }
}

// The overlay over deploy/kubernetes.
extension ClusterPlan {
    /// What the base is called in the overlay's folder.
    static let base = "base"

    /// The overlay's only file, `kustomization.yaml`.
    func overlay() throws -> String { try kustomization().text(isPretty: true) + "\n" }

    func kustomization() throws -> JSONValue {
        var members: [String: JSONValue] = [
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
            "namespace": .string(name.namespace), "resources": [.string(Self.base)],
            "images": [imageOverride],
            "replicas": [["name": "node", "count": .integer(nodes)]],
            "configMapGenerator": [
                merged("node", nodeLiterals),
                merged(
                    "load",
                    ["WORKERS=\(workers)", "NODES=\(endpoints(port: 5002).joined(separator: ","))"] + loadVariables),
            ],
            "patches": .array(try patches()),
        ]
        if isShaped { members["components"] = [.string("\(Self.base)/components/shaping")] }
        return .object(members)
    }

    private var imageOverride: JSONValue {
        var image: [String: JSONValue] = ["name": "zbed", "newName": .string(image.name)]
        if let digest = self.image.digest {
            image["digest"] = .string(digest)
        } else if let tag = self.image.tag {
            image["newTag"] = .string(tag)
        }
        return .object(image)
    }

    private var nodeLiterals: [String] {
        var literals = ["NUM_NODES=\(nodes)", "PEERS=\(endpoints(port: 5000).joined(separator: ","))"] + nodeVariables
        if let latencyMilliseconds { literals.append("LATENCY=\(latencyMilliseconds)") }
        if let throughputKilobytes { literals.append("THROUGHPUT=\(throughputKilobytes)") }
        return literals
    }

    private func merged(_ name: String, _ literals: [String]) -> JSONValue {
        ["name": .string(name), "behavior": "merge", "literals": .array(literals.map { .string($0) })]
    }

    // MARK: - Patches

    private func patches() throws -> [JSONValue] {
        try [nodePatch, loadPatch, expiryPatch].map { patch in ["patch": .string(try patch.text())] }
    }

    private func document(_ version: String, _ kind: String, _ name: String, _ more: [String: JSONValue]) -> JSONValue {
        let head: [String: JSONValue] = [
            "apiVersion": .string(version), "kind": .string(kind), "metadata": ["name": .string(name)],
        ]
        return .object(head.merging(more) { $1 })
    }

    private var nodePatch: JSONValue {
        var limits: [String: JSONValue] = ["memory": .string(resources.memoryLimit.text)]
        if let cpu = resources.cpuLimit { limits["cpu"] = .string(cpu.text) }
        let requests: JSONValue = [
            "cpu": .string(resources.cpuRequest.text), "memory": .string(resources.memoryRequest.text),
        ]
        let container: JSONValue = ["name": "node", "resources": ["requests": requests, "limits": .object(limits)]]
        let pod = placement.merging(["containers": [container]]) { $1 }
        return document("apps/v1", "StatefulSet", "node", ["spec": ["template": ["spec": .object(pod)]]])
    }

    private var loadPatch: JSONValue {
        guard workers > 0 else { return document("batch/v1", "Job", "load", ["$patch": "delete"]) }
        let spec: JSONValue = [
            "completions": .integer(workers), "parallelism": .integer(workers),
            "template": ["spec": .object(placement)],
        ]
        return document("batch/v1", "Job", "load", ["spec": spec])
    }

    private var expiryPatch: JSONValue {
        let timer: JSONValue = ["name": "timer", "command": ["sleep", .string("\(timeoutSeconds)")]]
        return document(
            "batch/v1", "Job", "expiry", ["spec": ["template": ["spec": ["initContainers": [timer]]]]])
    }

    /// Where pods go that measure.
    private var placement: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if let pool { members["nodeSelector"] = [pool.label: .string(pool.value)] }
        if !tolerations.isEmpty { members["tolerations"] = .array(tolerations.map(Self.toleration)) }
        return members
    }

    private static func toleration(_ toleration: Toleration) -> JSONValue {
        var members: [String: JSONValue] = ["key": .string(toleration.key)]
        members["operator"] = toleration.value == nil ? "Exists" : "Equal"
        if let value = toleration.value { members["value"] = .string(value) }
        if let effect = toleration.effect { members["effect"] = .string(effect) }
        return .object(members)
    }
}

import Runtime

/// What Kubernetes calls things: names, labels, images, taints.
enum KubernetesText {
    /// A value of the user's in a message.
    static func shown(_ text: String) -> String { VisibleText.quoted(text) }

    /// Whether it is a DNS label (RFC 1123): what a namespace can be called.
    static func isLabel(_ text: String) -> Bool {
        let edges = [text.utf8.first, text.utf8.last]
        return text.utf8.count <= 63 && text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
            && edges.allSatisfy { $0.map(isLowerOrDigit) ?? false }
    }

    /// Whether it can be a label's value, or the name in its key: up to 63 letters, digits, `-`, `_` and `.`.
    static func isLabelValue(_ text: String) -> Bool {
        let edges = [text.utf8.first, text.utf8.last]
        return text.utf8.count <= 63 && text.utf8.allSatisfy { isAlphanumeric($0) || isOneOf($0, "-_.") }
            && edges.allSatisfy { $0.map(isAlphanumeric) ?? false }
    }

    /// Whether it can be a label's key, or a taint's: a name, and before it a domain if there is a slash.
    static func isLabelKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard let name = parts.last, isLabelValue(name) else { return false }
        guard parts.count == 2 else { return true }
        return parts[0].utf8.count <= 253
            && parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel(String($0)) }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isOneOf(_ byte: UInt8, _ bytes: StaticString) -> Bool {
        bytes.withUTF8Buffer { $0.contains(byte) }
    }
}

/// What a run is called, and the namespace that it has for itself.
struct ClusterName: Equatable, Sendable {
    /// What every run's namespace begins with, so that no other namespace can be meant.
    static let prefix = "zbed-"

    /// The run's name.
    let text: String
    /// Its namespace.
    var namespace: String { Self.prefix + text }

    /// Reads a name: with the prefix it must be a DNS label.
    init(_ text: String) throws(ValueError) {
        guard KubernetesText.isLabel(Self.prefix + text), text.utf8.first != UInt8(ascii: "-") else {
            throw ValueError(
                "\(KubernetesText.shown(text)) cannot name a namespace",
                expected: "lower case letters, digits and dashes, neither first nor last a dash, at most 58")
        }
        self.text = text
    }

    /// The run that has this namespace; nil when none has.
    init?(namespace: String) {
        guard namespace.hasPrefix(Self.prefix), KubernetesText.isLabel(namespace) else { return nil }
        text = String(namespace.dropFirst(Self.prefix.count))
    }

    /// A name by the time: `20261122-015904`.
    static func stamp(_ time: String) -> String {
        // What is cut into days and seconds, as in 20261122T015904Z.
        String(time.map { $0 == "T" ? "-" : $0 }.filter { $0 != "Z" })
    }
}

/// Where an image is pulled from.
struct ImageReference: Equatable, Sendable {
    /// Registry and repository.
    let name: String
    /// The tag; nil for the newest, or with a digest.
    let tag: String?
    /// `sha256:…`; nil when a tag will do.
    let digest: String?

    /// Reads `registry/repository:tag` or `…@sha256:…`.
    init(_ text: String) throws(ValueError) {
        let problem = ValueError(
            "\(KubernetesText.shown(text)) names no image",
            expected: "REGISTRY/NAME:TAG such as ghcr.io/me/zbed:1.0, or NAME@sha256:DIGEST")
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        digest = parts.count == 2 ? parts[1] : nil
        if let digest {
            let hex = digest.dropFirst("sha256:".count)
            guard digest.hasPrefix("sha256:"), hex.utf8.count == 64, hex.allSatisfy({ "0123456789abcdef".contains($0) })
            else { throw problem }
        }
        var name = parts[0]
        var tag: String?
        // A colon before the last slash belongs to the registry's port.
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            tag = String(name[name.index(after: colon)...])
            name = String(name[..<colon])
        }
        guard tag.map({ $0.utf8.count <= 128 && $0.first != "." && $0.first != "-" && Self.isWord($0, "_.-") }) ?? true
        else { throw problem }
        var components = name.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        var isName = name.utf8.count <= Self.nameBytesMax
        if components.count > 1, Self.isMeantAsHost(components[0]) {
            isName = isName && Self.isHost(components.removeFirst())
        }
        isName = isName && components.allSatisfy(Self.isComponent)
        guard isName else { throw problem }
        self.name = name
        self.tag = tag
    }

    /// What registries take.
    private static let nameBytesMax = 255

    /// Whether what is before the first slash is a registry, as no part of a repository can be.
    private static func isMeantAsHost(_ text: String) -> Bool {
        text == "localhost" || text.contains { $0 == "." || $0 == ":" } || text != text.lowercased()
    }

    /// Words of letters and digits with dots or dashes between them, and a port.
    private static func isHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(parts[1]),
                (1...65_535).contains(port)
            else { return false }
        }
        return parts[0].split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { KubernetesText.isLabel($0.lowercased()) }
    }

    /// Words of small letters and digits with `.`, `_`, `__` or dashes between them.
    private static func isComponent(_ text: String) -> Bool {
        guard isWord(text, "_.-"), text == text.lowercased(),
            let first = text.first, let last = text.last, !"_.-".contains(first), !"_.-".contains(last)
        else { return false }
        return text.split(whereSeparator: { !"_.-".contains($0) })
            .allSatisfy { [".", "_", "__"].contains($0) || $0.allSatisfy { $0 == "-" } }
    }

    /// Letters, digits and these.
    private static func isWord(_ text: String, _ others: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || others.contains($0)) }
    }
}

/// Machines that pods are to be placed on, by one of their labels.
struct NodePool: Equatable, Sendable {
    /// What a pool's name is a value of, when nothing else is said.
    static let usualLabel = "cloud.google.com/gke-nodepool"

    let label: String
    let value: String

    /// Reads `NAME` or `LABEL=NAME`.
    init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        label = parts.count == 2 ? parts[0] : Self.usualLabel
        value = parts.last ?? ""
        guard KubernetesText.isLabelKey(label), KubernetesText.isLabelValue(value) else {
            throw ValueError(
                "\(KubernetesText.shown(text)) names no pool",
                expected: "the pool's name, or LABEL=VALUE such as eks.amazonaws.com/nodegroup=tests")
        }
    }
}

/// A taint that pods put up with.
struct Toleration: Equatable, Sendable {
    let key: String
    /// nil: whatever its value is.
    let value: String?
    /// nil: whatever its effect is.
    let effect: String?

    static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    /// Reads `KEY[=VALUE][:EFFECT]`, as `kubectl taint` writes taints.
    init(_ text: String) throws(ValueError) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        let parts = halves[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        key = parts[0]
        value = parts.count == 2 ? parts[1] : nil
        effect = halves.count == 2 ? halves[1] : nil
        guard KubernetesText.isLabelKey(key), value.map(KubernetesText.isLabelValue) ?? true,
            effect.map(Self.effects.contains) ?? true
        else {
            throw ValueError(
                "\(KubernetesText.shown(text)) is no taint",
                expected: "KEY, KEY=VALUE or KEY=VALUE:EFFECT with an effect of \(Self.effects.joined(separator: ", "))"
            )
        }
    }
}

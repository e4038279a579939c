import Runtime

/// A namespace as it is listed.
struct NamespaceListing: Equatable, Sendable {
    let name: String
    /// `Active`, or `Terminating` while it is being deleted.
    let phase: String
    /// Whether it is marked as a run's.
    let isRun: Bool
    /// What the start that made it calls itself; nil: it was made otherwise.
    let start: String?

    /// The annotation that says which start made a namespace.
    static let startKey = "zbed-start"
    /// What is asked for, a line each.
    static let fields = [
        "{.metadata.name}", "{.status.phase}", "{.metadata.labels.app\\.kubernetes\\.io/part-of}",
        "{.metadata.annotations.\(startKey)}",
    ]

    /// Reads what `KubectlCall.namespace` prints; nil: there is none.
    static func parse(_ text: String) -> NamespaceListing? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        guard let name = lines.first, !name.isEmpty else { return nil }
        func line(_ place: Int) -> String { place < lines.count ? lines[place] : "" }
        return NamespaceListing(
            name: name, phase: line(1), isRun: line(2) == "zbed", start: line(3).isEmpty ? nil : line(3))
    }

    /// Why a run cannot have this namespace.
    func refusal(of run: ClusterName) -> Failure {
        let other = "choose another --name"
        if phase == "Terminating" {
            return Failure(
                .unavailable, "the namespace \(name) is still being deleted: wait until it is gone, or \(other)")
        }
        guard isRun else {
            return Failure(
                .unavailable, "there is a namespace \(name) already, which is no run's and is left as it is: \(other)")
        }
        return Failure(
            .unavailable, "there is a run \(run.text) already: \(other), or zbed cluster stop --name \(run.text)")
    }
}

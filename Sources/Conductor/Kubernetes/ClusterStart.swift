import Runtime

/// One start of a run.
struct ClusterStart {
    let plan: ClusterPlan
    let kubectl: Kubectl

    /// How long a namespace may take to go.
    static let deleteSeconds = 180

    /// What this start calls itself in the namespace that it makes, so that it deletes no other's.
    let token = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined(separator: "-")

    /// Makes the namespace, applies the manifests and waits for the nodes; what did not come to work is taken back.
    func start(_ manifests: String, readySeconds: Int) throws {
        let namespace = plan.name.namespace
        if let there = try listing(namespace) { throw there.refusal(of: plan.name) }
        let file = kubectl.path("manifests.yaml")
        try Files.writeAtomically(file, text: manifests)
        do {
            try create(namespace)
            try Program.printText(VisibleText.lines(try kubectl.ask(.apply(file: file))))
            if readySeconds > 0 { try waitUntilReady(namespace, seconds: readySeconds) }
        } catch {
            takeBack(namespace)
            throw error
        }
        let name = plan.name.text
        try Program.printText(
            "\nRun \(name) is in the namespace \(namespace), which is deleted in "
                + "\(DurationText.of(UInt64(plan.timeoutSeconds) * 1_000_000_000)).\n"
                + "  zbed cluster logs --name \(name)            what nodes and workers say, and the workers' reports\n"
                + "  zbed cluster port-forward --name \(name)    Prometheus on this machine\n"
                + "  zbed cluster stop --name \(name)            the end, before its time\n")
    }

    private func listing(_ namespace: String) throws -> NamespaceListing? {
        NamespaceListing.parse(try kubectl.ask(.namespace(namespace)))
    }

    /// Makes the namespace, which of several starts with one name only one can.
    ///
    /// Applying would not do: that takes over what is there.
    private func create(_ namespace: String) throws {
        let file = kubectl.path("namespace.json")
        let metadata: JSONValue = [
            "name": .string(namespace), "labels": ["app.kubernetes.io/part-of": "zbed"],
            "annotations": [NamespaceListing.startKey: .string(token)],
        ]
        let document: JSONValue = ["apiVersion": "v1", "kind": "Namespace", "metadata": metadata]
        try Files.writeAtomically(file, text: try document.text())
        let answer = try kubectl.run(.create(file: file))
        guard !answer.exit.isSuccess else { return }
        guard let there = try listing(namespace) else { throw Failure(.unavailable, answer.complaint) }
        // An answer can be lost: what is there may have been made by the first try.
        guard there.start == token else { throw there.refusal(of: plan.name) }
    }

    private func waitUntilReady(_ namespace: String, seconds: Int) throws {
        let answer = try kubectl.run(.rollout(namespace: namespace, seconds: seconds))
        guard !answer.exit.isSuccess else { return }
        // Whoever reads this wants to know why, and what says so will be gone.
        for call in [KubectlCall.podTable(namespace: namespace), .lastWords(namespace: namespace)] {
            Program.printErrorText(VisibleText.lines(try kubectl.run(call).output))
        }
        throw Failure(.unavailable, "the nodes were not ready within \(seconds) s (\(answer.complaint))")
    }

    /// Deletes the namespace if this start made it.
    private func takeBack(_ namespace: String) {
        kubectl.isCleaningUp = true
        do {
            guard let there = try listing(namespace), there.start == token else { return }
            Program.printError("zbed cluster start: taking back what was started")
            _ = try kubectl.ask(.delete(namespace: namespace, seconds: Self.deleteSeconds))
        } catch {
            Program.printError(
                "zbed cluster start: what was started could not be taken back (\(error)); "
                    + "try zbed cluster stop --name \(plan.name.text)")
        }
    }
}

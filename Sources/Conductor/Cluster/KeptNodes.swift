import Reporting
import Runtime

/// Nodes that are left running when the load is over, until the user ends them: here, or with `zbed stop`.
struct KeptNodes {
    let cluster: LocalCluster
    let interrupts: Interrupts

    /// Nodes that are told to stop end within moments of each other: that is told in one line.
    private static let togetherNanoseconds: UInt64 = 300_000_000
    /// A look now and then, should news of an end be missed.
    private static let lookNanoseconds: UInt64 = 3_600_000_000_000

    /// Waits for an interruption, or for the end of the last node; every node that ends is told.
    ///
    /// One that ends leaves the others to be looked at: what they make of its death may be what they were kept for.
    /// Fails when the last one is gone, and not all ended as nodes do that were told to.
    func wait() throws {
        guard !cluster.living.isEmpty else { return Program.printError("The load is over, and no node runs any more.") }
        Program.printError("The load is over; the nodes keep running until Ctrl-C, or until zbed stop ends them.")
        var failed = 0
        while true {
            let ended = try cluster.newlyDead().map { (how: $0.ending, isClean: $0.child.exit?.isSuccess ?? false) }
            failed += ended.count { !$0.isClean }
            if let words = Self.words(ended, living: cluster.living.count) { Program.printError(words) }
            if interrupts.flag.isSet { return }
            guard !cluster.living.isEmpty else { break }
            try interrupts.wait(nanoseconds: Self.lookNanoseconds, orReadable: cluster.exitDescriptors)
            if !interrupts.flag.isSet { try interrupts.wait(nanoseconds: Self.togetherNanoseconds) }
        }
        guard failed > 0 else { return }
        throw Failure(
            .unavailable, "no node is left, and \(Numbers.nodes(failed)) did not end as told: the logs say more")
    }

    /// What is said when nodes have ended; nil when none has.
    static func words(_ ended: [(how: String, isClean: Bool)], living: Int) -> String? {
        let clean = ended.count { $0.isClean }
        var parts = ended.filter { !$0.isClean }.map(\.how)
        if clean > 0 { parts.append("\(Numbers.nodes(clean)) ended as told") }
        guard !parts.isEmpty else { return nil }
        let left = living == 0 ? "none runs any more" : "\(Numbers.nodes(living)) still \(living == 1 ? "runs" : "run")"
        return "\(parts.joined(separator: ", ")); \(left)."
    }
}

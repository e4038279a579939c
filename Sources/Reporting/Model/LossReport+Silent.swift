// What is missing because of nodes that did not answer: nobody knows that they died.
extension LossReport {
    /// The cause of what was due before its receiver fell silent: it did not say what it had got.
    public static let accountNotGivenCause = "accountNotGiven"
    /// The cause of what was due after its receiver had fallen silent.
    public static let receiverSilentCause = "receiverSilent"
    /// The cause of what its origin alone knew of, which fell silent.
    public static let originSilentCause = "originSilent"
    /// The cause of what a silent node on the way did not pass on.
    public static let forwarderSilentCause = "forwarderSilent"

    /// The rows of one cause, with what silent nodes have to do with told apart from what dead ones have.
    ///
    /// - Parameters:
    ///   - counts: how many deliveries each node missed.
    ///   - places: whose queue, link or death they were lost by.
    ///   - silent: the nodes that did not answer.
    ///   - isAnyDead: whether nodes died besides.
    public static func rows(
        cause: String, deliveries: UInt64, missedBy counts: [Int: UInt64], lostAt places: [Int: UInt64],
        silent: Set<Int>, isAnyDead: Bool
    ) -> [LossReport] {
        let whole = LossReport(cause: cause, deliveries: deliveries, missedBy: counts, lostAt: places)
        guard !silent.isEmpty, let other = silentCauses[cause] else { return [whole] }
        let isAllSilent = !isAnyDead || (!places.isEmpty && silent.isSuperset(of: places.keys))
        switch cause {
        case ledgerLostCause, "receiverDown":
            let silents = counts.filter { silent.contains($0.key) }
            let others = counts.filter { !silent.contains($0.key) }
            return [(cause, others), (other, silents)].filter { !$0.1.isEmpty }.map { cause, counts in
                LossReport(cause: cause, deliveries: counts.values.reduce(0, +), missedBy: counts)
            }
        default:
            return isAllSilent
                ? [LossReport(cause: other, deliveries: deliveries, missedBy: counts, lostAt: places)] : [whole]
        }
    }

    private static let silentCauses = [
        ledgerLostCause: accountNotGivenCause, "receiverDown": receiverSilentCause, "originDown": originSilentCause,
        "forwarderDown": forwarderSilentCause,
    ]
}

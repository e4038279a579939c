/// How evenly something was spread over nodes.
///
/// σ is the population standard deviation of the nodes' shares, each share in percent of the total: the square root of
/// the mean of `(share - 100 / n)²`, in percentage points. All on one of three nodes is 47.14, as in the load balancing
/// tests whose grades these are; in n nodes it is at most `100 * sqrt(n - 1) / n`.
public struct Balance: Sendable, Equatable {
    /// What a standard deviation means.
    public enum Grade: String, Sendable, CaseIterable {
        /// σ below 1.
        case perfect
        /// σ below 5.
        case excellent
        /// σ below 10.
        case good
        /// σ below 15.
        case acceptable
        /// σ of 15 and more, or nothing to spread.
        case poor

        /// The grade of a standard deviation in percentage points.
        public init(standardDeviationPercent: Double) {
            switch standardDeviationPercent {
            case ..<1: self = .perfect
            case ..<5: self = .excellent
            case ..<10: self = .good
            case ..<15: self = .acceptable
            default: self = .poor
            }
        }
    }

    /// The share of each node, in percent of the total; all 0 when the total is.
    public let shares: [Double]
    /// σ, in percentage points.
    public let standardDeviationPercent: Double
    /// The grade of σ.
    ///
    /// Nothing at all is never well balanced: no nodes, or a total of 0, is poor.
    public let grade: Grade

    /// The balance of what each node got.
    public init(counts: [UInt64]) {
        let total = counts.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else {
            shares = counts.map { _ in 0 }
            standardDeviationPercent = 0
            grade = .poor
            return
        }
        let shares = counts.map { 100 * Double($0) / total }
        let mean = 100 / Double(counts.count)
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count)
        self.shares = shares
        standardDeviationPercent = squareRoot(variance)
        grade = Grade(standardDeviationPercent: standardDeviationPercent)
    }
}

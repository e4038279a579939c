/// How many samples a percentile needs to mean something: so many that about ten lie beyond it.
///
/// That is `10 / (1 - p)` for the upper percentiles (1,000 for the 99th, 100,000 for the 99.99th), the same by symmetry
/// for the lower ones, and 1 for the 0th and 100th, which are facts about the samples and estimate nothing.
///
/// - Parameter percentile: from 0 to 100.
public func minimumSamples(forPercentile percentile: Double) -> Int {
    let tail = min(percentile, 100 - percentile)
    guard tail > 0 else { return 1 }
    // 100 - 99.95 is a little less than 0.05: forgive what the subtraction lost before rounding up.
    let samples = 1_000 / tail * (1 - 1e-9)
    guard samples < 0x1p62 else { return .max }
    let whole = Int(samples)
    return Double(whole) < samples ? whole + 1 : whole
}

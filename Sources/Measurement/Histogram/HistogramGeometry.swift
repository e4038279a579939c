/// Where a value is counted: the bucket layout of HdrHistogram, for one configuration.
///
/// Values below `subBucketCount` units have a counter each; every doubling above that has `subBucketCount / 2`
/// counters, each twice as wide as those of the doubling before. So the width of a counter is never more than one part
/// in `10^significantDigits` of the values it holds.
@usableFromInline
struct HistogramGeometry: Sendable, Equatable {
    @usableFromInline let lowest: Int64
    @usableFromInline let highest: Int64
    @usableFromInline let significantDigits: Int
    /// log2 of the width of the narrowest counter.
    @usableFromInline let unitMagnitude: Int
    /// log2 of half the number of counters in one doubling.
    @usableFromInline let halfMagnitude: Int
    /// All values whose highest bit is inside this mask belong to the first doubling.
    @usableFromInline let firstDoublingMask: UInt64
    /// How many counters there are.
    @usableFromInline let counterCount: Int

    /// The layout for values from `lowest` to `highest`, or nil when HdrHistogram would not accept the configuration:
    /// it needs `lowest >= 1`, `highest >= 2 * lowest`, 0 to 5 digits, and a first doubling that fits in 62 bits.
    init?(lowest: Int64, highest: Int64, significantDigits: Int) {
        guard lowest >= 1, lowest <= Int64.max / 2, highest >= 2 * lowest, (0...5).contains(significantDigits) else {
            return nil
        }
        let largestSingleUnit = (0..<significantDigits).reduce(2) { product, _ in product * 10 }
        let magnitude = max(Int.bitWidth - (largestSingleUnit - 1).leadingZeroBitCount, 1)
        let unitMagnitude = Int64.bitWidth - 1 - lowest.leadingZeroBitCount
        guard unitMagnitude + magnitude - 1 <= 61 else { return nil }

        var doublings = 1
        var limit = UInt64(1) << UInt64(unitMagnitude + magnitude)
        while limit <= UInt64(highest) {
            doublings += 1
            limit *= 2
        }
        self.lowest = lowest
        self.highest = highest
        self.significantDigits = significantDigits
        self.unitMagnitude = unitMagnitude
        halfMagnitude = magnitude - 1
        firstDoublingMask = ((1 << UInt64(magnitude)) - 1) << UInt64(unitMagnitude)
        counterCount = (doublings + 1) << (magnitude - 1)
    }

    /// The counter of a value between 0 and `highest`.
    @inlinable @inline(__always)
    func index(of value: Int64) -> Int {
        let bits = UInt64(bitPattern: value)
        let doubling = (63 &- (bits | firstDoublingMask).leadingZeroBitCount) &- halfMagnitude &- unitMagnitude
        let subBucket = Int(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: doubling &+ unitMagnitude))
        return (doubling &<< halfMagnitude) &+ subBucket
    }

    /// log2 of the width of a counter.
    private func widthMagnitude(at index: Int) -> Int {
        max((index >> halfMagnitude) - 1, 0) + unitMagnitude
    }

    /// Where the counters end that are as wide as the one at `index`.
    func endOfEqualWidth(from index: Int) -> Int {
        // The first doubling has twice as many counters as the others.
        max(((index >> halfMagnitude) + 1) << halfMagnitude, 2 << halfMagnitude)
    }

    /// The smallest value that a counter holds.
    func lowestValue(at index: Int) -> Int64 {
        let half = 1 << halfMagnitude
        let subBucket = index < 2 * half ? index : (index & (half - 1)) + half
        return Int64(subBucket) << Int64(widthMagnitude(at: index))
    }

    /// The largest value that a counter holds.
    func highestValue(at index: Int) -> Int64 {
        // The width less one is added in one step: the sum is at most Int64.max, the width alone need not be.
        lowestValue(at: index) + ((1 << Int64(widthMagnitude(at: index))) - 1)
    }

    /// The value that stands for all values of a counter in a mean: the middle, as in HdrHistogram.
    func middleValue(at index: Int) -> Int64 {
        lowestValue(at: index) + (1 << Int64(widthMagnitude(at: index))) / 2
    }

    /// How often the counters double their width, the first ones included: what HdrHistogram calls buckets.
    var doublings: Int { (counterCount >> halfMagnitude) - 1 }

    /// How many counters the first doubling has: what HdrHistogram calls sub-buckets.
    var countersInFirstDoubling: Int { 2 << halfMagnitude }
}

/// Two sides that were measured in turn, so that a slow moment of the machine hits both alike.
///
/// What is compared are neighbours in time: each measurement of the product, and the one of the baseline before it.
public struct Interleaved<Sample> {
    /// What was measured of the baseline, in order of time.
    public private(set) var baselines: [Sample] = []
    /// What was measured of the product, in order of time.
    public private(set) var products: [Sample] = []

    /// Measures both, the baseline first, as often as that.
    public init(repeats: Int, baseline: () throws -> Sample, product: () throws -> Sample) rethrows {
        for _ in 0..<repeats {
            baselines.append(try baseline())
            products.append(try product())
        }
    }

    /// A figure of the baseline; nil when there is none, or one is not a number.
    public func baseline(_ value: (Sample) -> Double) -> Spread? { Spread(baselines.map(value)) }

    /// A figure of the product; nil when there is none, or one is not a number.
    public func product(_ value: (Sample) -> Double) -> Spread? { Spread(products.map(value)) }

    /// The ratios of a figure, product to baseline, of neighbours in time.
    public func ratio(_ value: (Sample) -> Double) -> Spread? {
        Spread(zip(products, baselines).map { value($0) / value($1) })
    }

    /// The differences of a figure, product less baseline, of neighbours in time.
    public func difference(_ value: (Sample) -> Double) -> Spread? {
        Spread(zip(products, baselines).map { value($0) - value($1) })
    }
}

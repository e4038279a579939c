/// A message size and a rate: one cell of what an exploration goes through.
public struct ExploreCell: Sendable, Equatable, Hashable {
    /// Bytes of each message, header included.
    public let sizeBytes: Int
    /// Messages per second.
    public let rate: Double

    /// A size and a rate.
    public init(sizeBytes: Int, rate: Double) {
        self.sizeBytes = sizeBytes
        self.rate = rate
    }

    /// Bytes per second that it asks for.
    public var bytesPerSecond: Double { Double(sizeBytes) * rate }
}

/// The settings that an exploration goes through: every size with every rate that makes enough bytes of it.
public struct ExploreGrid: Sendable, Equatable {
    /// Message sizes in bytes, in the order in which they are gone through.
    public let sizes: [Int]
    /// Rates in messages per second, ascending.
    public let rates: [Double]
    /// Settings that ask for fewer bytes per second than this are left out.
    public let leastBytesPerSecond: Double

    /// A grid; the rates are put in order.
    public init(sizes: [Int], rates: [Double], leastBytesPerSecond: Double = 0) {
        self.sizes = sizes
        self.rates = rates.sorted()
        self.leastBytesPerSecond = leastBytesPerSecond
    }

    /// The settings that ask for enough, size by size, each with rising rates.
    public var cells: [ExploreCell] { all.filter { $0.bytesPerSecond >= leastBytesPerSecond } }

    /// The settings that ask for too little.
    public var leftOut: [ExploreCell] { all.filter { $0.bytesPerSecond < leastBytesPerSecond } }

    private var all: [ExploreCell] {
        sizes.flatMap { size in rates.map { ExploreCell(sizeBytes: size, rate: $0) } }
    }
}

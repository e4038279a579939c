/// A small seeded generator, so that a seed means the same graph on every machine and with every compiler.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SplitMix64 {
    private var state: UInt64

    /// Starts the sequence of a seed.
    init(seed: UInt64) {
        self.state = seed
    }

    /// The next 64 random bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 ..< bound, each equally likely (Lemire's multiplication with rejection).
    mutating func next(below bound: Int) -> Int {
        let range = UInt64(bound)
        let unfair = (0 &- range) % range
        while true {
            let product = next().multipliedFullWidth(by: range)
            if product.low >= unfair { return Int(product.high) }
        }
    }

    /// Puts an array in random order (Fisher and Yates).
    mutating func shuffle<Element>(_ array: inout [Element]) {
        for last in stride(from: array.count - 1, to: 0, by: -1) {
            array.swapAt(last, next(below: last + 1))
        }
    }
}

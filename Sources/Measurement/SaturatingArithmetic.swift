extension FixedWidthInteger {
    /// The sum, or the nearest bound of the type.
    ///
    /// Counts that come from other processes must not be able to trap this one.
    func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        if !overflow { return sum }
        return other < 0 ? .min : .max
    }
}

extension UInt64 {
    /// The difference, or zero when `other` is larger.
    func subtractingSaturating(_ other: UInt64) -> UInt64 {
        self > other ? self - other : 0
    }
}

extension Histogram {
    /// The percentile distribution as the Java library of HdrHistogram prints it: an `.hgrm` file, whose values are in
    /// milliseconds.
    ///
    /// Values are the ends of their buckets, also the last, as for every reader of the histogram's encoding.
    public func percentileText(ticksPerHalfDistance: Int = 5) -> String {
        let digits = significantDigits
        func row(_ columns: [(text: String, width: Int)]) -> String {
            columns.map { DecimalText.right($0.text, width: $0.width) }.joined(separator: " ") + "\n"
        }
        func milliseconds(_ nanoseconds: Double) -> String {
            DecimalText.fixed(nanoseconds / 1e6, decimals: digits)
        }
        let decoded = asDecoded
        var text = row([("Value", 12), ("Percentile", 14), ("TotalCount", 10), ("1/(1-Percentile)", 14)]) + "\n"
        for point in decoded.percentileCurve(ticksPerHalfDistance: ticksPerHalfDistance) {
            let level = point.percentile / 100
            var columns = [
                (milliseconds(Double(point.value)), 12), (DecimalText.fixed(level, decimals: 12), 2),
                ("\(point.cumulativeCount)", 10),
            ]
            if point.percentile < 100 { columns.append((DecimalText.fixed(1 / (1 - level), decimals: 2), 14)) }
            text += row(columns)
        }
        func pair(_ first: String, _ second: String) -> String {
            DecimalText.right(first, width: 12) + second
        }
        text += "#[Mean    = \(pair(milliseconds(mean), ", StdDeviation   = "))"
        text += "\(DecimalText.right(milliseconds(standardDeviation), width: 12))]\n"
        text += "#[Max     = \(pair(milliseconds(Double(decoded.maximum)), ", Total count    = "))"
        text += "\(DecimalText.right("\(count)", width: 12))]\n"
        text += "#[Buckets = \(pair("\(geometry.doublings)", ", SubBuckets     = "))"
        text += "\(DecimalText.right("\(geometry.countersInFirstDoubling)", width: 12))]\n"
        return text
    }
}

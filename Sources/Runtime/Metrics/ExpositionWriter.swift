import Measurement

/// Writes metrics as text that Prometheus reads: the exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// Pure: the caller gives families in the order in which they shall appear, each followed by its samples.
struct ExpositionWriter {
    /// What a metric is to Prometheus.
    enum Kind: String {
        /// Only ever grows.
        case counter
        /// Goes up and down.
        case gauge
        /// Cumulative buckets, a sum and a count.
        case histogram
        /// Has a name that says another kind than it is of.
        case untyped
    }

    /// The media type of the text.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// What was written so far.
    private(set) var text = ""

    private let commonLabels: [(name: String, value: String)]
    private var family = ""

    /// A writer that puts `commonLabels` first in every sample.
    init(commonLabels: [(name: String, value: String)] = []) {
        self.commonLabels = commonLabels
    }

    /// Begins a metric: the samples that follow are its own.
    mutating func begin(_ name: String, _ kind: Kind, help: String) {
        family = name
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Writes one sample of the metric that was begun.
    mutating func sample(_ value: UInt64, _ labels: [(name: String, value: String)] = []) {
        write("", labels, "\(value)")
    }

    /// Writes one sample of the metric that was begun.
    mutating func sample(_ value: Double, _ labels: [(name: String, value: String)] = []) {
        write("", labels, Self.number(value))
    }

    /// Writes a metric that has one sample.
    mutating func counter(_ name: String, _ value: UInt64, help: String) {
        begin(name, .counter, help: help)
        sample(value)
    }

    /// Writes a metric that has one sample.
    mutating func gauge(_ name: String, _ value: Double, help: String) {
        begin(name, .gauge, help: help)
        sample(value)
    }

    /// Writes a metric that is 1 for the state that there is and 0 for all others, each with its name in a label.
    mutating func state<State: CaseIterable & Equatable>(
        _ name: String, _ current: State, label: String, help: String, text: (State) -> String = { "\($0)" }
    ) {
        begin(name, .gauge, help: help)
        for state in State.allCases { sample(UInt64(state == current ? 1 : 0), [(label, text(state))]) }
    }

    /// Writes the buckets, the sum and the count of nanoseconds as seconds.
    mutating func histogram(_ buckets: BucketCounts, _ labels: [(name: String, value: String)] = []) {
        var cumulative: UInt64 = 0
        for (place, count) in buckets.counts.enumerated() {
            cumulative += count
            let bound = place < buckets.bounds.count ? Double(buckets.bounds[place]) / 1e9 : .infinity
            write("_bucket", labels + [("le", Self.number(bound))], "\(cumulative)")
        }
        write("_sum", labels, Self.number(Double(buckets.sum) / 1e9))
        write("_count", labels, "\(cumulative)")
    }

    /// Writes how far below zero the values were that are in no bucket, as a histogram of one bucket.
    mutating func negatives(_ buckets: BucketCounts, _ labels: [(name: String, value: String)] = []) {
        write("_bucket", labels + [("le", "+Inf")], "\(buckets.negativeCount)")
        write("_sum", labels, Self.number(Double(buckets.negativeSum) / 1e9))
        write("_count", labels, "\(buckets.negativeCount)")
    }

    private mutating func write(_ suffix: String, _ labels: [(name: String, value: String)], _ value: String) {
        text += family
        text += suffix
        var separator = "{"
        for (name, value) in commonLabels + labels {
            text += "\(separator)\(name)=\"\(Self.escaped(value, quotes: true))\""
            separator = ","
        }
        text += separator == "{" ? " \(value)\n" : "} \(value)\n"
    }

    /// As Go's ParseFloat reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole numbers without a fraction, as counts are read more easily that way.
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}

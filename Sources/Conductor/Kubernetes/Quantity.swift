import Runtime

/// An amount of processors or of memory, as Kubernetes writes it: `500m`, `2`, `1.5`, `256Mi`, `4G`.
struct Quantity: Equatable, Sendable {
    /// What is measured, which decides what units there are.
    enum Kind: Sendable {
        /// Processors: whole ones, or thousandths with `m`.
        case processors
        /// Bytes.
        case memory
    }

    /// As it was written.
    let text: String
    /// Thousandths of a processor or of a byte.
    let thousandths: Int

    private static let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40]
    private static let decimal = ["": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000]
    /// Less memory than this starts no program.
    private static let memoryLeast = 16 << 20
    /// More than any machine has.
    private static let processorsMost = 4_096, memoryMost = 1 << 46

    /// Reads a quantity; nothing, less than nothing and what no machine has are errors.
    init(_ text: String, _ kind: Kind) throws(ValueError) {
        let expected =
            switch kind {
            case .processors: "processors such as 500m, 2 or 1.5, from 1m to \(Self.processorsMost)"
            case .memory: "memory such as 256Mi, 4Gi or 512M, from 16Mi to \(Self.memoryMost >> 40)Ti"
            }
        let problem = ValueError("\(Self.shown(text)) is not a quantity", expected: expected)
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = String(text.dropFirst(digits.count))
        guard let number = Self.thousandths(of: digits), let factor = Self.factor(unit, kind) else { throw problem }
        let (product, hasOverflowed) = number.multipliedReportingOverflow(by: factor)
        let isFraction = kind == .processors && unit == "m"
        let value = isFraction ? product / 1_000 : product
        let range =
            switch kind {
            case .processors: 1...Self.processorsMost * 1_000
            case .memory: Self.memoryLeast * 1_000...Self.memoryMost * 1_000
            }
        guard !hasOverflowed, !isFraction || product % 1_000 == 0 else { throw problem }
        guard range.contains(value) else {
            throw ValueError("\(Self.shown(text)) is out of range", expected: expected)
        }
        self.text = text
        thousandths = value
    }

    /// An option's check.
    static func check(_ kind: Kind) -> @Sendable (String) -> ValueError? {
        { text in
            do throws(ValueError) {
                _ = try Quantity(text, kind)
                return nil
            } catch {
                return error
            }
        }
    }

    private static func factor(_ unit: String, _ kind: Kind) -> Int? {
        switch kind {
        case .processors: unit.isEmpty || unit == "m" ? 1 : nil
        case .memory: decimal[unit] ?? binary[unit].map { 1 << $0 }
        }
    }

    /// "1.5" is 1500: at most three digits after the point, as Kubernetes takes no finer ones.
    private static func thousandths(of digits: Substring) -> Int? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int(parts[0]), whole <= Int.max / 1_000 - 1 else { return nil }
        guard parts.count == 2 else { return whole * 1_000 }
        guard (1...3).contains(parts[1].count), let fraction = Int(parts[1]) else { return nil }
        return whole * 1_000 + fraction * [100, 10, 1][parts[1].count - 1]
    }

    private static func shown(_ text: String) -> String { KubernetesText.shown(text) }
}

import FoundationEssentials
import Measurement
import Runtime

/// One line of the result.
struct Row {
    let metric: Metric
    let product: Spread
    let baseline: Spread
    /// Of each repeat's product to the baseline measured just before it.
    let ratio: Spread
    /// CPU time of all processes for each message, in nanoseconds.
    let productCPU: Spread?
    let baselineCPU: Spread?

    /// The metric is the one at `place` of the benchmark.
    init(_ metric: Metric, place: Int, _ samples: Interleaved<Sample>) throws {
        guard let product = samples.product({ $0.values[place] }),
            let baseline = samples.baseline({ $0.values[place] }),
            let ratio = samples.ratio({ $0.values[place] })
        else { throw Failure(.unavailable, "\(metric.name): a measurement is not a number") }
        self.metric = metric
        self.product = product
        self.baseline = baseline
        self.ratio = ratio
        productCPU = Spread(samples.products.compactMap(\.cpuNanoseconds))
        baselineCPU = Spread(samples.baselines.compactMap(\.cpuNanoseconds))
    }

    /// Whether the median ratio is on the right side of `limit`.
    func isWithin(_ limit: Double) -> Bool {
        metric.moreIsBetter ? ratio.median >= limit : ratio.median <= limit
    }

    /// What thresholds call it.
    var name: String { metric.sizeBytes.map { "\(metric.name)/\($0)" } ?? metric.name }
}

// For people.
extension Row {
    static let heading =
        "bench             size  unit              product          baseline         ratio               CPU ns/message  target\n"
        + "                                       median  spread   median  spread   median   range      product  bare\n"

    var line: String {
        let size = metric.sizeBytes.map { "\($0)" } ?? "-"
        let target = (metric.moreIsBetter ? ">= " : "<= ") + fixed(metric.target)
        let range = "\(fixed(ratio.minimum))..\(fixed(ratio.maximum))"
        return pad(metric.name, 16) + padLeft(size, 6) + "  " + pad(metric.unit, 15)
            + side(product) + side(baseline) + padLeft(fixed(ratio.median), 9) + "   " + pad(range, 12)
            + padLeft(cpu(productCPU), 9) + padLeft(cpu(baselineCPU), 6) + "  " + target
            + "  \(outcome)\n"
    }

    /// What the columns mean, below the table.
    static let legend = """

        ratio      product / baseline: the median over the repeats of the ratio of neighbours in time, and the range
        target     what the ratio is meant to be: "met" or "MISSED" by the median; "too noisy" where the middle half of
                   the repeats lies on both sides of it, so that neither is shown: stop what else runs, or --repeat more
        spread     from the least to the greatest of the repeats, in percent of their median
        CPU        time that all processes of a side spent in user and system mode, for each delivery or request, start
                   and end included; bare: the loops of bare libzmq. Other load changes it less than the rates

        """

    private var outcome: String {
        let isMet = isWithin(metric.target)
        let isTorn = ratio.lowerQuartile < metric.target && metric.target < ratio.upperQuartile
        return isTorn ? "too noisy" : isMet ? "met" : "MISSED"
    }

    private func cpu(_ spread: Spread?) -> String { spread.map { "\(Int($0.median.rounded()))" } ?? "-" }

    /// The median, and how far the repeats are apart in percent of it.
    private func side(_ spread: Spread) -> String {
        let percent = Int(spread.relativeSpreadPercent.rounded())
        return padLeft(fixed(spread.median / metric.scale), 9) + padLeft("\(percent)%", 6) + "  "
    }

    private func fixed(_ value: Double) -> String {
        let digits = value < 10 ? 1_000.0 : 10.0
        return "\((value * digits).rounded() / digits)"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

// For programs.
extension Row {
    private struct Document: Encodable {
        let bench: String
        let size: Int?
        let unit: String
        let product: Double
        let baseline: Double
        let ratio: Double
        let target: Double
        let better: String
        let met: Bool
        let productCPU: Double?
        let baselineCPU: Double?
        let repeats: Int
        let productRange: [Double]
        let baselineRange: [Double]
        let ratioRange: [Double]
    }

    /// One JSON object on one line.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let scale = metric.scale
            let document = Document(
                bench: metric.name, size: metric.sizeBytes, unit: metric.unit, product: product.median / scale,
                baseline: baseline.median / scale, ratio: ratio.median, target: metric.target,
                better: metric.moreIsBetter ? "more" : "less", met: isWithin(metric.target),
                productCPU: productCPU?.median, baselineCPU: baselineCPU?.median, repeats: ratio.count,
                productRange: [product.minimum / scale, product.maximum / scale],
                baselineRange: [baseline.minimum / scale, baseline.maximum / scale],
                ratioRange: [ratio.minimum, ratio.maximum])
            return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
        }
    }
}

/// The ratios beyond which `--check` fails: committed, and looser than the targets by what the machine's noise is
/// worth.
struct Thresholds {
    private let limits: [String: Double]

    /// Reads a JSON object from a row's name ("broadcast-1to1/64") to the limit of its ratio.
    init(path: String) throws {
        let bytes = try Files.readBytes(path)
        do {
            limits = try JSONDecoder().decode([String: Double].self, from: Data(bytes))
        } catch {
            throw Failure(.usage, "\(path) is not an object of row names and ratios: \(error)")
        }
    }

    /// What is wrong with a row; nil when nothing is.
    func problem(with row: Row) -> String? {
        guard let limit = limits[row.name] else {
            return "\(row.name) has no threshold: add one to the file, or choose the benchmarks with --only"
        }
        guard !row.isWithin(limit) else { return nil }
        let sides = row.metric.moreIsBetter ? "less than" : "more than"
        return "\(row.name): the ratio of \(row.ratio.median) is \(sides) the threshold of \(limit)"
    }
}

/// Goes through sizes and rates, and finds for each size the rate from which on a cluster carries no more.
///
/// With each size the rates rise until one is saturated (see ``SaturationRule``), twice, since once can be chance;
/// the higher ones are then left out, and the gap between the last rate that was carried and the first that was not is
/// halved a few times.
///
/// A value without a clock: what was measured comes in, the next setting comes out.
public struct Exploration: Sendable, Equatable {
    /// A setting that is to be measured.
    public struct Step: Sendable, Equatable {
        /// The setting.
        public let cell: ExploreCell
        /// How often it is measured with this time.
        public let attempt: Int
        /// Whether the rate is none of those that were asked for, but lies between two of them.
        public let isRefinement: Bool
    }

    /// Where a size's rates end that are carried.
    public struct Knee: Sendable, Equatable {
        /// Bytes of a message.
        public let sizeBytes: Int
        /// The highest rate that was carried; nil where not even the lowest was.
        public fileprivate(set) var carried: Double?
        /// The lowest rate that was not; nil where all were carried.
        public fileprivate(set) var saturated: Double?
        /// Why it was not.
        public fileprivate(set) var signs: [Saturation] = []
    }

    /// What is gone through.
    public let grid: ExploreGrid
    /// When a setting is saturated.
    public let rule: SaturationRule
    /// The setting to measure next; nil when all is done.
    public private(set) var step: Step?
    /// What was found, for each size that was begun.
    public private(set) var knees: [Knee] = []
    /// Settings that were not measured because a lower rate of their size was saturated already.
    public private(set) var aboveKnee: [ExploreCell] = []

    private let refinements: Int
    private var waiting: [ExploreCell]
    private var refined = 0
    private var leastP99: Double?

    /// Measurements that show saturation before a setting is called saturated.
    private static let attemptsMax = 2

    /// Begins with the first size and its lowest rate; each gap is halved `refinements` times.
    public init(grid: ExploreGrid, rule: SaturationRule, refinements: Int) {
        self.grid = grid
        self.rule = rule
        self.refinements = refinements
        waiting = grid.cells
        nextCell()
    }

    /// How many settings of the grid are left, the current one included.
    public var cellsLeft: Int { waiting.count + (step == nil ? 0 : 1) }

    /// Takes what the current setting came to, and answers the signs of saturation in it.
    @discardableResult
    public mutating func record(_ measurement: ExploreMeasurement) -> [Saturation] {
        guard let step, let last = knees.indices.last else { return [] }
        let signs = rule.signs(in: measurement, leastP99: leastP99)
        if signs.isEmpty {
            knees[last].carried = max(knees[last].carried ?? 0, step.cell.rate)
            if let p99 = measurement.p99 { leastP99 = min(leastP99 ?? p99, p99) }
            if step.isRefinement { refine() } else { nextCell() }
        } else if step.attempt < Self.attemptsMax {
            self.step = Step(cell: step.cell, attempt: step.attempt + 1, isRefinement: step.isRefinement)
        } else {
            knees[last].saturated = step.cell.rate
            knees[last].signs = signs
            leaveOutHigherRates()
            refine()
        }
        return signs
    }

    private mutating func leaveOutHigherRates() {
        guard let size = knees.last?.sizeBytes else { return }
        aboveKnee += waiting.filter { $0.sizeBytes == size }
        waiting.removeAll { $0.sizeBytes == size }
    }

    private mutating func refine() {
        guard let knee = knees.last, refined < refinements, let carried = knee.carried, let saturated = knee.saturated,
            let middle = NeatRate.between(carried, saturated)
        else { return nextCell() }
        refined += 1
        step = Step(
            cell: ExploreCell(sizeBytes: knee.sizeBytes, rate: middle), attempt: 1, isRefinement: true)
    }

    private mutating func nextCell() {
        guard !waiting.isEmpty else {
            step = nil
            return
        }
        let cell = waiting.removeFirst()
        if knees.last?.sizeBytes != cell.sizeBytes {
            knees.append(Knee(sizeBytes: cell.sizeBytes))
            refined = 0
            leastP99 = nil
        }
        step = Step(cell: cell, attempt: 1, isRefinement: false)
    }
}

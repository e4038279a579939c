public import Measurement

/// What a node goes through in mode `explore`: sizes and rates, each for a while, with a pause after it.
public struct ExplorePlan: Sendable, Equatable {
    /// The settings, in their order; at least one.
    public let cells: [ExploreCell]
    /// How long each is sent, in nanoseconds.
    public let runNanoseconds: UInt64
    /// How long nothing is sent after it, in nanoseconds.
    public let coolDownNanoseconds: UInt64

    /// A plan; nil without a setting, without time to run them, or with more time than there is.
    public init?(cells: [ExploreCell], runNanoseconds: UInt64, coolDownNanoseconds: UInt64) {
        guard !cells.isEmpty, (1...Self.phaseMax).contains(runNanoseconds), coolDownNanoseconds <= Self.phaseMax,
            cells.count <= Self.cellsMax
        else { return nil }
        self.cells = cells
        self.runNanoseconds = runNanoseconds
        self.coolDownNanoseconds = coolDownNanoseconds
    }

    /// The most settings that one plan has.
    public static let cellsMax = 1_000
    /// The longest phase: a day, in nanoseconds.
    public static let phaseMax: UInt64 = 86_400_000_000_000

    /// How long all of it takes, in nanoseconds.
    public var nanoseconds: UInt64 { UInt64(cells.count) * (runNanoseconds + coolDownNanoseconds) }

    /// What a node does at a moment.
    public enum Phase: String, Sendable, CaseIterable {
        /// It was not started yet.
        case waiting
        /// It sends, and that is not measured.
        case warmup = "warm-up"
        /// It sends.
        case run
        /// It sends nothing, after a setting.
        case coolDown = "cool-down"
        /// It is through.
        case done
    }

    /// Where a node is in its plan.
    public struct Progress: Sendable, Equatable {
        /// What it does.
        public var phase: Phase
        /// Which setting that belongs to, from 0; in a cool-down the one before it.
        public var cell: Int

        /// A place in a plan.
        public init(phase: Phase, cell: Int) {
            self.phase = phase
            self.cell = cell
        }
    }

    /// Where a node is at `now` that began to measure at `begin` and was told to at `start`.
    public func progress(at now: UInt64, start: UInt64, begin: UInt64) -> Progress {
        guard now >= start else { return Progress(phase: .waiting, cell: 0) }
        guard now >= begin else { return Progress(phase: .warmup, cell: 0) }
        let length = runNanoseconds + coolDownNanoseconds
        let (cell, time) = (now - begin).quotientAndRemainder(dividingBy: length)
        guard cell < UInt64(cells.count) else { return Progress(phase: .done, cell: cells.count - 1) }
        return Progress(phase: time < runNanoseconds ? .run : .coolDown, cell: Int(cell))
    }
}

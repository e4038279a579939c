/// The tasks that the source keeps: all from the oldest one that is not done to the newest.
///
/// A task is known by its *position*: the place in the order in which tasks were made, over the warm-up and the
/// measured time alike. The window has a fixed length, so what the source keeps is bounded; and no task is made that is
/// a window's length or more after one that is not done, so the sink can tell every copy from a first result.
struct TaskWindow: Sendable {
    /// Who has a task.
    enum Holder: Equatable, Sendable {
        /// Nobody: it is to be handed out again.
        case nobody
        /// The worker at this place.
        case worker(Int)
        /// It is done.
        case done
    }

    /// The position of the oldest task that is not done; `end` when all are.
    private(set) var base: UInt64 = 0
    /// One more than the position of the newest task.
    private(set) var end: UInt64 = 0
    /// Tasks in the window that are not done.
    private(set) var openCount = 0
    /// The longest window, in tasks.
    let lengthMax: Int

    // A ring, indexed by the position. Negative holders: see the codes.
    private var holders: [Int32]
    private var dues: [UInt64]
    private let mask: UInt64
    /// Positions to be handed out again, oldest first; those that were done in the meantime are skipped.
    private var again: ArraySlice<UInt64> = []

    private static let nobody: Int32 = -1
    private static let done: Int32 = -2

    /// An empty window.
    init(lengthMax: Int) {
        precondition(lengthMax > 0, "there is room for something")
        self.lengthMax = lengthMax
        var capacity = 1
        while capacity < lengthMax { capacity *= 2 }
        holders = [Int32](repeating: Self.done, count: capacity)
        dues = [UInt64](repeating: 0, count: capacity)
        mask = UInt64(capacity - 1)
    }

    /// Whether every task is done.
    var isEmpty: Bool { base == end }

    /// Whether another task may be made.
    var hasRoom: Bool { end - base < UInt64(lengthMax) }

    /// Whether some task may be waiting to be handed out again.
    var mayHaveAgain: Bool { !again.isEmpty }

    /// Who has the task at a position in the window.
    func holder(of position: UInt64) -> Holder {
        let code = holders[slot(position)]
        return code >= 0 ? .worker(Int(code)) : (code == Self.nobody ? .nobody : .done)
    }

    /// When the task at a position in the window was due.
    func due(of position: UInt64) -> UInt64 { dues[slot(position)] }

    /// Takes in a new task that was handed to a worker.
    mutating func append(dueNanoseconds: UInt64, worker: Int) {
        precondition(hasRoom, "a task is made only where there is room for it")
        let slot = slot(end)
        holders[slot] = Int32(truncatingIfNeeded: worker)
        dues[slot] = dueNanoseconds
        end += 1
        openCount += 1
    }

    /// The oldest task that is to be handed out again.
    mutating func firstAgain() -> UInt64? {
        while let position = again.first {
            if position >= base && holder(of: position) == .nobody { return position }
            again.removeFirst()
        }
        return nil
    }

    /// The task that `firstAgain` named was handed to a worker.
    mutating func handAgain(_ position: UInt64, to worker: Int) {
        precondition(again.first == position, "tasks are handed out again in order")
        again.removeFirst()
        holders[slot(position)] = Int32(truncatingIfNeeded: worker)
    }

    /// Takes back every task that a worker holds; answers their positions.
    mutating func takeBack(from worker: Int) -> [UInt64] {
        var taken: [UInt64] = []
        for position in base..<end where holders[slot(position)] == Int32(truncatingIfNeeded: worker) {
            holders[slot(position)] = Self.nobody
            taken.append(position)
        }
        // The oldest holds up the window, so it goes first.
        let waiting = again.filter { $0 >= base && holder(of: $0) == .nobody }
        again = ArraySlice(Set(waiting + taken).sorted())
        return taken
    }

    /// Notes that a task in the window is done; answers who had it before.
    mutating func markDone(_ position: UInt64) -> Holder {
        let before = holder(of: position)
        guard before != .done else { return .done }
        holders[slot(position)] = Self.done
        openCount -= 1
        while base < end && holders[slot(base)] == Self.done { base += 1 }
        return before
    }

    @inline(__always)
    private func slot(_ position: UInt64) -> Int { Int(truncatingIfNeeded: position & mask) }
}

import Measurement

/// Clients of a closed loop that think: each has its next order due when it has thought.
public struct ThinkQueue: Sendable {
    private struct Thought: Sendable {
        let due: UInt64
        let client: Int
    }

    private let think: ClosedRange<UInt64>
    private var random: SeededGenerator
    /// A heap: each is due no later than the two below it.
    private var heap: [Thought] = []

    /// Nobody thinks yet; the same seed draws the same times.
    public init(think: ClosedRange<UInt64>, seed: UInt64) {
        self.think = think
        random = SeededGenerator(seed: seed)
    }

    /// When the first of them is done; the end of time when nobody thinks.
    public var nextNanoseconds: UInt64 { heap.first?.due ?? .max }

    /// A client begins: at any moment from `start` on, so that they do not march in step.
    public mutating func begin(client: Int, at start: UInt64) {
        push(Thought(due: start + UInt64.random(in: 0...think.upperBound, using: &random), client: client))
    }

    /// A client got an answer at `now`, and begins to think.
    public mutating func answered(client: Int, at now: UInt64) {
        push(Thought(due: now + UInt64.random(in: think, using: &random), client: client))
    }

    /// A client that is done by `now`, and when it was; nil when none is.
    public mutating func next(at now: UInt64) -> (client: Int, dueNanoseconds: UInt64)? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        return (first.client, first.due)
    }

    private mutating func push(_ thought: Thought) {
        var place = heap.count
        heap.append(thought)
        while place > 0, heap[(place - 1) / 2].due > thought.due {
            heap[place] = heap[(place - 1) / 2]
            place = (place - 1) / 2
        }
        heap[place] = thought
    }

    /// Puts one in the place of the first, and down to where it belongs.
    private mutating func sink(_ thought: Thought) {
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].due < heap[child].due { child += 1 }
            guard heap[child].due < thought.due else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = thought
    }
}

import Measurement
import Testing
import Wire

@testable import OrderBook

/// What keeps the work for one order small, whatever came before.
@Suite struct WorstCaseTests {
    /// The longest way down the tree of the first side.
    private func depth(_ levels: PriceLevels) -> Int {
        var deepest = 0
        var open: [(level: UInt32, depth: Int)] = [(levels.sides[0].root, 1)]
        while let (level, depth) = open.popLast() {
            guard level != none else { continue }
            deepest = max(deepest, depth)
            open.append((levels[level].left, depth + 1))
            open.append((levels[level].right, depth + 1))
        }
        return deepest
    }

    @Test(arguments: ["ascending", "descending", "strided", "inward"])
    func pricesInAnUnluckyOrderDoNotMakeTheTreeDeep(order: String) {
        let count: UInt32 = 20_000
        var levels = PriceLevels(sides: 1, salt: 7)
        for number in 0..<count {
            let key =
                switch order {
                case "ascending": number
                case "descending": UInt32.max - number
                case "strided": number &* 0x1_0001
                default: number % 2 == 0 ? number : UInt32.max - number
                }
            let level = levels.add(key, side: 0)
            levels[level].head = 0
        }
        // Twice the logarithm is 29; a random tree of this size is about 35 deep, and deeper than 60 once in 10^9
        // times.
        #expect(depth(levels) <= 60)
        #expect(levels.sides[0].levels == count)
    }

    @Test func levelsAreSortedAfterAnyAdditionsAndRemovals() {
        var random = SeededGenerator(seed: 11)
        var levels = PriceLevels(sides: 2, salt: 3)
        var known: Set<UInt32> = []
        for _ in 0..<20_000 {
            let key = UInt32(random.next() % 300)
            if let level = levels.find(key, side: 1) {
                #expect(known.remove(key) != nil)
                levels.remove(level)
            } else {
                #expect(known.insert(key).inserted)
                let level = levels.add(key, side: 1)
                levels[level].head = 0
            }
            let best = levels.sides[1].best
            #expect((best == none ? nil : levels[best].key) == known.min())
        }
        var walked: [UInt32] = []
        var level: UInt32? = levels.sides[1].best
        while let here = level, here != none {
            walked.append(levels[here].key)
            level = levels.next(after: levels[here].key, side: 1)
        }
        #expect(walked == known.sorted())
    }

    @Test(arguments: [1, 8, 1 << 13, 1 << 45]) func idsAreFoundHoweverTheyAreSpaced(stride: UInt64) {
        var orders = RestingOrders(salt: 5)
        var slots: [UInt64: UInt32] = [:]
        var random = SeededGenerator(seed: stride)
        for number in 0..<30_000 as Range<UInt64> {
            let id = number &* stride
            slots[id] = orders.add(RestingOrder(id: id, lots: 1, level: 0, next: none, previous: none))
            // Two of three go again, from anywhere.
            let gone = random.next() % (number + 1) &* stride
            if number % 3 != 0, let slot = slots.removeValue(forKey: gone) { orders.remove(slot) }
        }
        #expect(orders.count == slots.count && slots.count > 5_000)
        for number in 0..<30_000 as Range<UInt64> {
            let id = number &* stride
            #expect(orders.slot(ofID: id) == slots[id])
        }
    }
}

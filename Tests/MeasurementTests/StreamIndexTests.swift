import Testing

@testable import Measurement

@Suite struct StreamIndexTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func agreesWithADictionary(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var index = StreamIndex(limit: 700)
        var dictionary: [StreamKey: Int] = [:]
        var wrong = 0
        for _ in 0..<20_000 {
            // Small origins with few incarnations, as in a run, and now and then any key at all.
            let isStranger = generator.nextUnit() < 0.02
            let key = StreamKey(
                origin: isStranger
                    ? .random(in: 0...UInt32.max, using: &generator) : .random(in: 0..<100, using: &generator),
                incarnation: isStranger
                    ? .random(in: 0...UInt32.max, using: &generator) : .random(in: 0..<4, using: &generator))
            if index.existingSlot(for: key) != dictionary[key] { wrong += 1 }
            if dictionary[key] == nil, dictionary.count < 700 { dictionary[key] = dictionary.count }
            if index.slot(for: key) != dictionary[key] { wrong += 1 }
            if index.existingSlot(for: key) != dictionary[key] { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(index.count == 700)
        #expect(dictionary.allSatisfy { index[$0.value] == $0.key })
    }

    @Test func slotsAreGivenInOrderAndKept() {
        var index = StreamIndex(limit: 10)
        let keys = [(0, 0), (0, 1), (UInt32.max, UInt32.max), (1, 0)].map { StreamKey(origin: $0.0, incarnation: $0.1) }
        #expect(keys.map { index.slot(for: $0) } == [0, 1, 2, 3])
        #expect(keys.reversed().map { index.slot(for: $0) } == [3, 2, 1, 0])
    }

    @Test func strangersBeyondTheLimitAreRefusedAndTheOthersStay() {
        var index = StreamIndex(limit: 2)
        let keys = (0..<4).map { StreamKey(origin: $0, incarnation: 9) }
        #expect(keys.map { index.slot(for: $0) } == [0, 1, nil, nil])
        #expect(keys.map { index.slot(for: $0) } == [0, 1, nil, nil])
        #expect(index.count == 2)
        var none = StreamIndex(limit: 0)
        #expect(none.slot(for: keys[0]) == nil)
        #expect(none.existingSlot(for: StreamKey(origin: 0, incarnation: 0)) == nil)
    }

    @Test func keysInARowAndKeysAllOverFindTheirSlots() {
        var index = StreamIndex(limit: 100_000)
        var generator = SplitMix64(seed: 11)
        let keys = (0..<20_000).map { position in
            position % 2 == 0
                ? StreamKey(origin: UInt32(position), incarnation: 0)
                : StreamKey(origin: 3, incarnation: UInt32(truncatingIfNeeded: generator.next()))
        }
        let slots = keys.map { index.slot(for: $0) }
        #expect(keys.map { index.existingSlot(for: $0) } == slots)
        #expect(Set(slots).count == Set(keys).count)
    }
}

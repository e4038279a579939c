import Measurement
import Testing
import Wire

@testable import Cluster

@Suite struct ReplicaLogTests {
    /// What a log is to be: everything that was ever appended, and how much of it is held.
    private struct Model {
        var terms: [UInt64] = [0]
        var base = 0

        var lastIndex: Int { terms.count - 1 }
    }

    private static func entry(_ term: UInt64, size: Int) -> LogEntry {
        LogEntry(term: term, kind: .nothing, bytes: [UInt8](repeating: 0, count: size))
    }

    private static func expectSame(_ log: ReplicaLog, _ model: Model) {
        #expect(log.baseIndex == UInt64(model.base))
        #expect(log.lastIndex == UInt64(model.lastIndex))
        #expect(log.lastTerm == model.terms[model.lastIndex])
        #expect(log.count == model.lastIndex - model.base)
        for index in 0...(model.lastIndex + 1) {
            let isKnown = index >= model.base && index <= model.lastIndex
            #expect(log.term(at: UInt64(index)) == (isKnown ? model.terms[index] : nil))
        }
    }

    /// Whatever is appended, truncated and dropped, the log holds what a plain list would.
    @Test(arguments: 0..<20) func itIsAListWithoutItsBeginning(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var log = ReplicaLog(voters: Voters(founders: [0, 1, 2]))
        var model = Model()
        var term: UInt64 = 1
        for _ in 0..<300 {
            let held = model.lastIndex - model.base
            switch random.next() % 8 {
            case 0 where held > 0:
                let index = model.base + 1 + Int(random.next() % UInt64(held))
                log.truncate(from: UInt64(index))
                model.terms.removeSubrange(index...)
                term += 1
            case 1...2 where held > 0:
                let index = model.base + Int(random.next() % UInt64(held + 1))
                log.dropPrefix(through: UInt64(index))
                model.base = max(model.base, index)
            default:
                log.append(Self.entry(term, size: Int(random.next() % 50)))
                model.terms.append(term)
            }
        }
        Self.expectSame(log, model)
        log.dropPrefix(through: log.lastIndex)
        #expect(log.byteCount == 0 && log.count == 0)
    }

    @Test func aStretchEndsWhereItsBytesEnd() {
        var log = ReplicaLog(voters: Voters(founders: [0]))
        for _ in 0..<10 { log.append(Self.entry(1, size: 36)) }
        log.dropPrefix(through: 4)
        #expect(log.stretch(from: 5, bytesMax: 250).count == 2)
        #expect(log.stretch(from: 5, bytesMax: 1).count == 1, "one goes in any case")
        #expect(log.stretch(from: 10, bytesMax: 1_000).count == 1)
        #expect(log.stretch(from: 4, bytesMax: 1_000).isEmpty, "what is dropped cannot be sent")
    }

    /// The voters at an entry are those of the last change before it, also when that was dropped.
    @Test func votersFollowTheLog() {
        let three = Voters(founders: [0, 1, 2])
        let two = three.removing(2)
        var log = ReplicaLog(voters: three)
        log.append(Self.entry(1, size: 0))
        log.append(LogEntry(term: 1, kind: .voters, bytes: two.bytes))
        log.append(Self.entry(1, size: 0))
        #expect(log.voters == two && log.votersIndex == 2)
        #expect(log.voters(at: 1) == three && log.voters(at: 3) == two)
        log.dropPrefix(through: 2)
        #expect(log.voters == two && log.votersIndex == 2)
        log.truncate(from: 3)
        #expect(log.voters == two)
    }
}

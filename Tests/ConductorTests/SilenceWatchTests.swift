import Testing

@testable import Conductor

/// Who is said not to answer, and when.
@Suite struct SilenceWatchTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func aNodeIsSilentAfterAWhileAndToldOnce() {
        var watch = SilenceWatch()
        let owing: [Int: UInt64] = [1: 4 * Self.second, 2: 5 * Self.second]
        #expect(watch.look(at: 5 * Self.second, living: [0, 1, 2], owing: { owing[$0] }).isEmpty, "it may be busy")
        let changes = watch.look(at: 6 * Self.second, living: [0, 1, 2], owing: { owing[$0] })
        #expect(changes == [.silent(node: 1, since: 4 * Self.second)] && watch.nodes == [1])
        #expect(watch.look(at: 6 * Self.second, living: [0, 1, 2], owing: { owing[$0] }).isEmpty)
    }

    @Test(arguments: [nil, 7_000_000_000 as UInt64])
    func aNodeThatAnswersAgainIsNotSilent(owing: UInt64?) {
        var watch = SilenceWatch()
        _ = watch.look(at: 6 * Self.second, living: [0], owing: { _ in 4 * Self.second })
        let changes = watch.look(at: 7 * Self.second, living: [0], owing: { _ in owing })
        #expect(changes == [.answers(node: 0, since: 4 * Self.second)] && watch.nodes.isEmpty)
    }

    @Test func aNodeThatDiedIsNotSilentAnyMore() {
        var watch = SilenceWatch()
        _ = watch.look(at: 6 * Self.second, living: [0, 1], owing: { _ in 4 * Self.second })
        #expect(watch.look(at: 7 * Self.second, living: [1], owing: { _ in 4 * Self.second }).isEmpty)
        #expect(watch.nodes == [1])
    }
}

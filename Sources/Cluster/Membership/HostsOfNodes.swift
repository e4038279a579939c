/// Which processes were heard, and greeted, under each node's id: two that live at once are one too many.
///
/// Who greeted first stays. Of a process that did not greet here (it was there before this one), its beacons tell: one
/// that comes a while after the newcomer's first greeting is no leftover of a dead process.
struct HostsOfNodes: Sendable {
    enum Verdict: Equatable {
        case welcome
        /// Too early to say: greet again.
        case undecided
        case isAnother(incarnation: UInt32)
    }

    private struct Guest: Sendable {
        var incarnation: UInt32
        var instance: UInt64
        var firstNanoseconds: UInt64
        var lastNanoseconds: UInt64
    }

    private struct Voice: Sendable {
        var incarnation: UInt32
        var nanoseconds: UInt64
    }

    private var guests: [Int: [Guest]] = [:]
    private var voices: [Int: [Voice]] = [:]

    /// Processes that are remembered for each id.
    private static let countMax = 4
    /// What a dead process left in queues has come by then.
    static let leftoverNanoseconds: UInt64 = 1_000_000_000
    /// By then a living one has been heard: it repeats its beacon every second.
    static let decisionNanoseconds: UInt64 = 2_500_000_000

    mutating func heard(_ node: Int, incarnation: UInt32, at now: UInt64) {
        var list = voices[node] ?? []
        if let place = list.firstIndex(where: { $0.incarnation == incarnation }) {
            list[place].nanoseconds = now
        } else {
            if list.count == Self.countMax { list.removeFirst() }
            list.append(Voice(incarnation: incarnation, nanoseconds: now))
        }
        voices[node] = list
    }

    func lastHeard(_ node: Int) -> UInt64? { voices[node]?.map(\.nanoseconds).max() }

    mutating func greeted(_ node: Int, incarnation: UInt32, instance: UInt64, at now: UInt64) -> Verdict {
        var list = guests[node] ?? []
        let place: Int
        if let known = list.firstIndex(where: { $0.instance == instance }) {
            place = known
            list[place].lastNanoseconds = now
        } else {
            if list.count == Self.countMax { list.removeFirst() }
            list.append(
                Guest(incarnation: incarnation, instance: instance, firstNanoseconds: now, lastNanoseconds: now))
            place = list.count - 1
        }
        guests[node] = list
        return Self.verdict(on: list[place], among: list, voices: voices[node] ?? [], at: now)
    }

    private static func verdict(on guest: Guest, among guests: [Guest], voices: [Voice], at now: UInt64) -> Verdict {
        func isNoLeftover(_ moment: UInt64) -> Bool { moment >= guest.firstNanoseconds + leftoverNanoseconds }
        let earlier = guests.filter { $0.instance != guest.instance && $0.firstNanoseconds <= guest.firstNanoseconds }
        // Somebody who greeted before goes on greeting.
        if let other = earlier.last(where: { isNoLeftover($0.lastNanoseconds) }) {
            return .isAnother(incarnation: other.incarnation)
        }
        // Who greeted later goes; who is heard and did not greet was there before.
        let later = guests.filter { $0.firstNanoseconds > guest.firstNanoseconds }.map(\.incarnation)
        let others = voices.filter { $0.incarnation != guest.incarnation && !later.contains($0.incarnation) }
        if let other = others.last(where: { isNoLeftover($0.nanoseconds) }) {
            return .isAnother(incarnation: other.incarnation)
        }
        // Where nobody else was ever heard there is nobody to wait for.
        if others.isEmpty && earlier.isEmpty { return .welcome }
        return now >= guest.firstNanoseconds + decisionNanoseconds ? .welcome : .undecided
    }
}

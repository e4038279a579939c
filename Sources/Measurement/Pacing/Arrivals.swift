/// How messages are spread in time around the rate.
public enum Arrivals: Sendable, Equatable {
    /// Evenly: the gaps are what the rate says.
    case fixed
    /// By chance, each whatever the others do, as from many independent senders: the gaps are exponential.
    case poisson
    /// So many at once, and then none until the rate allows as many again.
    case burst(Int)
    /// At these times, in nanoseconds from the begin, in order; whatever the rate is.
    case replay([UInt64])
}

/// When messages are due between a begin and an end, one after the other.
///
/// An open-loop schedule: it is decided by its parameters and the seed alone, and not by what becomes of the messages.
/// Where arrivals are even and the rate never changes it is a ``Pacer``, exact to the nanosecond; elsewhere message k
/// is due, to the nearest nanosecond, when the area under the rate is k, or the k-th of a Poisson process of unit rate.
public struct ArrivalSchedule: Sendable {
    /// When the next message is due; the end of time when none is left.
    public private(set) var nextNanoseconds: UInt64 = .max
    /// Messages before the next one: its number.
    public private(set) var count: UInt64 = 0

    private let start: UInt64
    private let end: UInt64
    private let pacer: Pacer?
    private let arrivals: Arrivals
    private let rates: RatePlan
    private var random: SeededGenerator
    /// Where the Poisson process of unit rate is.
    private var position = 0.0
    private var place = 0

    /// The messages due from `start` up to and without `end`; the same seed draws the same.
    ///
    /// - Precondition: a burst has at least one message.
    public init(start: UInt64, end: UInt64, rates: RatePlan, arrivals: Arrivals = .fixed, seed: UInt64 = 0) {
        if case .burst(let size) = arrivals { precondition(size > 0, "a burst of \(size) messages") }
        self.start = start
        self.end = end
        self.rates = rates
        self.arrivals = arrivals
        random = SeededGenerator(seed: seed)
        pacer =
            switch (arrivals, rates.steadyRate) {
            case (.fixed, .some(let rate)): Pacer(startNanoseconds: start, ratePerSecond: rate)
            default: nil
            }
        draw()
    }

    /// The next message is done with.
    @inline(__always)
    public mutating func advance() {
        count += 1
        if let pacer {
            let due = pacer.dueTime(of: count)
            nextNanoseconds = due < end ? due : .max
        } else {
            draw()
        }
    }

    /// All messages before number `target` are done with, or somebody else's; stops at the end.
    public mutating func advance(to target: UInt64) {
        guard let pacer else {
            while count < target, nextNanoseconds < .max { advance() }
            return
        }
        guard count < target else { return }
        count = target
        let due = pacer.dueTime(of: count)
        nextNanoseconds = due < end ? due : .max
    }

    /// Works out when the message of number `count` is due.
    private mutating func draw() {
        let due =
            switch arrivals {
            case .fixed: pacer?.dueTime(of: count) ?? time(of: Double(count))
            case .burst(let size): time(of: Double(count - count % UInt64(size)))
            case .poisson: time(of: nextPosition())
            case .replay(let times): count < UInt64(times.count) ? start.addingSaturating(times[Int(count)]) : .max
            }
        nextNanoseconds = due < end ? due : .max
    }

    private mutating func nextPosition() -> Double {
        // 1 - unit is above 0, so its logarithm is finite.
        position -= naturalLogarithm(1 - random.nextUnit())
        return position
    }

    private mutating func time(of messages: Double) -> UInt64 {
        // Rounded to the nearest: what falls on the end of a piece, or of all, must not come out just before it.
        let nanoseconds = rates.nanoseconds(until: messages, place: &place) + 0.5
        guard nanoseconds < 0x1p63 else { return .max }
        return start.addingSaturating(UInt64(nanoseconds))
    }
}

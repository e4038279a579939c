import Glibc
import Measurement
import Reporting
import Runtime
import ZMQ

/// Measures the clock, and how late waits end.
enum ClockCalibrator {
    private static let readings = 200_000
    private static let batch = 1_000

    /// The clock's resolution and the cost of reading it.
    static func clock() -> ClockCalibration {
        var resolution = timespec()
        let isKnown = clock_getres(CLOCK_MONOTONIC, &resolution) == 0
        var step = UInt64.max
        var last = MonotonicClock.now()
        for _ in 0..<readings {
            let now = MonotonicClock.now()
            if now > last { step = min(step, now - last) }
            last = now
        }
        return ClockCalibration(
            source: MachineRecord.read().clockSource,
            resolution: isKnown ? UInt64(clamping: resolution.tv_sec * 1_000_000_000 + resolution.tv_nsec) : 0,
            step: step == .max ? 0 : step, reading: readingNanoseconds())
    }

    /// The median over batches: an interruption hits only some.
    private static func readingNanoseconds() -> Double {
        var batches: [Double] = []
        for _ in 0..<readings / batch {
            let start = MonotonicClock.now()
            for _ in 0..<batch - 1 { _ = MonotonicClock.now() }
            batches.append(Double(MonotonicClock.now() - start) / Double(batch))
        }
        return Measurement.Spread(batches)?.median ?? 0
    }

    /// How late waits of these lengths end, each for its part of the time; at most 100,000 of each.
    static func waits(
        _ lengths: [UInt64], nanoseconds: UInt64, interrupts: Interrupts
    ) throws -> [WaitCalibration] {
        var findings: [WaitCalibration] = []
        for length in lengths {
            let part = nanoseconds / UInt64(lengths.count)
            let flag = interrupts.flag
            // On a thread of its own, with the timer slack that every loop of the product has.
            let worker = try Worker { try lateness(of: length, until: MonotonicClock.now() + part, flag) }
            try interrupts.wait(for: worker)
            let late = try worker.join()
            guard late.count > 0 else { throw Interrupted() }
            findings.append(
                WaitCalibration(
                    asked: length, count: UInt64(late.count), median: UInt64(late.value(atPercentile: 50)),
                    p99: UInt64(late.value(atPercentile: 99)), max: UInt64(late.maximum)))
        }
        return findings
    }

    private static func lateness(
        of length: UInt64, until end: UInt64, _ interrupt: InterruptFlag
    ) throws(ZMQError) -> Histogram {
        var poller = Poller()
        var late = Histogram()
        repeat {
            let due = MonotonicClock.now() + length
            _ = try poller.wait(timeoutNanoseconds: length)
            late.record(Int64(clamping: max(due, MonotonicClock.now()) - due))
        } while MonotonicClock.now() < end && late.count < 100_000 && !interrupt.isSet
        return late
    }
}

extension Interrupts {
    /// Waits for a thread's work, and takes signals in meanwhile.
    func wait<Value>(for worker: Worker<Value>) throws {
        while !worker.isDone { try wait(nanoseconds: 10_000_000) }
    }
}

import Measurement
import Reporting
import Runtime
import ZMQ

/// Measures how well the load client keeps to a schedule: the client of every run, at one node that takes its orders.
enum PacingCalibrator {
    /// One rate, for so long.
    static func measure(
        _ rate: Double, nanoseconds: UInt64, folder: String, interrupts: Interrupts
    ) throws -> PacingCalibration {
        let node = try LoneNode(nodes: 1, folder: folder)
        let measured = Result {
            try measure(rate, nanoseconds: nanoseconds, at: node.endpoint, interrupts: interrupts)
        }
        _ = try node.stop()
        return try measured.get()
    }

    private static func measure(
        _ rate: Double, nanoseconds: UInt64, at endpoint: String, interrupts: Interrupts
    ) throws -> PacingCalibration {
        var settings = ClientSettings(nodes: [endpoint])
        settings.mode = .open(ratePerSecond: rate)
        settings.warmupNanoseconds = nanoseconds / 5
        settings.durationNanoseconds = nanoseconds - nanoseconds / 5
        settings.drainNanoseconds = 2_000_000_000
        settings.connectNanoseconds = 5_000_000_000
        let client = settings
        let flag = interrupts.flag
        let worker = try Worker {
            let context = try Context()
            return try ClientLoop(
                settings: client, context: context, log: Log(level: .error), isInterrupted: { flag.isSet },
                isUrgent: { flag.isSet }
            ).run()
        }
        try interrupts.wait(for: worker)
        let result = try worker.join()
        if interrupts.flag.isSet { throw Interrupted() }
        let sent = result.sendLag.count
        guard sent > 0 else { throw Failure(.unavailable, "the load client sent nothing at \(rate)/s") }
        // As reports have it: over the time that was meant for it, or longer if it took longer.
        let seconds = SendingTime.seconds(
            from: result.measuredNanoseconds, last: result.lastSentNanoseconds, sent: UInt64(sent),
            planned: settings.durationNanoseconds)
        return PacingCalibration(
            asked: rate, achieved: Double(sent) / max(seconds, 1e-9), count: UInt64(sent),
            lagMedian: UInt64(clamping: result.sendLag.value(atPercentile: 50)),
            lagP99: UInt64(clamping: result.sendLag.value(atPercentile: 99)),
            lagMax: UInt64(clamping: result.sendLag.maximum))
    }
}

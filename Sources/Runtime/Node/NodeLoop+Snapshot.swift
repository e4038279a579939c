import Cluster
import Measurement
import Wire

// What the node says of itself when it is asked.
extension NodeLoop {
    /// The node in short.
    func snapshotStatus(at now: UInt64) -> NodeStatus {
        var status = core.status(at: now)
        status.bootDigest = bootDigest
        // Held orders wait for the same credit: a cluster with any of them is not quiet.
        status.queued = UInt32(sockets.events.waitingCount + heldOrders.count)
        return status
    }

    /// Everything the node counted.
    func snapshot(at now: UInt64) -> NodeReport {
        var report = core.report(at: now, mayDrop: settings.overflow == .drop)
        report.status = snapshotStatus(at: now)
        report.sendLag = sendLag.encodedV2()
        report.lastSentNanoseconds = lastSentNanoseconds
        report.malformed = malformed
        report.unsendableAnswers = unsendableAnswers
        report.discoveryNanoseconds = settings.discoveryNanoseconds
        report.turnedAway = settings.turnedAway + register.turnedAway
        report.process.read(for: log)
        return report
    }

    /// The node as whoever watches it wants to know it: sums, and one histogram.
    func snapshotVitals(at now: UInt64) -> NodeVitals {
        var vitals = NodeVitals()
        vitals.status = snapshotStatus(at: now)
        let totals = core.dissemination.totals()
        vitals.sent = vitals.status.sent &+ totals.ordersTaken
        vitals.refused = totals.refused &+ totals.ordersRefused &+ totals.forwardRefused
        vitals.orders = totals.ordersTaken
        vitals.received = totals.received
        vitals.delivered = totals.delivered
        vitals.duplicate = totals.duplicate
        vitals.missing = totals.missing
        vitals.interruptions = core.linkInterruptions
        vitals.process.read(for: log)
        vitals.fromDue = core.dissemination.delays()
        return vitals
    }
}

extension ProcessReport {
    /// Fills in what the process took so far.
    mutating func read(for log: Log) {
        do throws(SystemError) {
            let statistics = try ProcessStatistics.read()
            cpuNanoseconds = statistics.cpuNanoseconds
            residentBytes = statistics.residentBytes
            residentBytesMaximum = statistics.peakResidentBytes
        } catch {
            log.warn("process_unreadable", ["error": LogValue(error)])
        }
    }
}

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
        report.readProcess(for: log)
        return report
    }
}

extension NodeReport {
    /// Fills in what the process took so far.
    mutating func readProcess(for log: Log) {
        do throws(SystemError) {
            let statistics = try ProcessStatistics.read()
            process.cpuNanoseconds = statistics.cpuNanoseconds
            process.residentBytes = statistics.residentBytes
            process.residentBytesMaximum = statistics.peakResidentBytes
        } catch {
            log.warn("process_unreadable", ["error": LogValue(error)])
        }
    }
}

import Cluster

extension ClientSettings {
    /// What the load comes to, as a digest: equal for all that would send the same orders at the same times.
    ///
    /// It covers the contents of a recording and the names and sizes of payload files, which each process reads for
    /// itself.
    public var loadDigest: UInt64 {
        var shape = shape
        // Names of files and the like; what they mean is beside them.
        shape.words = [:]
        let files = payloads?.files.map { "\($0.path.split(separator: "/").last ?? ""):\($0.bytes)" } ?? []
        let parts: [Any] = [
            mode, durationNanoseconds, warmupNanoseconds, drainNanoseconds, messageSizeBytes, shape, files, balance,
            seed, workload, badShare, restingOrders, packMax, clientsTotal,
        ]
        return NodePlan.digest(parts.map { "\($0)" }.joined(separator: "|"))
    }
}

public import Wire

extension NodeStatus {
    /// What a node of any kind says of itself and of its links; what it does, and how much of it, is left to fill in.
    public init(of plan: NodePlan, _ readiness: Readiness, incarnation: UInt32, at now: UInt64) {
        self.init()
        node = UInt16(plan.id)
        nodes = UInt16(plan.nodeCount)
        self.incarnation = incarnation
        outboundReady = UInt16(readiness.outboundReady)
        outboundExpected = UInt16(plan.outbound.count)
        inboundReady = UInt16(readiness.inboundReady(at: now))
        inboundExpected = UInt16(plan.inbound.count)
        nodesReady = UInt16(readiness.readyCount)
        clusterDigest = plan.clusterDigest
        cluster = plan.clusterText
        nowNanoseconds = now
    }
}

extension Readiness {
    /// What is known of each outgoing link.
    public func linkReports(mayDrop: Bool) -> [LinkReport] {
        plan.outbound.map { node in
            LinkReport(
                to: UInt16(node), isUp: isSubscribed(node), interruptions: interruptions[node] ?? 0, mayDrop: mayDrop)
        }
    }
}

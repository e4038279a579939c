import Cluster
import Runtime

extension Scenario {
    /// Takes what the options say of when messages are due and how large they are.
    mutating func takeShape(_ options: ParsedOptions) throws {
        workload = Workload(rawValue: options.string("workload")) ?? .events
        clients = options.optionalInteger("clients") ?? (mode == .none ? 1 : 0)
        shape = try LoadShapeOptions.shape(of: options, workload: workload)
        durationNanoseconds = LoadShapeOptions.durationNanoseconds(of: options, shape)
        warmupNanoseconds = LoadShapeOptions.warmupNanoseconds(of: options, shape)
        if !shape.isEven {
            guard options.rate("rate").isFinite else {
                throw options.error("rate", "max has no shape: give a rate with --arrivals")
            }
            rate = shape.meanRate(steady: options.rate("rate"), within: durationNanoseconds)
        }
        payloads = try LoadShapeOptions.payloads(of: options, workload: workload)
        messageSizeBytes = try LoadShapeOptions.sizes(of: options, shape, payloads, workload: workload).upperBound
        try checkNodesShape(options)
    }

    /// Nodes that broadcast have arrivals, plans and sizes, but no files.
    private func checkNodesShape(_ options: ParsedOptions) throws {
        guard mode != .none else { return }
        if shape.replay != nil {
            throw options.error("arrivals", "replay is for clients: leave out --mode")
        }
        if payloads != nil {
            throw options.error("payload-dir", "is for clients: leave out --mode")
        }
        for name in ["ramp", "plan"] where options.isGiven(name) && mode == .rr {
            throw options.error(name, "contradicts --mode rr, where each node begins anew in each turn")
        }
    }
}

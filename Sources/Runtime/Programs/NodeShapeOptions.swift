import Cluster
import Measurement
import Wire

/// The options of when a node broadcasts and how large its messages are.
enum NodeShapeOptions {
    /// The options, in the help's order.
    static let all = [
        OptionSpec(
            "arrivals", .string, default: "fixed", valueName: "HOW",
            check: { text in
                guard !text.hasPrefix("replay:") else {
                    return ValueError("a node replays no file", expected: "fixed, poisson or burst:N")
                }
                return LoadShapeOptions.problem { () throws(ValueError) in try LoadShapeText.arrivals(text) }
            },
            help: "How messages are spread around the rate: fixed, poisson (by chance), or burst:N (N at once)"),
        LoadShapeOptions.ramp, LoadShapeOptions.plan, LoadShapeOptions.verify,
        OptionSpec("seed", .integer(0...Int.max), default: "1", help: "Seed of everything drawn at random"),
    ]

    /// Reads the options into the settings, and fails when they contradict each other.
    static func take(_ options: ParsedOptions, into settings: inout NodeSettings) throws {
        let sizes = try CommonOptions.sizes(of: options)
        settings.messageSizeBytes = sizes.largest
        if sizes.smallest < sizes.largest { settings.sizes = sizes }
        settings.isVerified = options.flag("verify")
        guard !settings.isVerified || sizes.smallest >= Header.size + Checksum.size else {
            throw options.error(
                "message-size-bytes",
                "\(sizes.smallest) is too small for a checksum: expected at least "
                    + "\(Header.size + Checksum.size)")
        }
        settings.broadcast.seed = UInt64(options.integer("seed"))
        for name in ["ramp", "plan"] where options.isGiven(name) {
            for other in ["rate", "send-interval-millis", name == "plan" ? "ramp" : "plan"]
            where options.isGiven(other) {
                throw options.error(name, "contradicts --\(other): give one of them")
            }
            guard settings.broadcast.mode != .rr else {
                throw options.error(name, "contradicts --mode rr, where each node begins anew in each turn")
            }
        }
        do throws(ValueError) {
            settings.broadcast.arrivals = try LoadShapeText.arrivals(options.string("arrivals")).arrivals
            if let text = options.optionalString("ramp") { settings.broadcast.rates = try LoadShapeText.ramp(text) }
            if let text = options.optionalString("plan") { settings.broadcast.rates = try LoadShapeText.plan(text) }
        } catch {
            throw Failure(.usage, error.description)
        }
        guard settings.broadcast.arrivals == .fixed || settings.broadcast.ratePerSecond.isFinite else {
            throw options.error("arrivals", "contradicts --rate max: give a rate")
        }
    }
}

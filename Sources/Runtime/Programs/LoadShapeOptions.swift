public import Cluster
public import Measurement
import Wire

/// The options of load shapes, which `loadclient` and `zbed run` share, and what they mean together.
public enum LoadShapeOptions {
    /// When messages are due and how large they are.
    public static let group = OptionGroup(
        "Load shape",
        [
            arrivals, ramp, plan,
            OptionSpec(
                "think-time", .string, defaultNote: "none", valueName: "T or A..B",
                check: { text in problem { () throws(ValueError) in try LoadShapeText.think(text) } },
                help:
                    "With --outstanding: how long a client waits after an answer before its next order, drawn evenly "
                    + "from A to B"),
            OptionSpec(
                "payload-dir", .path, defaultNote: "zeros", valueName: "DIR",
                help:
                    "Orders carry files of this directory, chosen at random, each at most 16 MiB with its header; "
                    + "instead of --message-size-bytes"),
            verify,
        ])

    /// A rate that changes evenly.
    static let ramp = OptionSpec(
        "ramp", .string, defaultNote: "one rate", valueName: "A..B@T",
        check: { text in problem { () throws(ValueError) in try LoadShapeText.ramp(text) } },
        help: "The rate goes evenly from A to B in time T, and stays there; instead of --rate")

    /// A rate that changes in steps.
    static let plan = OptionSpec(
        "plan", .string, defaultNote: "one rate", valueName: "R@T,…",
        check: { text in problem { () throws(ValueError) in try LoadShapeText.plan(text) } },
        help: "Rate after rate, each for its time: 10k@10s,20k@10s; the last one stays; instead of --rate")

    /// How messages are spread around the rate.
    static let arrivals = OptionSpec(
        "arrivals", .string, default: "fixed", valueName: "HOW",
        check: { text in problem { () throws(ValueError) in try LoadShapeText.arrivals(text) } },
        help:
            "How messages are spread around the rate: fixed, poisson (by chance), burst:N (N at once), or "
            + "replay:FILE (when a CSV of time,size or of orders says)")

    /// Checksums; nodes have them too.
    static let verify = OptionSpec(
        "verify", .flag, default: "false",
        help: "Messages carry random bytes, or files, and a checksum that every node checks when they come")

    /// What is wrong with a text; nil when nothing is.
    static func problem<Value>(_ read: () throws(ValueError) -> Value) -> ValueError? {
        do throws(ValueError) {
            _ = try read()
            return nil
        } catch {
            return error
        }
    }

    /// Reads what the group and `--message-size-bytes` say, and fails when they contradict each other.
    ///
    /// A file of `replay:FILE` is read here.
    public static func shape(of options: ParsedOptions, workload: Workload) throws -> LoadShape {
        try checkConflicts(options)
        var shape = LoadShape()
        do throws(ValueError) {
            shape.arrivals = try LoadShapeText.arrivals(options.string("arrivals")).arrivals
            shape.rates = try options.optionalString("ramp").map { text throws(ValueError) in
                try LoadShapeText.ramp(text)
            }
            if let text = options.optionalString("plan") { shape.rates = try LoadShapeText.plan(text) }
            shape.thinkNanoseconds = try options.optionalString("think-time").map { text throws(ValueError) in
                try LoadShapeText.think(text)
            }
        } catch {
            throw Failure(.usage, error.description)
        }
        let sizes = try CommonOptions.sizes(of: options)
        if sizes.smallest < sizes.largest { shape.sizes = sizes }
        // It was read a few lines above, where a wrong one was an error.
        if let path = try? LoadShapeText.arrivals(options.string("arrivals")).path {
            try replay(path, into: &shape, options, workload)
        }
        shape.isVerified = options.flag("verify")
        if shape.isVerified { shape.words["verify"] = "true" }
        for name in ["arrivals", "ramp", "plan", "think-time", "payload-dir"] where options.isGiven(name) {
            shape.words[name] = options.string(name)
        }
        if shape.sizes != nil { shape.words["message-size-bytes"] = options.string("message-size-bytes") }
        return shape
    }

    /// The files of `--payload-dir`; nil without it.
    public static func payloads(of options: ParsedOptions, workload: Workload) throws -> PayloadFiles? {
        guard let directory = options.optionalString("payload-dir") else { return nil }
        if options.isGiven("message-size-bytes") {
            throw options.error("message-size-bytes", "contradicts --payload-dir: the files say how large messages are")
        }
        guard workload == .events, !options.string("arrivals").hasPrefix("replay:") else {
            throw options.error(
                "payload-dir", "contradicts \(workload == .events ? "--arrivals replay" : "--workload orders")")
        }
        return try PayloadFiles(directory: directory)
    }

    /// Bytes of the smallest and of the largest message; fails when the smallest has no room for what it carries.
    public static func sizes(
        of options: ParsedOptions, _ shape: LoadShape, _ payloads: PayloadFiles?, workload: Workload
    ) throws -> ClosedRange<Int> {
        let checksum = shape.isVerified ? Checksum.size : 0
        if let files = payloads?.sizes {
            return (Header.size + files.lowerBound + checksum)...(Header.size + files.upperBound + checksum)
        }
        var (smallest, largest) = (0, 0)
        if case .sizes(let sizes)? = shape.replay?.content {
            (smallest, largest) = (Int(sizes.min() ?? 0), Int(sizes.max() ?? 0))
        } else {
            let sizes = try CommonOptions.sizes(of: options)
            (smallest, largest) = (sizes.smallest, sizes.largest)
        }
        let order = workload == .orders ? OrderPayload.size : 0
        guard smallest >= Header.size + order + checksum else {
            let what = [order > 0 ? "an order" : "", checksum > 0 ? "a checksum" : ""].filter { !$0.isEmpty }
            throw options.error(
                "message-size-bytes",
                "\(smallest) is too small for \(what.joined(separator: " and ")): expected at least "
                    + "\(Header.size + order + checksum)")
        }
        return smallest...largest
    }

    /// How long the measured time is: as given or, where the shape has a length of its own, that long.
    public static func durationNanoseconds(of options: ParsedOptions, _ shape: LoadShape) -> UInt64 {
        let given = options.duration("duration")
        return options.isGiven("duration") ? given : shape.ownNanoseconds ?? given
    }

    /// How long the warm-up is: none before a replay, which says itself what is sent.
    public static func warmupNanoseconds(of options: ParsedOptions, _ shape: LoadShape) -> UInt64 {
        shape.replay == nil ? options.duration("warmup") : 0
    }

    /// A plan as it is written, and the option that takes it: `ramp` for a single change, `plan` for steps.
    public static func words(for plan: RatePlan) -> (option: String, text: String) {
        if plan.pieces.count == 1, let ramp = plan.pieces.first, ramp.begin != ramp.end {
            return ("ramp", "\(decimal(ramp.begin))..\(decimal(ramp.end))@\(ramp.nanoseconds)ns")
        }
        return ("plan", plan.pieces.map { "\(decimal($0.begin))@\($0.nanoseconds)ns" }.joined(separator: ","))
    }

    /// A rate as options are written, without an exponent: to a billionth.
    public static func decimal(_ rate: Double) -> String {
        let billionths = UInt64((rate * 1e9).rounded())
        let digits = String(billionths % 1_000_000_000)
        return "\(billionths / 1_000_000_000).\(String(repeating: "0", count: 9 - digits.count))\(digits)"
    }

    private static func checkConflicts(_ options: ParsedOptions) throws {
        let isReplay = options.string("arrivals").hasPrefix("replay:")
        if options.isGiven("plan"), options.isGiven("ramp") {
            throw options.error("plan", "contradicts --ramp: give one of them")
        }
        for name in ["ramp", "plan"] where options.isGiven(name) {
            if options.isGiven("rate") { throw options.error(name, "contradicts --rate: give one of them") }
            if isReplay { throw options.error(name, "contradicts --arrivals replay: the file says when") }
        }
        guard options.isGiven("outstanding") else {
            if options.isGiven("think-time") {
                throw options.error("think-time", "is for a closed loop: give --outstanding too")
            }
            guard isReplay else { return }
            for name in ["rate", "bad-orders"] where options.isGiven(name) {
                throw options.error(name, "contradicts --arrivals replay: the file says what is sent; leave it out")
            }
            if options.isGiven("warmup"), options.duration("warmup") > 0 {
                throw options.error("warmup", "contradicts --arrivals replay: the file says what is sent; give 0")
            }
            return
        }
        let isShaped = options.string("arrivals") != "fixed"
        for name in ["ramp", "plan"] + (isShaped ? ["arrivals"] : []) where options.isGiven(name) {
            throw options.error(name, "contradicts --outstanding: in a closed loop the answers say when")
        }
    }

    private static func replay(
        _ path: String, into shape: inout LoadShape, _ options: ParsedOptions, _ workload: Workload
    ) throws {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.readBytes(path, limit: replayBytesMax)
        } catch {
            throw Failure(.unavailable, "cannot replay: \(error)")
        }
        let replay: Replay
        do throws(ReplayError) {
            replay = try Replay(csv: bytes, sizes: LoadShapeText.sizeRange)
        } catch {
            throw Failure(.usage, "\(path): \(error)")
        }
        switch (replay.content, workload) {
        case (.orders, .events):
            throw Failure(.usage, "\(path) holds orders: give --workload orders too")
        case (.sizes, .orders):
            throw Failure(.usage, "\(path) holds sizes: with --workload orders expected a file of orders")
        case (.sizes, .events):
            guard !options.isGiven("message-size-bytes") else {
                throw options.error("message-size-bytes", "contradicts \(path), which says how large messages are")
            }
        case (.orders, .orders): break
        }
        shape.replay = replay
        shape.arrivals = .replay(replay.times)
    }

    /// The largest file that is replayed, in bytes.
    private static let replayBytesMax = 256 << 20
}

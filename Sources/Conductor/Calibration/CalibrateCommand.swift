import Reporting
import Runtime
import ZMQ

/// `zbed calibrate`: what the test bed itself adds to what it measures, on this machine.
enum CalibrateCommand {
    private static let seconds: UInt64 = 1_000_000_000
    private static let defaultSeconds: UInt64 = 12
    private static let quickSeconds: UInt64 = 4
    /// How long measuring may take.
    private static let rangeSeconds: ClosedRange<UInt64> = 2...600

    static let options = OptionTable(
        program: "zbed calibrate",
        summary: "measure what the test bed itself adds on this machine: clock, waits, pacing, cost",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Calibration",
                [
                    OptionSpec(
                        "duration", .duration(bareUnit: .seconds), default: "\(defaultSeconds)s",
                        help: "How long to measure, about: \(rangeSeconds.lowerBound)s to \(rangeSeconds.upperBound)s"),
                    OptionSpec(
                        "quick", .flag, default: "false",
                        help: "Measure for \(quickSeconds) s (about 6 s in all): good for a first look"),
                ]),
            OptionGroup(
                "Report",
                [
                    OptionSpec(
                        "results", .path, default: "results", valueName: "DIR",
                        help: "The folder of all results, whose reports are to say what is found (DIR/calibration.json)"
                    ),
                    OptionSpec("json", .path, defaultNote: "none", help: "Write what was found here as JSON, too"),
                    OptionSpec("quiet", .flag, default: "false", help: "No progress line"),
                ]),
        ],
        rules: OptionRules.calibrate,
        notes: [
            "Example:\n  zbed calibrate && zbed run --rate 20k --duration 20s",
            "It measures what runs of this machine measure with: let nothing else run meanwhile. Reports of later runs with\n"
                + "the same versions on the same machine say in short what was found, and warn of latencies that are not\n"
                + "clearly above it.",
            "Exit codes:\n  0 measured and kept, 2 interrupted, 64 wrong usage, 69 it could not be measured or kept",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let nanoseconds = options.flag("quick") ? quickSeconds * seconds : options.duration("duration")
        guard (rangeSeconds.lowerBound * seconds...rangeSeconds.upperBound * seconds).contains(nanoseconds) else {
            throw Failure(
                .usage,
                "--duration \(DurationText.of(nanoseconds)) is out of range: expected \(rangeSeconds.lowerBound)s to "
                    + "\(rangeSeconds.upperBound)s")
        }
        let interrupts = try Interrupts()
        let progress = ProgressLine(isQuiet: options.flag("quiet"))
        let calibration: Calibration
        do {
            calibration = try measure(nanoseconds, interrupts, progress)
        } catch {
            progress.clear()
            // What was going on when the user stopped it may have failed because of that.
            if interrupts.flag.isSet || error is Interrupted {
                throw Failure(.unknown, "interrupted: an earlier calibration stays as it was")
            }
            throw error
        }
        progress.clear()
        try Program.printText(CalibrationText.document(calibration))
        try CalibrationStore.keep(calibration, results: options.string("results"))
        if let path = options.optionalString("json") {
            try Files.writeAtomically(path, try ReportJSON.encode(value: calibration))
        }
        try Program.printText("\nKept: \(options.string("results"))/\(CalibrationStore.fileName)\n")
        return .pass
    }

    /// The lengths of waits that are measured, in nanoseconds: between messages of 10,000, 1,000 and 100 per second.
    private static let waits: [UInt64] = [100_000, Calibration.wakeUpNanoseconds, 10_000_000]
    /// The rates that are measured.
    private static let rates: [Double] = [1_000, 10_000, 100_000]

    private static func measure(
        _ nanoseconds: UInt64, _ interrupts: Interrupts, _ progress: ProgressLine
    ) throws -> Calibration {
        let start = MonotonicClock.now()
        let loads = SchedulerRecord.read()
        let times = ProcessorTime.read()
        SocketFolder.removeAbandoned()
        let folder = try SocketFolder(SocketFolder.path())
        defer { folder.remove() }
        progress.show("reading the clock")
        let clock = ClockCalibrator.clock()
        progress.show("waiting")
        let waits = try ClockCalibrator.waits(Self.waits, nanoseconds: nanoseconds / 5, interrupts: interrupts)
        var pacing: [PacingCalibration] = []
        for rate in rates {
            progress.show("sending \(Int(rate)) messages a second")
            pacing.append(
                try PacingCalibrator.measure(
                    rate, nanoseconds: nanoseconds * 2 / 5 / UInt64(rates.count), folder: folder.path,
                    interrupts: interrupts))
        }
        progress.show("receiving, bare and with the account, in turn")
        let accounting = try AccountingCalibrator(folder: folder.path, interrupts: interrupts)
            .measure(nanoseconds: nanoseconds / 3)
        let machine = MachineRecord.read()
        let steal = times.flatMap { times in ProcessorTime.read()?.stealPercent(since: times) }
        return Calibration(
            createdAt: Environment.now(), version: Program.version, build: CalibrationStore.build,
            environment: Environment.record(), seconds: Double(MonotonicClock.now() - start) / 1e9, clock: clock,
            waits: waits, pacing: pacing, accounting: accounting,
            scheduler: SchedulerCalibration(
                processorsOnline: machine.processorsOnline, processorsUsable: machine.processorsUsable,
                processorQuota: machine.processorQuota, governor: loads.governor, isVirtual: loads.isVirtual,
                stealPercent: steal ?? 0, loadAverage: loads.loadAverage))
    }
}

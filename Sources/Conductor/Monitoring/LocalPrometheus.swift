import Glibc
import Runtime

/// A Prometheus that runs beside a local cluster, with its data in a folder that goes when it stops.
///
/// Belongs to the main thread, as `LocalCluster` does: the kernel ends Prometheus with the thread that started it.
final class LocalPrometheus {
    /// Where it is looked at: `http://127.0.0.1:41234`.
    let address: String
    private let folder: TemporaryFolder
    private let log: String
    private var child: ChildProcess?

    /// What it says when it can be asked.
    private static let readiness = "Server is ready to receive web requests"
    /// Longest wait for that.
    private static let readyNanoseconds: UInt64 = 30_000_000_000

    /// Starts it and waits until it can be asked; without a port, any free one is its.
    init(
        _ configuration: PrometheusConfiguration, rules: String?, port: Int?, interrupts: Interrupts
    ) throws {
        guard let port = port ?? FreePorts.any() else {
            throw Failure(.unavailable, "no port of 127.0.0.1 is free for Prometheus: stop what holds them")
        }
        address = "http://127.0.0.1:\(port)"
        folder = try TemporaryFolder(prefix: "zbed-prometheus")
        log = folder("prometheus.log")
        do {
            if let rules { try Files.replaceSymbolicLink(folder("rules"), target: rules) }
            try Files.writeAtomically(folder("prometheus.yml"), text: configuration.text)
            child = try Self.start(in: folder.path, log: log, port: port)
            try waitUntilReady(interrupts)
        } catch {
            stop()
            throw error
        }
    }

    deinit { stop() }

    /// Whether it still runs; one that somebody killed does not.
    var isRunning: Bool {
        // What cannot be asked is not there.
        child != nil && (try? child?.poll()) == nil
    }

    /// Ends it and removes its data.
    ///
    /// Once stopped, stopping does nothing.
    func stop() {
        child?.end()
        child = nil
        folder.remove()
    }

    /// The rules of `deploy/prometheus`; nil where there are none.
    static func findRules(for program: String = LocalCluster.siblingProgram("zbed")) -> String? {
        ShippedFolder.find("prometheus/rules", for: program)
    }

    private static func start(in folder: String, log: String, port: Int) throws -> ChildProcess {
        let environment = CurrentProcess.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
        do throws(SystemError) {
            return try ChildProcess(
                ChildRequest(
                    program: "prometheus",
                    arguments: [
                        "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                        "--web.listen-address=127.0.0.1:\(port)",
                    ], environment: environment, output: .append(log)))
        } catch {
            guard error.code == ENOENT else { throw error }
            throw Failure(
                .unavailable,
                "no program 'prometheus' is in PATH. Install it (Debian package prometheus), or leave --prometheus "
                    + "out.")
        }
    }

    private func waitUntilReady(_ interrupts: Interrupts) throws {
        let deadline = MonotonicClock.now() + Self.readyNanoseconds
        while let child {
            if try interrupts.check() { throw Interrupted() }
            let lines = try Files.tail(log, lines: 50)
            if lines.contains(where: { $0.contains(Self.readiness) }) { return }
            let ending = try child.poll()
            guard ending == nil, MonotonicClock.now() < deadline else {
                let what = ending.map { "\($0)" } ?? "was not ready within 30 s"
                let quotation = lines.suffix(3).map { "    " + $0 }.joined(separator: "\n")
                throw Failure(
                    .unavailable,
                    "prometheus (\(address)) \(what). If its port is taken, choose another --prometheus-port. Its last "
                        + "words:\n\(quotation)")
            }
            try interrupts.wait(nanoseconds: 20_000_000, orReadable: [child.exitDescriptor])
        }
    }
}

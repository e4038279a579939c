import Cluster
import Reporting
import Runtime
import Wire
import ZMQ

/// The coordinator of a load that several processes make: starts those of this machine, listens to all, and puts
/// together what they counted.
///
/// Belongs to the main thread: the kernel kills the workers that it started when that thread ends.
final class CrewHost {
    private(set) var crew: Crew
    private let settings: CrewSettings
    private let shares: [CrewShare]
    private let router: CrewRouter
    private let log: Log
    private var own: [OwnWorker] = []
    private var results: [Int: ClientResult] = [:]
    private var reportedMalformed: UInt64 = 0

    /// A worker that runs on this machine.
    private struct OwnWorker {
        let number: Int
        let child: ChildProcess
        let logPath: String

        /// How it ended, with the last lines of its log.
        var obituary: String {
            let ending = child.exit.map { "it \($0)" } ?? "it still runs"
            // A log that cannot be read has nothing to show.
            let lines = (try? Files.tail(logPath, lines: 3)) ?? []
            return lines.isEmpty ? ending : ending + "; it said: " + lines.joined(separator: " / ")
        }
    }

    /// Rounds of reading and sending before the caller looks after other things.
    private static let roundsMax = 8

    /// Listens for workers, each of which gets one of the shares.
    init(
        _ settings: CrewSettings, shares: [CrewShare], rules: CrewRules, context: Context, log: Log
    ) throws(Failure) {
        self.settings = settings
        self.shares = shares
        self.log = log
        do throws(ZMQError) {
            router = try CrewRouter(address: settings.bind, port: settings.port, context: context)
        } catch {
            throw Failure(
                .unavailable,
                "cannot listen for workers: \(error). Choose another --worker-port, or as --worker-bind an address of "
                    + "this machine (0.0.0.0 for all)")
        }
        crew = Crew(rules, shares: shares, at: MonotonicClock.now())
    }

    /// What workers connect to.
    var endpoint: String { router.endpoint }

    /// How a worker is started elsewhere.
    var invitation: String {
        let port = endpoint.split(separator: ":").last ?? ""
        let address = settings.bind == "0.0.0.0" ? MachineRecord.hostName() : settings.bind
        let name = settings.cluster == "zbed" ? "" : " --cluster \(settings.cluster)"
        return "loadclient --worker tcp://\(address):\(port)\(name)"
    }

    /// What came to the workers' socket and was of no use, in words; nil when nothing was.
    var oddities: String? {
        let parts = [
            (router.malformedCount, "were malformed and dropped"),
            (crew.refusedCount, "were refused: they came from no worker of this load"),
        ]
        let said = parts.filter { $0.0 > 0 }.map { "\(Numbers.grouped($0.0)) \($0.1)" }
        return said.isEmpty ? nil : "messages on the workers' socket: " + said.joined(separator: ", ")
    }

    /// Starts the workers of this machine.
    func start(logFolder: String) throws {
        try Files.makeDirectories(logFolder)
        let port = endpoint.split(separator: ":").last ?? ""
        for number in 0..<settings.own {
            let path = "\(logFolder)/worker-\(number + 1).log"
            // Only what a process needs: what the load is comes from the coordinator.
            let environment = CurrentProcess.environment.filter {
                ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"].contains($0.key)
            }
            let child = try ChildProcess(
                ChildRequest(
                    program: LocalCluster.siblingProgram("loadclient"),
                    arguments: [
                        "--worker", "tcp://\(settings.ownAddress):\(port)", "--machine", "\(number + 1)",
                        "--cluster", settings.cluster, "--quiet",
                    ], environment: environment, output: .append(path)))
            own.append(OwnWorker(number: number, child: child, logPath: path))
        }
    }

    /// Descriptors that become readable when there is something to do.
    var descriptors: [Int32] {
        get throws(ZMQError) {
            [try router.descriptor] + own.filter { $0.child.exit == nil }.map(\.child.exitDescriptor)
        }
    }

    /// Takes what workers say, looks after processes and the time.
    func poll() throws {
        for _ in 0..<Self.roundsMax {
            let taken = try router.drain(isWorker: { crew.knows($0) }) { request, peer, number, now in
                try perform(crew.received(request, from: peer, number: number, at: now))
            }
            // What is sent may take news in, of which the descriptor does not tell any more.
            if taken == 0 { break }
        }
        for worker in own where worker.child.exit == nil {
            if try worker.child.poll() != nil {
                crew.ended(worker.number, how: worker.obituary, at: MonotonicClock.now())
            }
        }
        crew.tick(at: MonotonicClock.now())
        if router.malformedCount > reportedMalformed {
            reportedMalformed = router.malformedCount
            log.warn("malformed_requests", ["count": LogValue(reportedMalformed)])
        }
    }

    /// Tells all when the first order falls due, in nanoseconds of this process's CLOCK_MONOTONIC.
    func begin(at start: UInt64) throws { try perform(crew.begin(at: start)) }

    /// Tells all of whom nothing can come any more, and who is not to be asked in vain.
    func tell(_ lost: LostNodes) throws {
        func numbers(_ nodes: Set<Int>) -> [UInt16] { nodes.sorted().map { UInt16($0) } }
        try perform(
            crew.lost(
                dead: numbers(lost.dead), silent: numbers(lost.silent), isMajorityLost: lost.isMajorityLost))
    }

    /// Tells all to end the load before its time.
    func interrupt(isUrgent: Bool) throws { try perform(crew.stop(isUrgent: isUrgent)) }

    /// How far all of them are together.
    func progress(warmupNanoseconds: UInt64, totalNanoseconds: UInt64) -> ClientProgress {
        let now = MonotonicClock.now()
        let all = crew.workers.map(\.progress)
        let elapsed = now > crew.startNanoseconds ? now - crew.startNanoseconds : 0
        return ClientProgress(
            elapsedNanoseconds: elapsed, totalNanoseconds: totalNanoseconds,
            sent: all.reduce(0) { $0 &+ $1.sent }, acknowledged: all.reduce(0) { $0 &+ $1.acknowledged },
            refused: all.reduce(0) { $0 &+ $1.refused }, isWarmup: elapsed < warmupNanoseconds,
            // Percentiles are not averaged: the worst is what can be said before the histograms are there.
            p99Nanoseconds: Int64(clamping: all.map(\.p99Nanoseconds).max() ?? 0),
            startNanoseconds: crew.startNanoseconds)
    }

    /// What all of them counted, as if one process had.
    func result(warmupNanoseconds: UInt64) throws -> ClientResult {
        var merged = try ClientResult.merged(results.sorted { $0.key < $1.key }.map(\.value))
        merged.unreportedIncarnations = shares.filter { results[Int($0.worker)] == nil }.map(\.incarnation)
        if results.isEmpty {
            // Nobody is left to say when it began, and it is known.
            merged.startNanoseconds = crew.startNanoseconds
            merged.measuredNanoseconds = crew.startNanoseconds + warmupNanoseconds
            merged.perNode = [OrderCounts](repeating: OrderCounts(), count: shares[0].nodes.count)
        }
        return merged
    }

    /// What is known of each worker.
    var parts: [CrewPart] {
        crew.workers.map { worker in
            let share = shares[worker.number]
            return CrewPart(
                worker: worker, bootDigest: share.bootDigest, incarnation: share.incarnation,
                share: LoadShare(
                    worker: Int(share.worker), workers: Int(share.workers), clientsTotal: Int(share.clientsTotal)),
                result: results[worker.number])
        }
    }

    /// Ends the workers of this machine; nothing that `start` started is left.
    func stop() {
        ChildProcess.end(own.map(\.child)) { _, waitedNanoseconds in waitedNanoseconds < 3_000_000_000 }
    }

    private func perform(_ effects: [Crew.Effect]) throws {
        for effect in effects {
            switch effect {
            case .send(let response, let peer): try router.send(response, to: peer)
            case .tellClock(let peer, let number, let received):
                let reading = ClockReading(receivedNanoseconds: received, answeredNanoseconds: MonotonicClock.now())
                try router.send(.clock(reading), to: peer, number: number)
            case .take(let bytes, let number): take(bytes, of: number)
            }
        }
    }

    private func take(_ bytes: [UInt8], of number: Int) {
        do throws(WireError) {
            let result = try ClientResult(decoding: bytes)
            guard result.incarnation == shares[number].incarnation, result.perNode.count == shares[number].nodes.count
            else {
                return crew.spoiled("it is of another load", by: number, at: MonotonicClock.now())
            }
            let boot = shares[number].bootDigest
            let ahead = crew.workers.first { $0.number == number }?.clock.aheadNanoseconds(of: boot) ?? 0
            results[number] = result.moved(byNanoseconds: ahead)
        } catch {
            crew.spoiled("\(error)", by: number, at: MonotonicClock.now())
        }
    }
}

/// What is known of one worker after a run.
struct CrewPart {
    var worker: CrewWorker
    /// The boot of the coordinator's host, as a digest.
    var bootDigest: UInt64
    /// The life of its streams.
    var incarnation: UInt32
    /// Which part of the load was its own.
    var share: LoadShare
    /// What it counted, by the coordinator's clock; nil when it did not hand that over.
    var result: ClientResult?
}

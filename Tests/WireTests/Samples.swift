@testable import Wire

/// A generator of random numbers that gives the same ones each time (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number of any magnitude: small ones, the limits and everything between are about equally likely.
    mutating func number<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type = Value.self) -> Value {
        Value(truncatingIfNeeded: next()) >> Value(next() % UInt64(Value.bitWidth))
    }

    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Up to `count` values.
    mutating func list<Value>(upTo count: Int, _ make: (inout Seeded) -> Value) -> [Value] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in make(&self) }
    }
}

// Random values of everything that travels.
extension Seeded {
    mutating func header() -> Header {
        Header(
            kind: Kind.allCases.randomElement(using: &self) ?? .event, route: number(), origin: number(), hop: number(),
            index: number(UInt64.self) & Header.indexMax, dueNanoseconds: number(), sentNanoseconds: number(),
            incarnation: number())
    }

    mutating func request() -> ControlRequest {
        switch next() % 14 {
        case 13: .links
        case 12: .vitals
        case 8: .clock
        case 10: .probe(probe())
        case 11: .echo(Echo(bringsBack: .random(using: &self), bytes: bytes(upTo: 20)))
        case 9:
            .clockOffset(
                ClientClock(incarnation: number(), aheadNanoseconds: Int64(bitPattern: number(UInt64.self)) / 4))
        case 5: .join(join())
        case 6: .greet(greeting())
        case 7: .leave(Leave(node: number(), instance: number()))
        case 0: .status
        case 1:
            .start(
                StartOrder(
                    startNanoseconds: number(UInt64.self) >> 2, warmupNanoseconds: number(UInt64.self) >> 2,
                    durationNanoseconds: number(UInt64.self) >> 2))
        case 2: .stop
        case 3: .report
        default: .shutdown
        }
    }

    mutating func response() -> ControlResponse {
        switch next() % 10 {
        case 9: .links(list(upTo: 3) { $0.lostLink() })
        case 8: .vitals(vitals())
        case 6: .probe(Bool.random(using: &self) ? .goesOn : .over(outcome()))
        case 7: .echo(bytes(upTo: 20))
        case 5: .clock(ClockReading(receivedNanoseconds: number(), answeredNanoseconds: number()))
        case 4: .membership(membership())
        case 0: .done
        case 1: .refused(["", "no", "für später", "\u{0}"].randomElement(using: &self) ?? "")
        case 2: .status(status())
        default: .report(report())
        }
    }

    private mutating func lostLink() -> LostLink {
        LostLink(
            node: number(), isIncoming: .random(using: &self), nanoseconds: .random(using: &self) ? number() : nil)
    }

    mutating func vitals() -> NodeVitals {
        var vitals = NodeVitals()
        vitals.status = status()
        (vitals.sent, vitals.refused, vitals.orders) = (number(), number(), number())
        (vitals.received, vitals.delivered, vitals.duplicate) = (number(), number(), number())
        (vitals.missing, vitals.interruptions) = (number(), number())
        vitals.process.cpuNanoseconds = number()
        vitals.process.residentBytes = number()
        vitals.process.residentBytesMaximum = number()
        vitals.fromDue = bytes(upTo: 40)
        return vitals
    }

    private mutating func text() -> String {
        ["", "ring", "tcp://node:5000", "für später"].randomElement(using: &self) ?? ""
    }

    private mutating func probe() -> ProbeOrder {
        ProbeOrder(
            token: number(), target: number(), endpoint: text(),
            pings: .random(in: ProbeOrder.pingsRange, using: &self),
            pingBytes: .random(in: 0...UInt32(ProbeOrder.echoBytesMax), using: &self),
            bulkBytes: .random(in: 0...ProbeOrder.bulkBytesMax, using: &self),
            limitNanoseconds: .random(in: ProbeOrder.limitRangeNanoseconds, using: &self),
            evenUnderLoad: .random(using: &self))
    }

    private mutating func outcome() -> ProbeOutcome {
        var outcome = ProbeOutcome()
        outcome.pings = number()
        outcome.leastNanoseconds = number()
        outcome.medianNanoseconds = number()
        outcome.p99Nanoseconds = number()
        outcome.greatestNanoseconds = number()
        outcome.bulkBytes = number()
        outcome.bulkNanoseconds = number()
        outcome.isCutShort = .random(using: &self)
        return outcome
    }

    private mutating func terms() -> [Term] { list(upTo: 4) { Term($0.text(), $0.text()) } }

    mutating func join() -> JoinRequest {
        let purpose: JoinRequest.Purpose =
            [.join, .look, .claim(number()), .gather, .visit].randomElement(using: &self) ?? .join
        return JoinRequest(
            purpose: purpose, instance: max(1, number()), endpoint: "tcp://h:1", nodeCount: number(), terms: terms())
    }

    mutating func greeting() -> Greeting {
        Greeting(
            node: number(), incarnation: number(), instance: number(), clusterDigest: number(), endpoint: text(),
            terms: terms())
    }

    mutating func membership() -> MembershipAnswer {
        switch next() % 9 {
        case 0: return .waiting(arrived: number())
        case 1: return .undecided
        case 2: return .elsewhere(text())
        case 3:
            let members =
                [Member(endpoint: text(), instance: number())]
                + list(upTo: 3) {
                    Member(endpoint: $0.text(), instance: $0.number())
                }
            let places = UInt16(members.count)
            return .formed(
                MemberTable(
                    members: members,
                    place: Bool.random(using: &self) ? UInt16.random(in: 0..<places, using: &self) : nil,
                    living: list(upTo: 4) { UInt16.random(in: 0..<places, using: &$0) }))
        case 4: return .granted(number())
        case 5: return .taken(number())
        case 6: return .welcome
        case 7: return .stranger(text())
        default: return .refused(text())
        }
    }

    mutating func beacon() -> Beacon {
        Beacon(
            clusterDigest: number(), readyNodes: list(upTo: 64) { $0.next() }, term: number() / 2,
            cluster: ["", "topology ring", "für später"].randomElement(using: &self) ?? "")
    }

    mutating func status() -> NodeStatus {
        var status = NodeStatus()
        status.node = number()
        status.nodes = number()
        status.incarnation = number()
        status.state = NodeState.allCases.randomElement(using: &self) ?? .joining
        status.outboundReady = number()
        status.outboundExpected = number()
        status.inboundReady = number()
        status.inboundExpected = number()
        status.nodesReady = number()
        status.clusterDigest = number()
        status.bootDigest = number()
        status.nowNanoseconds = number()
        status.sent = number()
        status.unique = number()
        status.queued = number()
        status.cluster = ["", "topology ring", "für später"].randomElement(using: &self) ?? ""
        return status
    }

    mutating func report() -> NodeReport {
        var report = NodeReport()
        report.status = status()
        report.streams = list(upTo: 3) { $0.stream() }
        report.links = list(upTo: 3) {
            LinkReport(
                to: $0.number(), isUp: .random(using: &$0), interruptions: $0.number(), mayDrop: .random(using: &$0))
        }
        report.latencies = list(upTo: 2) { $0.latency() }
        report.sendLag = bytes(upTo: 20)
        report.lastSentNanoseconds = number()
        report.malformed = list(upTo: 8) { $0.number() }
        report.unaccounted = number()
        report.foreignBeacons = number()
        report.unsendableAnswers = number()
        report.leader.leader = number()
        report.leader.heartbeats = number()
        report.leader.missed = number()
        report.leader.silences = number()
        report.leader.silentNanoseconds = number()
        report.leader.isSilent = .random(using: &self)
        report.process.cpuNanoseconds = number()
        report.process.residentBytes = number()
        report.process.residentBytesMaximum = number()
        report.discoveryNanoseconds = number()
        report.turnedAway = number()
        report.overdue = list(upTo: 3) {
            OverdueReport(
                worker: $0.number(), nanoseconds: $0.number(), tasks: $0.number(), isSilent: .random(using: &$0))
        }
        return report
    }

    private mutating func stream() -> StreamReport {
        var stream = StreamReport()
        stream.origin = number()
        stream.incarnation = number()
        stream.entersHere = .random(using: &self)
        stream.sent = number()
        stream.refused = number()
        stream.announced = Bool.random(using: &self) ? number() : nil
        stream.unique = number()
        stream.duplicate = number()
        stream.reordered = number()
        stream.reorderDistanceMax = number()
        stream.late = number()
        stream.stale = number()
        stream.indexEnd = number()
        stream.hopMinimum = number()
        stream.hopMaximum = number()
        stream.hopSum = number()
        stream.inbound = list(upTo: 3) {
            InboundReport(from: $0.number(), received: $0.number(), forwarded: $0.number(), refused: $0.number())
        }
        return stream
    }

    private mutating func latency() -> LatencyReport {
        var latency = LatencyReport()
        latency.group = number()
        latency.fromDue = bytes(upTo: 20)
        latency.fromSend = bytes(upTo: 20)
        latency.negative = number()
        latency.intervals = list(upTo: 3) { IntervalReport(number: $0.number(), blob: $0.bytes(upTo: 9)) }
        latency.intervalNanoseconds = number()
        latency.firstNanoseconds = number()
        latency.lastNanoseconds = number()
        return latency
    }
}

extension Header {
    /// Reads a header from an array.
    static func decode(_ bytes: [UInt8]) -> HeaderDecoding { decode(bytes.span.bytes) }
}

extension [UInt8] {
    /// The bytes that hexadecimal digits write; blanks do not matter.
    init(hex text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// An order to a node: measure the way to another node and back, between yourselves.
///
/// Every number is bounded, so that no order can occupy a node for longer than a minute, or with more than it can hold.
public struct ProbeOrder: Sendable, Equatable {
    /// Names the probe: an order with the same token asks how far it is.
    public var token: UInt64
    /// The id of the node to be probed.
    public var target: UInt16
    /// Where that node takes requests, if the node that probes was not told; empty: it must know.
    public var endpoint: String
    /// How many round trips are measured, one after the other.
    public var pings: UInt32
    /// Octets that a ping carries there and back.
    public var pingBytes: UInt32
    /// Octets of bulk that are sent afterwards; 0: none.
    public var bulkBytes: UInt64
    /// The longest that all of it may take, in nanoseconds.
    public var limitNanoseconds: UInt64
    /// Whether to probe though messages flow, which the probe would delay and be delayed by.
    public var evenUnderLoad: Bool

    /// Round trips of one probe.
    public static let pingsRange: ClosedRange<UInt32> = 1...10_000
    /// Octets of an echo, at most.
    public static let echoBytesMax = 65_536
    /// Octets of bulk of one probe, at most (256 MiB).
    public static let bulkBytesMax: UInt64 = 268_435_456
    /// How long a probe may take.
    public static let limitRangeNanoseconds: ClosedRange<UInt64> = 1_000_000...60_000_000_000
    /// Octets of an endpoint, at most.
    public static let endpointBytesMax = 300

    /// Makes an order; its numbers must be within their bounds, or no node takes it.
    public init(
        token: UInt64, target: UInt16, endpoint: String = "", pings: UInt32, pingBytes: UInt32, bulkBytes: UInt64,
        limitNanoseconds: UInt64, evenUnderLoad: Bool = false
    ) {
        self.token = token
        self.target = target
        self.endpoint = endpoint
        self.pings = pings
        self.pingBytes = pingBytes
        self.bulkBytes = bulkBytes
        self.limitNanoseconds = limitNanoseconds
        self.evenUnderLoad = evenUnderLoad
    }

    func write(to writer: inout ByteWriter) {
        writer.write(token)
        writer.write(target)
        writer.write(endpoint)
        writer.write(pings)
        writer.write(pingBytes)
        writer.write(bulkBytes)
        writer.write(limitNanoseconds)
        writer.write(evenUnderLoad)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        token = try reader.read("token", as: UInt64.self)
        target = try reader.read("target", as: UInt16.self)
        endpoint = try reader.readText("endpoint", bytesMax: Self.endpointBytesMax)
        pings = try reader.read("pings", as: UInt32.self)
        pingBytes = try reader.read("octets of a ping", as: UInt32.self)
        bulkBytes = try reader.read("octets of bulk", as: UInt64.self)
        limitNanoseconds = try reader.read("time limit", as: UInt64.self)
        evenUnderLoad = try reader.readFlag("even under load")
        guard Self.pingsRange.contains(pings) else { throw WireError(field: "pings") }
        guard pingBytes <= Self.echoBytesMax else { throw WireError(field: "octets of a ping") }
        guard bulkBytes <= Self.bulkBytesMax else { throw WireError(field: "octets of bulk") }
        guard Self.limitRangeNanoseconds.contains(limitNanoseconds) else { throw WireError(field: "time limit") }
    }
}

/// What a probe came to; times are nanoseconds of the clock of the node that probed.
public struct ProbeOutcome: Sendable, Equatable {
    /// Round trips that were measured.
    public var pings: UInt32 = 0
    /// The shortest of them, nanoseconds.
    public var leastNanoseconds: UInt64 = 0
    /// Their median, nanoseconds.
    public var medianNanoseconds: UInt64 = 0
    /// Their 99th percentile, nanoseconds.
    public var p99Nanoseconds: UInt64 = 0
    /// The longest of them, nanoseconds.
    public var greatestNanoseconds: UInt64 = 0
    /// Octets of bulk that arrived.
    public var bulkBytes: UInt64 = 0
    /// From the first of them leaving to the last being answered, nanoseconds; 0 when no bulk arrived.
    public var bulkNanoseconds: UInt64 = 0
    /// Whether time was over before all that was ordered was done.
    public var isCutShort = false

    /// Nothing yet.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(pings)
        writer.write(leastNanoseconds)
        writer.write(medianNanoseconds)
        writer.write(p99Nanoseconds)
        writer.write(greatestNanoseconds)
        writer.write(bulkBytes)
        writer.write(bulkNanoseconds)
        writer.write(isCutShort)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        pings = try reader.read("pings", as: UInt32.self)
        leastNanoseconds = try reader.read("shortest", as: UInt64.self)
        medianNanoseconds = try reader.read("median", as: UInt64.self)
        p99Nanoseconds = try reader.read("99th percentile", as: UInt64.self)
        greatestNanoseconds = try reader.read("longest", as: UInt64.self)
        bulkBytes = try reader.read("octets of bulk", as: UInt64.self)
        bulkNanoseconds = try reader.read("time of bulk", as: UInt64.self)
        isCutShort = try reader.readFlag("cut short")
    }
}

/// How far a probe is.
public enum ProbeAnswer: Sendable, Equatable {
    /// It goes on: ask again.
    case goesOn
    /// It is over.
    case over(ProbeOutcome)

    func write(to writer: inout ByteWriter) {
        switch self {
        case .goesOn: writer.write(false)
        case .over(let outcome):
            writer.write(true)
            outcome.write(to: &writer)
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self = try reader.readFlag("over") ? .over(ProbeOutcome(from: &reader)) : .goesOn
    }
}

/// Octets that one node sends to another to see how long they take.
public struct Echo: Sendable, Equatable {
    /// Whether the answer brings the octets back: of a ping it does, of bulk it says only that they came.
    public var bringsBack: Bool
    /// What is sent; its content means nothing.
    public var bytes: [UInt8]

    /// Makes an echo.
    public init(bringsBack: Bool, bytes: [UInt8]) {
        self.bringsBack = bringsBack
        self.bytes = bytes
    }

    /// What the answer carries.
    public var answer: [UInt8] { bringsBack ? bytes : [] }

    func write(to writer: inout ByteWriter) {
        writer.write(bringsBack)
        writer.write(bytes)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        bringsBack = try reader.readFlag("brings back")
        bytes = try reader.readBytes("echo")
        guard bytes.count <= ProbeOrder.echoBytesMax else { throw WireError(field: "echo") }
    }

    /// Octets of a message whose echo carries none: header, code, flag and length.
    public static let overheadBytes = Header.size + 2 + 1 + 4
}

/// What a worker says to the coordinator of its load, in a frame of kind `request` (`docs/protocol.md`, section 17).
///
/// The codes differ from those of nodes, so that whoever asks the wrong socket is refused.
public enum CrewRequest: Sendable, Equatable {
    /// What does your clock say?
    case clock
    /// I am here to work.
    case register(CrewRegistration)
    /// I know my share and am ready to begin.
    case ready(CrewClock)
    /// So far I am.
    case progress(CrewProgress)
    /// I am done: by how much I began too late, and what I counted, in bytes.
    case result(lateNanoseconds: UInt64, bytes: [UInt8])
    /// I cannot do it: the exit code that goes with it, and why.
    case failed(code: UInt8, reason: String)

    /// Bytes of a text at most.
    public static let textBytesMax = 4_096

    private enum Code {
        static let clock: UInt16 = 32
        static let register: UInt16 = 33
        static let ready: UInt16 = 34
        static let progress: UInt16 = 35
        static let result: UInt16 = 36
        static let failed: UInt16 = 37
    }

    /// The payload of the request.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .clock: writer.write(Code.clock)
        case .register(let registration):
            writer.write(Code.register)
            registration.write(to: &writer)
        case .ready(let clock):
            writer.write(Code.ready)
            clock.write(to: &writer)
        case .progress(let progress):
            writer.write(Code.progress)
            progress.write(to: &writer)
        case .result(let late, let bytes):
            writer.write(Code.result)
            writer.write(late)
            writer.write(bytes)
        case .failed(let code, let reason):
            writer.write(Code.failed)
            writer.write(code)
            writer.write(reason)
        }
        return writer.bytes
    }

    /// Reads a request's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        switch try reader.read("request", as: UInt16.self) {
        case Code.clock: self = .clock
        case Code.register: self = .register(try CrewRegistration(from: &reader))
        case Code.ready: self = .ready(try CrewClock(from: &reader))
        case Code.progress: self = .progress(try CrewProgress(from: &reader))
        case Code.result:
            let late = try reader.read("lateness", as: UInt64.self)
            self = .result(lateNanoseconds: late, bytes: try reader.readBytes("result"))
        case Code.failed:
            let code = try reader.read("exit code", as: UInt8.self)
            self = .failed(code: code, reason: try reader.readText("reason", bytesMax: Self.textBytesMax))
        default: throw WireError(field: "request")
        }
        guard reader.remaining == 0 else { throw WireError(field: "end of request") }
    }
}

/// A worker says who it is.
public struct CrewRegistration: Sendable, Equatable {
    /// The version of its program.
    public var version: String
    /// The name of the load that it was told.
    public var cluster: String
    /// Its host.
    public var host: String
    /// Its process there.
    public var pid: UInt32
    /// The number that it was told, from 0; `anyNumber`: any.
    public var number: UInt16
    /// What it knows of the coordinator's clock.
    public var clock: CrewClock

    /// Any number will do.
    public static let anyNumber: UInt16 = 0xFFFF
    /// Bytes of a text at most.
    static let textBytesMax = 256

    /// Makes a registration.
    public init(
        version: String, cluster: String, host: String, pid: UInt32, number: UInt16 = anyNumber, clock: CrewClock
    ) {
        self.version = version
        self.cluster = cluster
        self.host = host
        self.pid = pid
        self.number = number
        self.clock = clock
    }

    func write(to writer: inout ByteWriter) {
        writer.write(version)
        writer.write(cluster)
        writer.write(host)
        writer.write(pid)
        writer.write(number)
        clock.write(to: &writer)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        version = try reader.readText("version", bytesMax: Self.textBytesMax)
        cluster = try reader.readText("cluster", bytesMax: Self.textBytesMax)
        host = try reader.readText("host", bytesMax: Self.textBytesMax)
        pid = try reader.read("process", as: UInt32.self)
        number = try reader.read("number", as: UInt16.self)
        clock = try CrewClock(from: &reader)
    }
}

/// By how much the coordinator's clock is ahead of the worker's: the truth lies in between.
public struct CrewClock: Sendable, Equatable {
    /// The least that it can be, in nanoseconds; below zero when it is behind.
    public var lowestNanoseconds: Int64
    /// The most that it can be.
    public var highestNanoseconds: Int64
    /// The host's boot, as a digest: of one host's processes that agree, both have one clock.
    public var bootDigest: UInt64

    /// Makes a statement.
    public init(lowestNanoseconds: Int64, highestNanoseconds: Int64, bootDigest: UInt64) {
        self.lowestNanoseconds = lowestNanoseconds
        self.highestNanoseconds = highestNanoseconds
        self.bootDigest = bootDigest
    }

    func write(to writer: inout ByteWriter) {
        writer.write(lowestNanoseconds)
        writer.write(highestNanoseconds)
        writer.write(bootDigest)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        lowestNanoseconds = try reader.read("clock", as: Int64.self)
        highestNanoseconds = try reader.read("clock", as: Int64.self)
        bootDigest = try reader.read("boot", as: UInt64.self)
        let most = ClientClock.aheadMaxNanoseconds.magnitude
        guard lowestNanoseconds <= highestNanoseconds, lowestNanoseconds.magnitude <= most,
            highestNanoseconds.magnitude <= most
        else { throw WireError(field: "clock") }
    }
}

/// How far a worker is.
public struct CrewProgress: Sendable, Equatable {
    /// Orders sent so far, warm-up included.
    public var sent: UInt64
    /// Orders acknowledged so far.
    public var acknowledged: UInt64
    /// Orders refused or without room so far.
    public var refused: UInt64
    /// 99th percentile of due time to acknowledgement so far, nanoseconds; 0 when nothing was acknowledged.
    public var p99Nanoseconds: UInt64

    /// Makes a statement; nothing was done yet.
    public init(sent: UInt64 = 0, acknowledged: UInt64 = 0, refused: UInt64 = 0, p99Nanoseconds: UInt64 = 0) {
        self.sent = sent
        self.acknowledged = acknowledged
        self.refused = refused
        self.p99Nanoseconds = p99Nanoseconds
    }

    func write(to writer: inout ByteWriter) {
        writer.write(sent)
        writer.write(acknowledged)
        writer.write(refused)
        writer.write(p99Nanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        sent = try reader.read("sent", as: UInt64.self)
        acknowledged = try reader.read("acknowledged", as: UInt64.self)
        refused = try reader.read("refused", as: UInt64.self)
        p99Nanoseconds = try reader.read("p99", as: UInt64.self)
        // What is shown is a sum over all workers.
        guard max(sent, acknowledged, refused) <= Header.indexMax else { throw WireError(field: "progress") }
    }
}

/// What a node's clock said, in nanoseconds of its CLOCK_MONOTONIC.
public struct ClockReading: Sendable, Equatable {
    /// When it read the question.
    public var receivedNanoseconds: UInt64
    /// When it answered.
    public var answeredNanoseconds: UInt64

    /// Makes a reading.
    public init(receivedNanoseconds: UInt64, answeredNanoseconds: UInt64) {
        self.receivedNanoseconds = receivedNanoseconds
        self.answeredNanoseconds = answeredNanoseconds
    }

    func write(to writer: inout ByteWriter) {
        writer.write(receivedNanoseconds)
        writer.write(answeredNanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        receivedNanoseconds = try reader.read("received", as: UInt64.self)
        answeredNanoseconds = try reader.read("answered", as: UInt64.self)
    }
}

/// By how much a node's clock is ahead of the clock in a client's messages.
public struct ClientClock: Sendable, Equatable {
    /// Which life of which client: the incarnation of its measured messages.
    public var incarnation: UInt32
    /// By how much the node's clock is ahead, in nanoseconds; below zero when it is behind.
    public var aheadNanoseconds: Int64

    /// Clocks that are further apart are not believed (73 years).
    public static let aheadMaxNanoseconds = Int64.max / 4

    /// Makes a statement.
    public init(incarnation: UInt32, aheadNanoseconds: Int64) {
        self.incarnation = incarnation
        self.aheadNanoseconds = aheadNanoseconds
    }

    func write(to writer: inout ByteWriter) {
        writer.write(incarnation)
        writer.write(UInt64(bitPattern: aheadNanoseconds))
    }

    init(from reader: inout ByteReader) throws(WireError) {
        incarnation = try reader.read("incarnation", as: UInt32.self)
        aheadNanoseconds = Int64(bitPattern: try reader.read("ahead", as: UInt64.self))
        guard aheadNanoseconds.magnitude <= Self.aheadMaxNanoseconds else { throw WireError(field: "ahead") }
    }
}

/// A worker of a pipeline got on with nothing for so long that its source gave its tasks to others.
public struct OverdueReport: Sendable, Equatable {
    /// The worker.
    public var worker: UInt16
    /// When its time was over, nanoseconds of the source's CLOCK_MONOTONIC.
    public var nanoseconds: UInt64
    /// Tasks that were taken back from it.
    public var tasks: UInt64
    /// Whether nothing at all was heard of it, so that it gets no more until it is heard again.
    public var isSilent: Bool

    /// Bytes on the wire.
    static let bytesMin = 19

    /// Makes a report.
    public init(worker: UInt16, nanoseconds: UInt64, tasks: UInt64, isSilent: Bool) {
        self.worker = worker
        self.nanoseconds = nanoseconds
        self.tasks = tasks
        self.isSilent = isSilent
    }

    func write(to writer: inout ByteWriter) {
        writer.write(worker)
        writer.write(nanoseconds)
        writer.write(tasks)
        writer.write(isSilent)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        worker = try reader.read("overdue worker", as: UInt16.self)
        nanoseconds = try reader.read("overdue time", as: UInt64.self)
        tasks = try reader.read("overdue tasks", as: UInt64.self)
        isSilent = try reader.readFlag("is silent")
    }
}

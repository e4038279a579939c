/// The program's log: one line for each event, on standard error.
///
///     2026-11-21T08:45:01.123Z info  node=0 event=ready links=4
///
/// The level is checked before anything else, so a line that is not wanted costs a comparison. Not for the data path:
/// a line costs a system call.
public struct Log: Sendable {
    /// The most that is logged.
    public let level: LogLevel
    private let sink: LogSink
    private let context: LogFields
    private let clock: @Sendable () -> UInt64

    /// A log that writes to a descriptor, standard error unless told otherwise.
    ///
    /// - Parameters:
    ///   - level: the most that is logged.
    ///   - context: fields that begin every line, such as the node's number.
    ///   - descriptor: where lines go; it is not closed.
    ///   - clock: nanoseconds since 1970; replaced in tests.
    public init(
        level: LogLevel, context: LogFields = [:], descriptor: Int32 = 2,
        clock: @escaping @Sendable () -> UInt64 = WallClock.now
    ) {
        self.init(level: level, context: context, sink: LogSink(descriptor: descriptor), clock: clock)
    }

    private init(level: LogLevel, context: LogFields, sink: LogSink, clock: @escaping @Sendable () -> UInt64) {
        self.level = level
        self.context = context
        self.sink = sink
        self.clock = clock
    }

    /// The same log with more fields at the beginning of every line.
    public func with(_ fields: LogFields) -> Log {
        Log(level: level, context: context.adding(fields), sink: sink, clock: clock)
    }

    /// Whether lines of this level are written.
    public func includes(_ level: LogLevel) -> Bool { level != .none && level <= self.level }

    /// Lines that could not be written, because the disk was full or nobody read the pipe.
    public var droppedLines: UInt64 { sink.droppedLines }

    /// Logs what stops the program or makes its answer wrong.
    public func error(_ event: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.error, event, fields)
    }

    /// Logs what somebody should look at.
    public func warn(_ event: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.warn, event, fields)
    }

    /// Logs what happened.
    public func info(_ event: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.info, event, fields)
    }

    /// Logs why it happened.
    public func debug(_ event: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.debug, event, fields)
    }

    /// Logs everything.
    public func trace(_ event: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.trace, event, fields)
    }

    private func write(_ level: LogLevel, _ event: StaticString, _ fields: () -> LogFields) {
        guard includes(level) else { return }
        var line = "\(UTCTime(nanosecondsSince1970: clock()).text) \(level.column)"
        for (name, value) in context.pairs { LogText.append(name, value.text, to: &line) }
        LogText.append("event", event.description, to: &line)
        for (name, value) in fields().pairs { LogText.append(name, value.text, to: &line) }
        sink.write(line)
    }
}

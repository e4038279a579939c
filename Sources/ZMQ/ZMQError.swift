internal import CZMQShim

/// What libzmq refused, and for which operation on which endpoint.
///
/// Two errors are equal when their codes are, so `error == .terminated` asks for the kind of failure.
public struct ZMQError: Error, Sendable, CustomStringConvertible {
    /// The error number of libzmq, that is of errno(3) or one of libzmq's own such as `ETERM`.
    public let code: Int32
    /// What was attempted: "bind", "send", "set linger".
    public let operation: String
    /// The endpoint or name the operation was about, if there was one.
    public let subject: String?
    /// What would have been accepted, when the wrapper knows it.
    public let expectation: String?

    /// Makes an error; the text of `code` comes from libzmq.
    public init(code: Int32, operation: String, subject: String? = nil, expectation: String? = nil) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.expectation = expectation
    }

    /// For example "bind tcp://127.0.0.1:5000: Address already in use".
    public var description: String {
        var text = operation
        if let subject { text += " \(subject)" }
        text += operation.isEmpty ? reason : ": \(reason)"
        if let expectation { text += " (\(expectation))" }
        return text
    }

    /// The text for the code alone.
    ///
    /// The corresponding C function is `zmq_strerror`.
    public var reason: String {
        guard let text = czmqshim_error_text(code) else { return "error \(code)" }
        return String(cString: text)
    }
}

extension ZMQError: Hashable {
    /// Equal when the codes are equal.
    public static func == (left: ZMQError, right: ZMQError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

// The kinds that callers tell apart.
extension ZMQError {
    /// The operation would block (`EAGAIN`).
    ///
    /// `send` and `receive` report it as a value, not as an error.
    public static let again = ZMQError(kind: czmqshim_eagain)
    /// The context was shut down (`ETERM`): the socket's owner should close it.
    public static let terminated = ZMQError(kind: czmqshim_eterm)
    /// A ROUTER knows no such peer (`EHOSTUNREACH`).
    public static let hostUnreachable = ZMQError(kind: czmqshim_ehostunreach)
    /// Another socket is bound to the endpoint (`EADDRINUSE`).
    public static let addressInUse = ZMQError(kind: czmqshim_eaddrinuse)
    /// The address belongs to no local interface (`EADDRNOTAVAIL`).
    public static let addressNotAvailable = ZMQError(kind: czmqshim_eaddrnotavail)
    /// The interface does not exist (`ENODEV`).
    public static let noSuchDevice = ZMQError(kind: czmqshim_enodev)
    /// The endpoint was never bound or connected (`ENOENT`).
    public static let noSuchEndpoint = ZMQError(kind: czmqshim_enoent)
    /// An argument is malformed or out of range (`EINVAL`).
    public static let invalidArgument = ZMQError(kind: czmqshim_einval)
    /// The transport is unknown to this libzmq (`EPROTONOSUPPORT`).
    public static let protocolNotSupported = ZMQError(kind: czmqshim_eprotonosupport)
    /// The socket kind cannot do that (`ENOTSUP`): a PULL cannot send.
    public static let notSupported = ZMQError(kind: czmqshim_enotsup)
    /// A REQ or REP was used out of turn (`EFSM`).
    public static let outOfTurn = ZMQError(kind: czmqshim_efsm)
    /// Memory ran out (`ENOMEM`).
    public static let outOfMemory = ZMQError(kind: czmqshim_enomem)
    /// The context's or the process's limit of sockets is reached (`EMFILE`).
    public static let tooManySockets = ZMQError(kind: czmqshim_emfile)
    /// The message has more parts or bytes than the caller allows (`EMSGSIZE`).
    public static let messageTooLong = ZMQError(kind: czmqshim_emsgsize)

    private init(kind: Int32) { self.init(code: kind, operation: "") }
}

// The throwing halves stay out of line: the text they build would otherwise be inlined into the data path.

/// Turns a result of the shim, >= 0 or a negated error number, into a throw.
@inline(__always)
func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(ZMQError) {
    if result < 0 { throw failure(result, operation()) }
}

@inline(never)
private func failure(_ result: Int32, _ operation: @autoclosure () -> String) -> ZMQError {
    ZMQError(code: -result, operation: operation())
}

/// Reports an argument outside its limits, in the words of the limit.
@inline(__always)
func requireWithin<Value: Comparable & CustomStringConvertible>(
    _ value: Value, _ limits: ClosedRange<Value>, _ operation: @autoclosure () -> String
) throws(ZMQError) {
    if !limits.contains(value) { throw outside(value, limits, operation()) }
}

@inline(never)
private func outside<Value: Comparable & CustomStringConvertible>(
    _ value: Value, _ limits: ClosedRange<Value>, _ operation: @autoclosure () -> String
) -> ZMQError {
    ZMQError(
        code: czmqshim_einval, operation: operation(), subject: "to \(value)",
        expectation: "expected \(limits.lowerBound) to \(limits.upperBound)")
}

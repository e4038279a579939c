/// Why a text is not a value, without its place; the option parser adds that.
public struct ValueError: Error, Equatable, CustomStringConvertible {
    /// What was wrong and what was expected.
    public let description: String

    /// A mistake, and what was expected instead.
    public init(_ problem: String, expected: String) {
        description = "\(problem); expected \(expected)"
    }

    /// A sentence that says both already.
    public init(_ sentence: String) {
        description = sentence
    }
}

/// A unit of time that durations are written in.
public enum TimeUnit: String, CaseIterable, Sendable {
    /// Nanoseconds.
    case nanoseconds = "ns"
    /// Microseconds.
    case microseconds = "us"
    /// Milliseconds.
    case milliseconds = "ms"
    /// Seconds.
    case seconds = "s"
    /// Minutes.
    case minutes = "m"
    /// Hours.
    case hours = "h"

    /// The unit's length in nanoseconds.
    public var nanoseconds: UInt64 {
        switch self {
        case .nanoseconds: 1
        case .microseconds: 1_000
        case .milliseconds: 1_000_000
        case .seconds: 1_000_000_000
        case .minutes: 60_000_000_000
        case .hours: 3_600_000_000_000
        }
    }
}

/// A host and a port.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address; an IPv6 address without its brackets.
    public let host: String
    /// The port, 0 to 65535.
    public let port: UInt16

    /// A host and a port.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// "host:port", or "[::1]:port".
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

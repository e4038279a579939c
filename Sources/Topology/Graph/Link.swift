/// A directed connection: event frames flow from `from` to `to`.
///
/// Ordered by `from`, then by `to`. Four bytes, so that the 16 million links of the largest mesh are 64 MiB.
public struct Link: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let source: UInt16
    private let target: UInt16

    /// Makes a link between two node ids, each within ``TopologyLimits/nodes``.
    public init(from: Int, to: Int) {
        self.source = UInt16(from)
        self.target = UInt16(to)
    }

    /// The node that sends.
    public var from: Int { Int(source) }
    /// The node that receives.
    public var to: Int { Int(target) }
    /// The link in the other direction.
    public var reversed: Link { Link(from: to, to: from) }

    /// Orders links by sender, then by receiver.
    public static func < (first: Link, second: Link) -> Bool {
        (first.source, first.target) < (second.source, second.target)
    }

    /// The link as an edge list writes it: `0 -> 1`.
    public var description: String { "\(from) -> \(to)" }
}

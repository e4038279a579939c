/// The bounds within which shapes, graphs and port plans are accepted.
public enum TopologyLimits {
    /// How many nodes a cluster may have.
    public static let nodes = 1...4096
    /// The most problems that are reported of one edge list; what exceeds it is counted.
    public static let problemsReportedMax = 50
    /// The longest path of a Unix socket in bytes: Linux's `sun_path` holds 108 with the closing zero.
    public static let ipcPathBytesMax = 107
    /// The ports that TCP has for listening.
    public static let ports = 1...65_535
    /// The first port that Linux gives to outgoing connections by default (`ip_local_port_range`).
    public static let firstEphemeralPort = 32_768
    /// The most lines that a drawing holds; of a larger graph only the nodes are drawn.
    public static let drawnLinesMax = 20_000
    /// The most links whose load is drawn; of a larger graph the plain picture is.
    public static let loadedLinksMax = 2_000

    /// Refuses a number of nodes that is out of bounds.
    static func requireNodes(_ count: Int) throws(TopologyError) {
        guard nodes.contains(count) else {
            throw TopologyError(
                "\(count) nodes are not possible: expected \(nodes.lowerBound) to \(nodes.upperBound)")
        }
    }
}

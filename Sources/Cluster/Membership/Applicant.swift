public import Topology
public import Wire

/// A process that wants to be a node of a cluster: who it is, and what it was told.
public struct Applicant: Sendable {
    /// Made by the process for itself: larger for later ones, and no two alike.
    public var instance: UInt64
    /// The base endpoint under which others reach it.
    public var endpoint: String
    /// Nodes that the cluster should have; 0: as many as come.
    public var nodeCount: Int
    /// What all nodes must have been told alike.
    public var terms: [Term]

    /// Makes an applicant.
    public init(instance: UInt64, endpoint: String, nodeCount: Int = 0, terms: [Term] = []) {
        precondition(instance != Member.vacant, "instance 0 is nobody")
        self.instance = instance
        self.endpoint = endpoint
        self.nodeCount = nodeCount
        self.terms = terms
    }

    func request(_ purpose: JoinRequest.Purpose) -> ControlRequest {
        .join(
            JoinRequest(
                purpose: purpose, instance: instance, endpoint: endpoint, nodeCount: UInt16(nodeCount), terms: terms))
    }
}

/// A place in a cluster that has formed.
public struct Membership: Sendable, Equatable {
    /// The node's id.
    public var id: Int
    /// All nodes, by id.
    public var members: [Member]
    /// Whether it took the place of another process, so that the others must be told.
    public var isReplacement: Bool

    /// Makes a membership.
    public init(id: Int, members: [Member], isReplacement: Bool) {
        self.id = id
        self.members = members
        self.isReplacement = isReplacement
    }
}

extension Term {
    /// The first difference between what two processes were told, for whoever was told `theirs`; nil: there is none.
    public static func difference(_ ours: [Term], _ theirs: [Term]) -> String? {
        for term in ours {
            let other = theirs.first { $0.name == term.name }?.value
            guard other != term.value else { continue }
            return "the cluster has --\(term.name) \(term.value), and you have "
                + (other.map { "--\(term.name) \($0)" } ?? "none") + ": give all nodes the same"
        }
        guard let more = theirs.first(where: { term in !ours.contains { $0.name == term.name } }) else { return nil }
        return "you have --\(more.name) \(more.value), of which the cluster knows nothing: run one version everywhere"
    }
}

extension NodeAddress {
    /// Reads the base endpoint of one node, `tcp://host:port`; nil when it is none.
    public init?(baseEndpoint text: String) {
        // A wrong endpoint is an ordinary answer here, and what is wrong with it nobody's concern.
        guard let addresses = try? PortPlan.addresses(parsing: text), addresses.count == 1,
            case .tcp(_, let port) = addresses[0], port + Service.metrics.portOffset <= 65_535
        else { return nil }
        self = addresses[0]
    }

    /// What others connect to for one of the node's services; nil where endpoints depend on the node's id.
    public func endpoint(_ service: Service) -> String? {
        guard case .tcp(let host, let port) = self else { return nil }
        let name = host.contains(":") ? "[\(host)]" : host
        return "tcp://\(name):\(port + service.portOffset)"
    }
}

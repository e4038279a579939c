import Cluster
import Topology
import Wire
public import ZMQ

/// Asks any node of a cluster that found itself who its nodes are, for those who are none: clients and visitors.
public enum MemberQuery {
    private static let intervalNanoseconds: UInt64 = 100_000_000
    private static let pauseNanoseconds: UInt64 = 10_000_000
    /// Nodes that are asked at most.
    private static let asksMax = 256

    /// Where each node takes orders and requests, by id.
    ///
    /// `list` are base addresses as `--bootstrap` of `znode` takes them; their names are looked up again and again, for
    /// containers get theirs when they start. Waits until the cluster has formed; fails with `unavailable` when time is
    /// over, and with `usage` when the list cannot be read.
    public static func endpoints(
        at list: String, context: Context, timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws -> [String] {
        let finding = try look(
            at: list, context: context, timeoutNanoseconds: timeoutNanoseconds, interrupt: interrupt)
        if let members = finding.members { return members }
        throw Failure(
            .unavailable, "no cluster at \(list) within \(DurationText.of(timeoutNanoseconds)): \(finding.situation)")
    }

    /// What came of asking.
    public struct Finding: Sendable {
        /// Where each node takes orders and requests, by id; nil where no cluster has formed within the time.
        public fileprivate(set) var members: [String]?
        /// How many nodes had come together, if anybody said it.
        fileprivate var arrived: Int?
        /// Where something answers that does not speak the protocol.
        public fileprivate(set) var strangers: [String] = []

        /// Why there are no members.
        fileprivate var situation: String {
            if let arrived { return "only \(arrived) node\(arrived == 1 ? "" : "s") came together there" }
            guard !strangers.isEmpty else { return "nobody answered" }
            return MemberQuery.words(strangers: strangers)
        }
    }

    /// What is said of ports that are another program's.
    public static func words(strangers: [String]) -> String {
        "what answers at \(strangers.joined(separator: ", ")) does not speak this protocol: is it another program's port?"
    }

    /// Asks until somebody tells the members, or time is over.
    ///
    /// Fails with `unavailable` when those who are there do not tell, and with `usage` when the list cannot be read.
    public static func look(
        at list: String, context: Context, timeoutNanoseconds: UInt64, interrupt: () -> Bool = { false }
    ) throws -> Finding {
        let addresses = try parsed(list)
        let links = AskLinks<String>(context)
        let deadline = MonotonicClock.now() + timeoutNanoseconds
        var known: [String] = []
        var finding = Finding()
        var number: UInt64 = 0
        var poller = Poller()
        var nextNanoseconds: UInt64 = 0
        while MonotonicClock.now() < deadline, !interrupt() {
            let now = MonotonicClock.now()
            if now >= nextNanoseconds {
                nextNanoseconds = now + intervalNanoseconds
                number += 1
                for endpoint in Set(resolve(addresses) + known) {
                    // Who is not there is asked again.
                    _ = try links.ask(endpoint, at: endpoint, request, number: number)
                }
            }
            for key in links.keys {
                while let incoming = try links.receive(from: key) {
                    switch try read(incoming, from: key) {
                    case .members(let endpoints):
                        finding.members = endpoints
                        return finding
                    case .another(let endpoint):
                        if known.count < asksMax, !known.contains(endpoint) { known.append(endpoint) }
                    case .waiting(let count): finding.arrived = count
                    case .nothing: break
                    }
                }
            }
            _ = try poller.wait(timeoutNanoseconds: pauseNanoseconds)
        }
        finding.strangers = links.strangers.sorted()
        return finding
    }

    /// Where nodes may take requests that were started with such a list, formed to a cluster or not.
    ///
    /// Names are looked up once.
    ///
    /// Fails with `usage` when the list cannot be read.
    public static func candidates(at list: String) throws -> [String] { resolve(try parsed(list)) }

    private static func parsed(_ list: String) throws(Failure) -> [NodeAddress] {
        let addresses: [NodeAddress]
        do throws(TopologyError) {
            addresses = try PortPlan.addresses(parsing: list)
        } catch {
            throw Failure(.usage, "--bootstrap cannot be read: \(error)")
        }
        guard !addresses.isEmpty else { throw Failure(.usage, "--bootstrap is empty: expected tcp://HOST:PORT") }
        return addresses
    }

    private enum News {
        case members([String])
        case another(String)
        case waiting(Int)
        case nothing
    }

    /// Nobody's: only who wants to be a node has an instance and an endpoint that count.
    private static var request: ControlRequest {
        .join(JoinRequest(purpose: .visit, instance: 1, endpoint: "none"))
    }

    private static func resolve(_ addresses: [NodeAddress]) -> [String] {
        addresses.flatMap { address -> [String] in
            guard case .tcp(let host, let port) = address else { return [] }
            return HostAddresses.resolve(host).compactMap {
                NodeAddress.tcp(host: $0, basePort: port).endpoint(.orders)
            }
        }
    }

    private static func read(_ incoming: AskLinks<String>.Incoming, from key: String) throws(Failure) -> News {
        switch incoming {
        case .answer(.membership(.formed(let table)), _):
            let endpoints = table.members.compactMap { NodeAddress(baseEndpoint: $0.endpoint)?.endpoint(.orders) }
            guard endpoints.count == table.members.count else {
                throw Failure(.unavailable, "\(key) tells addresses that are none: run one version everywhere")
            }
            return .members(endpoints)
        case .answer(.membership(.elsewhere(let base)), _):
            return NodeAddress(baseEndpoint: base)?.endpoint(.orders).map { .another($0) } ?? .nothing
        case .answer(.membership(.waiting(let arrived)), _): return .waiting(Int(arrived))
        case .answer(.membership(.refused(let reason)), _), .answer(.refused(let reason), _):
            throw Failure(.unavailable, "\(key) does not tell its nodes: \(reason)")
        case .otherVersion:
            throw Failure(.unavailable, "\(key) speaks another version of the protocol: run one version everywhere")
        case .answer: return .nothing
        }
    }
}

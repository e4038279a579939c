import Cluster
import Runtime
import Wire
import ZMQ

/// `--nodes` of the programs that visit a cluster: where each node takes orders and requests.
enum NodeEndpoints {
    static let option = OptionSpec(
        "nodes", .list(.string), defaultNote: "told by --bootstrap", valueName: "ENDPOINT,…",
        help: "Where each node takes orders (its base port + 2), by id: tcp://a:5002,tcp://b:5102")
    /// Instead of the list, for clusters that found themselves.
    static let bootstrap = OptionSpec(
        "bootstrap", .string, defaultNote: "the nodes are listed", valueName: "LIST",
        help: "Base addresses of any nodes that were started with --bootstrap: they are asked for the others, by id")

    /// Reads the list, or asks for it where the cluster found itself, and waits until that has formed.
    static func find(
        _ options: ParsedOptions, context: Context, timeoutNanoseconds: UInt64, interrupts: Interrupts
    ) throws -> [String] {
        if let nodes = try listed(options) { return nodes }
        do {
            return try MemberQuery.endpoints(
                at: options.string("bootstrap"), context: context, timeoutNanoseconds: timeoutNanoseconds
            ) {
                // A signal that cannot be read cannot end anything.
                (try? interrupts.check()) ?? false
            }
        } catch {
            // Nobody was asked for long enough to say that nobody is there.
            if interrupts.flag.isSet { throw Failure(.unknown, "\(Interrupted())") }
            throw error
        }
    }

    /// Reads the list, and finds what cannot be an endpoint before anybody waits for it; nil: nodes are to be asked.
    static func listed(_ options: ParsedOptions) throws(Failure) -> [String]? {
        guard options.isGiven("nodes") else {
            guard options.isGiven("bootstrap") else {
                throw Failure(
                    .usage,
                    "--nodes is missing; expected --nodes ENDPOINT,…, NODES in the environment, or --bootstrap with the "
                        + "address of any node of a cluster that found itself")
            }
            return nil
        }
        let nodes = options.list("nodes").map { $0.contains("://") ? $0 : "tcp://" + $0 }
        guard !nodes.isEmpty else { throw Failure(.usage, "--nodes lists no node: expected one endpoint or more") }
        guard nodes.count <= Origin.nodesMax else {
            throw Failure(.usage, "--nodes lists more than \(Origin.nodesMax) nodes")
        }
        if let twice = nodes.first(where: { endpoint in nodes.filter { $0 == endpoint }.count > 1 }) {
            throw Failure(.usage, "--nodes lists \(twice) twice: expected each node once, in the order of the ids")
        }
        for endpoint in nodes { try require(endpoint) }
        return nodes
    }

    private static func require(_ endpoint: String) throws(Failure) {
        let expected = "expected tcp://HOST:PORT or ipc://PATH, such as tcp://localhost:5002"
        if endpoint.hasPrefix("tcp://") {
            do throws(ValueError) {
                let address = try ValueText.endpoint(endpoint.dropFirst("tcp://".count))
                guard address.port > 0 else { throw ValueError("port 0 is nobody's") }
            } catch {
                throw Failure(.usage, "--nodes: \(endpoint) is not an address: \(expected)")
            }
        } else if !endpoint.hasPrefix("ipc://") || endpoint == "ipc://" {
            throw Failure(.usage, "--nodes: \(endpoint) is not an address: \(expected)")
        }
    }
}

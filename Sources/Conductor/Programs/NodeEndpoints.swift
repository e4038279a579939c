import Cluster
import Runtime
import Wire

/// `--nodes` of the programs that visit a cluster: where each node takes orders and requests.
enum NodeEndpoints {
    static let option = OptionSpec(
        "nodes", .list(.string), valueName: "ENDPOINT,…", isRequired: true,
        help: "Where each node takes orders (its base port + 2), by id: tcp://a:5002,tcp://b:5102")

    /// Reads the option, and finds what cannot be an endpoint before anybody waits for it.
    static func read(_ options: ParsedOptions) throws(Failure) -> [String] {
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

import Runtime

/// The options of a worker of a load.
enum LoadWorkerOptions {
    /// Where the coordinator is.
    static let worker = OptionSpec(
        "worker", .string, defaultNote: "a load of its own", valueName: "ENDPOINT", check: endpointProblem,
        help: "Be a worker: take a part of the load of the zbed that waits there (tcp://HOST:5990), and report to it")
    /// What keeps workers of different runs apart.
    static let cluster = OptionSpec(
        "cluster", .string, default: "zbed", valueName: "NAME",
        help: "Name of the run: workers that were told another one are refused")

    private static func endpointProblem(_ text: String) -> ValueError? {
        let address = text.hasPrefix("tcp://") ? text.dropFirst("tcp://".count) : text[...]
        do throws(ValueError) {
            if try ValueText.endpoint(address).port > 0 { return nil }
        } catch {
            return ValueError("expected tcp://HOST:PORT, as zbed run --expect-workers says it")
        }
        return ValueError("port 0 is nobody's: expected tcp://HOST:PORT, as zbed run --expect-workers says it")
    }

    /// The coordinator's endpoint and the host in it.
    static func coordinator(_ text: String) -> (endpoint: String, host: String) {
        let endpoint = text.hasPrefix("tcp://") ? text : "tcp://" + text
        let address = endpoint.dropFirst("tcp://".count)
        return (endpoint, String(address[..<(address.lastIndex(of: ":") ?? address.endIndex)]))
    }
}

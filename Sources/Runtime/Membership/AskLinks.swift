import Cluster
import Wire
import ZMQ

/// DEALERs to the ROUTERs of other nodes: one for each, opened when it is first needed.
///
/// What cannot be sent now is not kept: whoever asks, asks again.
final class AskLinks<Key: Hashable> {
    private final class Link {
        let socket: Socket

        init(_ endpoint: String, _ context: Context) throws(ZMQError) {
            socket = try Socket(.dealer, in: context)
            try SocketDefaults.apply(to: socket, highWaterMark: 16, frameBytesMax: AskLinks.answerBytesMax)
            try socket.setImmediate(true)
            try socket.setLinger(milliseconds: 0)
            try socket.connect(endpoint)
        }
    }

    /// What a link brought.
    enum Incoming {
        case answer(ControlResponse, number: UInt64)
        /// The other one does not speak this version of the protocol.
        case otherVersion
    }

    private let context: Context
    private var links: [Key: Link] = [:]
    private var incoming = Message()
    /// Who said something that is not of the protocol, in any version: another program has that port.
    private(set) var strangers: Set<Key> = []

    /// A table of as many members as there can be has less.
    private static var answerBytesMax: Int { 4 << 20 }

    init(_ context: Context) {
        self.context = context
    }

    /// Who is asked.
    var keys: [Key] { Array(links.keys) }

    /// Sends a request to a ROUTER, if it is there; false when it is not.
    func ask(_ key: Key, at endpoint: String, _ request: ControlRequest, number: UInt64) throws(ZMQError) -> Bool {
        let link: Link
        if let open = links[key] {
            link = open
        } else {
            link = try Link(endpoint, context)
            links[key] = link
        }
        let payload = request.payload
        let header = Header(kind: .request, index: number, payloadLength: UInt32(payload.count))
        return try link.socket.send(bytes: header.frame(payload: payload)) == .sent
    }

    /// The next answer of one that was asked; nil when there is none.
    func receive(from key: Key) throws(ZMQError) -> Incoming? {
        guard let link = links[key] else { return nil }
        while try link.socket.receive(into: &incoming) {
            switch Header.decode(incoming.bytes) {
            case .malformed(.version) where Header.claims(.response, incoming.bytes): return .otherVersion
            case .malformed:
                // libzmq takes much for frames of ZMTP 1.0, such as the answer of an HTTP server.
                strangers.insert(key)
                try link.socket.skipRest(of: &incoming)
            case .header(let header):
                guard header.kind == .response else { continue }
                let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
                // What cannot be read is as good as no answer.
                guard let response = try? ControlResponse(decoding: payload) else { continue }
                return .answer(response, number: header.index)
            }
        }
        return nil
    }

    /// Ends the connection to one.
    func close(_ key: Key) { links[key] = nil }
}

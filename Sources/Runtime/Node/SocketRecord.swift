public import ZMQ

/// What a kind of socket is told, read back from libzmq: for the record that a report keeps of its surroundings.
public struct SocketRecord: Sendable, Equatable {
    /// What the socket is for: `events`, `links`, `orders`, `client`.
    public let name: String
    /// The kind, as ZeroMQ writes it.
    public let kind: String
    /// Options by the names of libzmq's manual.
    public let options: [String: Int64]

    /// Asks libzmq.
    ///
    /// - Parameter told: What libzmq was told and does not tell again.
    init(_ name: String, _ socket: borrowing Socket, told: [UnreadableOption] = []) throws(ZMQError) {
        self.name = name
        kind = socket.kind.description
        options = try socket.recordedOptions.merging(told.map(\.entry)) { $1 }
    }

    /// The sockets of a node and of a load client, made as those make them, looked at, and let go.
    public static func ofCluster(
        bufferSize: Int, overflow: OverflowPolicy, context: Context
    ) throws(ZMQError) -> [SocketRecord] {
        [
            try SocketRecord(
                "events", try NodeSockets.makePublisher(bufferSize: bufferSize, overflow: overflow, context),
                told: NodeSockets.publisherOptions(overflow)),
            try SocketRecord("links", try NodeSockets.makeSubscriber(bufferSize: bufferSize, context)),
            try SocketRecord(
                "orders", try NodeSockets.makeRouter(bufferSize: bufferSize, context),
                told: NodeSockets.routerOptions),
        ] + (try ofClient(context: context))
    }

    /// The sockets of a load client, made as it makes them, looked at, and let go.
    public static func ofClient(context: Context) throws(ZMQError) -> [SocketRecord] {
        [try SocketRecord("client", try ClientSockets.makeDealer(context))]
    }

    /// The sockets of a pipeline, made as its nodes make them, looked at, and let go.
    public static func ofPipeline(bufferSize: Int, context: Context) throws(ZMQError) -> [SocketRecord] {
        [
            try SocketRecord("tasks out", try PipelineSockets.makePush(bufferSize: bufferSize, context)),
            try SocketRecord("tasks in", try PipelineSockets.makePull(bufferSize: bufferSize, context)),
        ]
    }
}

/// The socket of a load client.
enum ClientSockets {
    static func makeDealer(_ context: Context, highWaterMark: Int = 10_000) throws(ZMQError) -> Socket {
        let socket = try Socket(.dealer, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: highWaterMark, frameBytesMax: 1 << 20)
        try socket.setLinger(milliseconds: 0)
        // Orders wait where they are counted, not in a queue for a node that is gone.
        try socket.setImmediate(true)
        return socket
    }
}

/// The sockets of a pipeline's nodes.
enum PipelineSockets {
    static func makePush(
        bufferSize: Int, frameBytesMax: Int = SocketDefaults.frameBytesMax, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try Socket(.push, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: bufferSize, frameBytesMax: frameBytesMax)
        try socket.setImmediate(true)
        return socket
    }

    static func makePull(
        bufferSize: Int, frameBytesMax: Int = SocketDefaults.frameBytesMax, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try Socket(.pull, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: bufferSize, frameBytesMax: frameBytesMax)
        return socket
    }
}

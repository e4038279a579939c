import Topology
import Wire
import ZMQ

/// One PUSH connected to the PULL of one other node, with a monitor that sees its connection come and go.
///
/// Nothing is queued for a peer that is not there (`ZMQ_IMMEDIATE`), and what was queued for one that went away is
/// dropped with the connection. So what this end was told is the whole truth: what was sent since the connection came
/// is with the peer or on its way, and nothing of it is with the next one that connects.
final class PipelineOutlet {
    let socket: Socket
    let monitor: Monitor
    /// The node at the other end.
    let node: Int
    var pollSlot = 0
    var monitorSlot = 0
    /// Whether the monitor was never read: what happened before anybody looked may have woken nobody.
    var isUnread = true
    /// Whether the connection stands, as far as the monitor told.
    var isConnected = false
    /// Whether room is waited for: only then is the socket watched, as credit would wake the loop for nothing.
    private(set) var isAwaited = false

    init(to node: Int, settings: NodeSettings, context: Context) throws(ZMQError) {
        self.node = node
        let socket = try PipelineSockets.makePush(
            bufferSize: settings.bufferSize, frameBytesMax: settings.frameBytesMax, context)
        // Before connecting, so that nothing is missed.
        monitor = try Monitor(of: socket, events: [.handshakeSucceeded, .disconnected])
        try socket.connect(settings.ports.endpoint(.tasks, of: node))
        self.socket = socket
    }

    /// Is watched for news of its connection from now on.
    func join(_ poller: inout Poller) throws(ZMQError) {
        pollSlot = try poller.add(socket)
        poller.disable(pollSlot)
        monitorSlot = try poller.add(monitor)
    }

    /// Waits for room, or does not any more.
    func await(_ isAwaited: Bool, _ poller: inout Poller) {
        guard isAwaited != self.isAwaited else { return }
        self.isAwaited = isAwaited
        if isAwaited { poller.enable(pollSlot) } else { poller.disable(pollSlot) }
    }

    /// Sends a frame that is rare and repeated anyway; it is given up where there is no room.
    func suggest(_ frame: [UInt8]) throws(ZMQError) {
        var message = try Message(bytes: frame)
        _ = try socket.offer(&message)
    }
}

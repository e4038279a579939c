import ZMQ

/// An option that libzmq takes and does not tell again: sockets are given it, and records show it, from one list.
enum UnreadableOption {
    case xpubVerboser(Bool)
    case xpubNoDrop(Bool)
    case routerMandatory(Bool)

    /// Its name in libzmq's manual, and what it is there.
    var entry: (name: String, value: Int64) {
        switch self {
        case .xpubVerboser(let isOn): ("ZMQ_XPUB_VERBOSER", isOn ? 1 : 0)
        case .xpubNoDrop(let isOn): ("ZMQ_XPUB_NODROP", isOn ? 1 : 0)
        case .routerMandatory(let isOn): ("ZMQ_ROUTER_MANDATORY", isOn ? 1 : 0)
        }
    }

    func apply(to socket: borrowing Socket) throws(ZMQError) {
        switch self {
        case .xpubVerboser(let isOn): try socket.setXPubVerboser(isOn)
        case .xpubNoDrop(let isOn): try socket.setXPubNoDrop(isOn)
        case .routerMandatory(let isOn): try socket.setRouterMandatory(isOn)
        }
    }
}

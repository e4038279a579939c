extension LinkGraph {
    /// Whether nodes forward what they hear; false for a mesh, whose frames go one hop.
    public var forwards: Bool { shape != .mesh }

    /// Whether `node` hands a frame of `origin` that it first heard from `sender` to `next`.
    ///
    /// The flood rule: to every receiver except `sender`; in a one-way ring also not back to the origin. A frame of the
    /// node's own is one whose `sender` is the node itself: it goes to every receiver, in a mesh too.
    public func isForwarded(at node: Int, from sender: Int, origin: Int, to next: Int) -> Bool {
        guard next != sender, hasLink(from: node, to: next) else { return false }
        if sender == node { return true }
        return forwards && !(shape == .ring(.oneWay) && next == origin)
    }

    /// Whether the sender of a link opens its connection, instead of the receiver.
    ///
    /// So it is on the links from the leaves of a star to its hub (node 0): the leaf's XPUB connects to the hub's bound
    /// SUB (``Service/inbox``), because a leaf need not be reachable. Every other link is made by the SUB of `to`,
    /// which connects to the bound XPUB of `from` (``Service/events``).
    public func dialsIn(from: Int, to: Int) -> Bool {
        shape == .star && to == 0 && hasLink(from: from, to: to)
    }

    /// The nodes that `node` opens connections to, ascending: whose addresses it must know.
    public func dialled(by node: Int) -> [Int] {
        let asReceiver = senders(to: node).filter { !dialsIn(from: $0, to: node) }
        let asSender = receivers(of: node).filter { dialsIn(from: node, to: $0) }
        return Set(asReceiver + asSender).sorted()
    }
}

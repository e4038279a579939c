import Cluster
import Wire
import ZMQ

/// What is different at the source, at a worker and at the sink; everything else is `PipelineLoop`.
protocol PipelineStation: ~Copyable {
    /// A station that sends by these outlets, which are in the order of the nodes' ids.
    init(settings: PipelineSettings, outlets: [PipelineOutlet], incarnation: UInt32)

    /// Makes the node's start, if it makes anything; false when it was started before.
    mutating func start(_ order: StartOrder) -> Bool
    /// Makes nothing more.
    mutating func stop()

    /// Does what is due, and what room allows.
    mutating func work(at now: UInt64, _ shell: inout PipelineShell) throws(ZMQError)
    /// When `work` has something to do next by itself.
    var nextNanoseconds: UInt64 { get }

    /// Whether frames are to be taken from the inlet now.
    var takes: Bool { get }
    /// Takes a frame whose header is sound; answers what is wrong with it.
    mutating func take(_ header: Header, _ frame: inout Message, at now: UInt64) throws(ZMQError) -> Malformation?
    /// Does what follows from the frames that were taken together.
    mutating func settle(_ shell: inout PipelineShell) throws(ZMQError)

    /// The connection of the outlet at a place stands.
    mutating func connected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell)
    /// The connection of the outlet at a place ended.
    mutating func disconnected(_ place: Int, at now: UInt64, _ shell: inout PipelineShell)
    /// A beacon came from a node.
    mutating func heard(_ node: Int)

    /// Whether it was started and has not finished.
    var isRunning: Bool { get }
    /// Whether everything is done.
    var isFinished: Bool { get }
    /// Fills in what the station knows: what was sent, what is done, what waits.
    func fill(_ status: inout NodeStatus)
    /// Fills in what the station counted.
    func fill(_ report: inout NodeReport)
}

/// What a station may use of its loop.
struct PipelineShell: ~Copyable {
    let log: Log
    var poller = Poller()
}

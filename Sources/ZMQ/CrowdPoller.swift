internal import CZMQShim

/// Sleeps until some of very many sockets have news, at a cost that does not grow with their number.
///
/// As ``Poller``, whose rule holds here too, but by epoll(7): a load client with thousands of
/// connections would otherwise hand all of them to the kernel for each message.
public struct CrowdPoller: ~Copyable {
    private let crowd: Int32
    private var numbers = [UInt32](repeating: 0, count: 512)
    private var readyCount = 0
    /// How many sockets are watched: their slots are the numbers below.
    public private(set) var count = 0

    /// Makes a poller that watches nothing.
    public init() throws(ZMQError) {
        let crowd = czmqshim_crowd_open()
        guard crowd >= 0 else { throw ZMQError(code: -crowd, operation: "epoll_create") }
        self.crowd = crowd
    }

    deinit { czmqshim_crowd_close(crowd) }

    /// Watches a socket and returns its slot: 0, 1, 2 and so on.
    ///
    /// It is watched until it is closed.
    public mutating func add(_ socket: borrowing Socket) throws(ZMQError) -> Int {
        let result = czmqshim_crowd_add(crowd, try socket.notificationDescriptor, UInt32(count))
        guard result == 0 else { throw ZMQError(code: -result, operation: "epoll_ctl") }
        count += 1
        return count - 1
    }

    /// Sleeps until sockets are ready or the time is over; which they are `forEachReady` says.
    ///
    /// nil waits for ever, 0 does not sleep. Of very many that are ready at once some are left for the next time.
    public mutating func wait(timeoutNanoseconds: UInt64?) throws(ZMQError) {
        let timeout = timeoutNanoseconds.map { Int64(clamping: $0) } ?? -1
        let result = czmqshim_crowd_wait(crowd, &numbers, numbers.count, timeout)
        readyCount = Int(max(0, result))
        guard result >= 0 || result == -czmqshim_eintr else { throw ZMQError(code: -result, operation: "poll") }
    }

    /// Calls `body` with the slot of each socket that the last `wait` found to have news.
    public func forEachReady(_ body: (Int) -> Void) {
        for place in 0..<readyCount { body(Int(numbers[place])) }
    }
}

/// Something that happens at a time.
struct Event {
    enum Kind: UInt8 {
        /// A frame reaches the end of its link; `value` is its place.
        case frame
        /// A node's timer may be due.
        case wake
        /// A node begins a round.
        case round
        /// A subscription comes into force at the publisher of a link.
        case subscribe
        /// … and goes away.
        case unsubscribe
        /// Orders of a client reach a node.
        case orders
        /// An answer reaches a client.
        case answer
        /// A client looks whether it waits in vain.
        case client
        /// A source of faults strikes.
        case fault
        /// A fault ends.
        case heal
        /// All faults end.
        case healAll
        /// The simulation looks whether everybody agrees.
        case look
    }

    var time: UInt64
    /// Tells events of one time apart: the first that was planned comes first.
    var number: UInt64
    var kind: Kind
    /// A node, a link, a client or a source of faults.
    var place: Int32
    var value: Int32

    @inline(__always)
    static func comesBefore(_ first: Event, _ second: Event) -> Bool {
        first.time != second.time ? first.time < second.time : first.number < second.number
    }
}

/// What is still to happen, the next thing first: a binary heap.
struct EventQueue {
    private var heap: [Event] = []
    private var nextNumber: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }
    var count: Int { heap.count }
    var nextTime: UInt64? { heap.first?.time }

    mutating func add(_ kind: Event.Kind, at time: UInt64, place: Int = 0, value: Int32 = 0) {
        heap.append(Event(time: time, number: nextNumber, kind: kind, place: Int32(place), value: value))
        nextNumber += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Event.comesBefore(heap[child], heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popFirst() -> Event? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, Event.comesBefore(heap[child + 1], heap[child]) { child += 1 }
            guard Event.comesBefore(heap[child], heap[parent]) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first
    }
}

/// Elements that wait to be taken by their places, which are used again.
struct Slab<Element> {
    private var elements: [Element?] = []
    private var free: [Int32] = []

    mutating func put(_ element: Element) -> Int32 {
        if let place = free.popLast() {
            elements[Int(place)] = element
            return place
        }
        elements.append(element)
        return Int32(elements.count - 1)
    }

    mutating func take(_ place: Int32) -> Element {
        guard let element = elements[Int(place)] else { preconditionFailure("nothing waits at place \(place)") }
        elements[Int(place)] = nil
        free.append(place)
        return element
    }
}

/// A large value that is kept on the heap, and copied only when it is changed while it is shared.
///
/// It reads and writes in place. A large value that is stored inline does not, where it is optional or where it is
/// asked through a getter that is not inlined: the compiler copies all of it to the stack for each question, and what
/// is asked for each message is dear then (four kilobytes were copied to learn one node's role).
@usableFromInline
struct Boxed<Value: Sendable>: Sendable {
    // One element. An array, because it is the heap storage that tells by itself whether it is shared.
    @usableFromInline var storage: [Value]

    init(_ value: Value) { storage = [value] }

    /// What is in the box.
    @inlinable var value: Value {
        @inline(__always) _read { yield storage[0] }
        @inline(__always) _modify { yield &storage[0] }
    }
}

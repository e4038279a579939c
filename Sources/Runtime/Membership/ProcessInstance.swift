/// A number that tells a process from all others that ever wanted to be the same node.
public enum ProcessInstance {
    /// The wall clock's 32nds of a second, so that later processes have larger ones, and chance.
    public static func now() -> UInt64 {
        WallClock.now() / 31_250_000 << 24 | UInt64.random(in: 1..<(1 << 24))
    }
}

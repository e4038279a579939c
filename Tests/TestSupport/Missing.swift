/// Something that a test needs is not to be had, or did not come in time.
public struct Missing: Error, CustomStringConvertible {
    /// What.
    public let description: String

    /// What was awaited and did not come.
    public init(_ description: String) { self.description = description }
}

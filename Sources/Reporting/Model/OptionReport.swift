/// An option that was given another value than its default, and who gave it.
public struct OptionReport: Codable, Sendable, Equatable {
    /// The option's name, without dashes.
    public var name: String
    /// Its value as it was written; several are separated by commas.
    public var value: String
    /// Where it came from: `command line`, `environment variable RATE`, `ring.yaml, line 3`.
    public var source: String

    /// Makes the record of an option.
    public init(name: String, value: String, source: String) {
        self.name = name
        self.value = value
        self.source = source
    }
}

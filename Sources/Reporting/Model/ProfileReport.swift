/// How the nodes of a run were profiled: with what, and where that is.
public struct ProfileReport: Codable, Sendable, Equatable {
    /// `cpu`, `mem` or `heap`.
    public var kind: String
    /// The tool: `perf record`, `valgrind --tool=memcheck`, `valgrind --tool=massif`.
    public var tool: String
    /// The folder of its outputs, from the report's own.
    public var folder: String

    /// Makes a record.
    public init(kind: String, tool: String, folder: String) {
        self.kind = kind
        self.tool = tool
        self.folder = folder
    }

    /// What must not be overlooked in the run's figures.
    var note: String {
        "The nodes were profiled (\(tool)), which changes what is measured: these figures are not to be compared with "
            + "those of other runs. The profiles are in \(folder)."
    }
}

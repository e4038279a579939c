import Runtime

/// Folders that come with the programs: in the source tree that they were built in, or beside the folder that they were
/// installed in.
enum ShippedFolder {
    /// Looks from the program upwards for `deploy/NAME` and `share/zbed/NAME`; nil where there is none.
    static func find(_ name: String, for program: String = LocalCluster.siblingProgram("zbed")) -> String? {
        var parents = program.split(separator: "/")
        while parents.popLast() != nil {
            let parent = parents.reduce("") { "\($0)/\($1)" }
            for place in ["deploy/\(name)", "share/zbed/\(name)"] {
                if Files.isDirectory("\(parent)/\(place)") { return "\(parent)/\(place)" }
            }
        }
        return nil
    }
}

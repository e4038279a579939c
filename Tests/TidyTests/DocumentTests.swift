import Foundation
import Testing

/// The documents name what there is, and what there is has tests.
@Suite struct DocumentTests {
    @Test(arguments: Repository.targets)
    func theArchitectureNamesEveryTarget(target: String) throws {
        let text = try Repository.text(of: "docs/architecture.md")
        #expect(
            text.contains("`\(target)`"), "docs/architecture.md does not name \(target): add it to the table of rooms")
    }

    @Test func theArchitectureNamesOnlyWhatThereIs() throws {
        let text = try Repository.text(of: "docs/architecture.md")
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(!rows.isEmpty)
        for row in rows {
            let cell = row.dropFirst(2).prefix { $0 != "|" }
            for name in cell.split(separator: "`").map({ $0.trimmingCharacters(in: .whitespaces) }) where !name.isEmpty
            {
                #expect(
                    Repository.targets.contains(name),
                    "docs/architecture.md names the room \(name), which is not in Sources")
            }
        }
    }

    /// Programs are tested as processes, modules of C by the Swift that opens their doors.
    @Test func everyLibraryHasTests() throws {
        let programs: Set<String> = ["ZNode", "LoadClient", "ZBed"]
        let libraries = Repository.targets.filter { target in
            !programs.contains(target) && Repository.sources.contains { $0.target == target }
        }
        #expect(libraries.contains("Cluster"))
        for target in libraries {
            let tests = Repository.swift.filter { $0.path.hasPrefix("Tests/\(target)Tests/") }
            #expect(
                tests.contains { $0.text.contains("@Test") },
                "\(target) has no test in Tests/\(target)Tests: write what it must do before it is built upon")
        }
    }

    @Test func aReadmeThatExistsNamesThePrograms() throws {
        guard Repository.exists("README.md") else { return }
        let text = try Repository.text(of: "README.md")
        for program in ["znode", "loadclient", "zbed"] {
            #expect(text.contains(program), "README.md does not name \(program)")
        }
    }
}

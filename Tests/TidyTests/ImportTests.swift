import Foundation
import Testing

/// The arrows between the rooms, as docs/architecture.md draws them.
@Suite struct ImportTests {
    private static let pure: Set<String> = ["Topology", "Wire", "Measurement", "OrderBook", "Cluster", "Simulation"]
    private static let system: Set<String> = ["Glibc", "Synchronization", "Dispatch"]
    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials", "FoundationNetworking"]
    /// Who may use Foundation: what never runs in a node.
    private static let foundationUsers: Set<String> = ["Reporting", "Conductor", "LoadClient", "ZBed"]

    /// The dependencies of each target, read from the manifest.
    private static let dependencies: [String: Set<String>] = {
        let text = (try? Repository.text(of: "Package.swift")) ?? ""
        var found: [String: Set<String>] = [:]
        for part in text.components(separatedBy: "arget(").dropFirst() {
            let strings = part.components(separatedBy: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            guard let name = strings.first else { continue }
            let list = part.components(separatedBy: "dependencies: [").dropFirst().first?.prefix { $0 != "]" } ?? ""
            let names = list.components(separatedBy: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            found[name] = Set(names)
        }
        return found
    }()

    @Test func theManifestNamesEveryTarget() throws {
        #expect(!Repository.targets.isEmpty)
        for target in Repository.targets where !Repository.sources.filter({ $0.target == target }).isEmpty {
            #expect(Self.dependencies[target] != nil, "\(target) has a folder in Sources but is not in Package.swift")
        }
        #expect(
            Self.dependencies["Cluster"] == ["Wire", "Measurement", "Topology", "OrderBook"],
            "the manifest was read as it is meant")
    }

    @Test(arguments: Repository.targets)
    func aTargetImportsOnlyWhatTheManifestGivesIt(target: String) throws {
        let given = Self.dependencies[target] ?? []
        for file in Repository.sources where file.target == target {
            for module in file.imports where !Self.system.contains(module) && !Self.foundation.contains(module) {
                #expect(
                    given.contains(module),
                    "\(file.path) imports \(module), which Package.swift does not give to \(target): name it there, if the arrows allow it"
                )
            }
        }
    }

    @Test(arguments: pure.sorted())
    func pureTargetsImportNothingButEachOther(target: String) throws {
        for file in Repository.sources where file.target == target {
            let outside = file.imports.filter { !Self.pure.contains($0) }
            #expect(
                outside.isEmpty,
                "\(file.path) imports \(outside): \(target) is pure, so clocks, sockets, files and text formats are its callers' affair"
            )
        }
        #expect(Self.dependencies[target]?.isSubset(of: Self.pure) == true, "\(target) is pure; see Package.swift")
    }

    @Test func onlyTheWrapperSeesTheCLibrary() throws {
        for file in Repository.swift where file.imports.contains("CZMQShim") {
            #expect(
                file.target == "ZMQ",
                "\(file.path) imports CZMQShim: go through the ZMQ target, which owns what it opens")
        }
        let headers = ["<zmq.h>", "<czmq.h>", "\"zmq.h\"", "\"czmq.h\""]
        for file in Repository.files where !file.path.hasSuffix(".swift") && !file.path.hasPrefix("Benchmarks/") {
            let includes = file.lines.filter { line in
                line.hasPrefix("#include") && headers.contains { line.contains($0) }
            }
            #expect(
                includes.isEmpty || file.target == "CZMQShim",
                "\(file.path) includes libzmq's header: only CZMQShim does (and the benchmarks' baseline)")
        }
    }

    @Test func aNodeLinksNeitherFoundationNorReporting() throws {
        // Everything that znode is linked from, by way of the manifest.
        var reached: Set<String> = []
        var rest = ["ZNode"]
        while let target = rest.popLast() {
            if reached.insert(target).inserted { rest += Self.dependencies[target] ?? [] }
        }
        #expect(reached.contains("Runtime"), "the manifest was read as it is meant")
        #expect(
            reached.isDisjoint(with: ["Reporting", "Conductor"]), "znode would carry JSON and HTML: see Package.swift")
        for file in Repository.sources where reached.contains(file.target) {
            let found = file.imports.filter { Self.foundation.contains($0) }
            #expect(
                found.isEmpty,
                "\(file.path) imports \(found), which triples the size of znode: use the standard library or CLinux")
        }
    }

    @Test func onlyReportsAndTheConductorUseFoundation() throws {
        for file in Repository.sources where !file.imports.filter({ Self.foundation.contains($0) }).isEmpty {
            #expect(
                Self.foundationUsers.contains(file.target),
                "\(file.path) imports Foundation, but only \(Self.foundationUsers.sorted()) may")
        }
    }

    @Test(arguments: ["ZNode", "LoadClient", "ZBed"])
    func programsHoldNoDecisions(target: String) throws {
        let lines = Repository.sources.filter { $0.target == target }.map { $0.lines.count }.reduce(0, +)
        #expect(
            lines > 0 && lines <= 60,
            "\(target) has \(lines) lines: a program is options and wiring; decisions belong where tests reach them")
    }
}

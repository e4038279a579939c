import Foundation

/// One text file of the repository.
struct SourceFile: Sendable {
    /// Its path from the root, such as `Sources/Wire/Header.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The name of the folder below `Sources` or `Tests`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// The modules that a Swift file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            let place = words.first == "import" ? 0 : 1
            let isImport =
                words.count > place && words[place] == "import" && (place == 0 || Self.levels.contains(words[0]))
            return isImport ? words.last.map { String($0.prefix { $0 != "." }) } : nil
        }
    }

    /// The text without comments and without what stands in string literals, line by line.
    var code: [String] { SwiftText.code(of: text) }

    private static let levels: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
}

/// The repository that this file is in.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift and C files of the products, their tests and their benchmarks, in order of their paths.
    static let files: [SourceFile] = ["Sources", "Tests", "Benchmarks"].flatMap { files(in: $0) }
    static let swift = files.filter { $0.path.hasSuffix(".swift") }
    static let sources = swift.filter { $0.path.hasPrefix("Sources/") }
    static let targets: [String] = folders(in: "Sources")

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// The folders directly in a folder, in order.
    static func folders(in path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)) ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            let full = root.appendingPathComponent("\(path)/\(name)").path
            return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) && isFolder.boolValue
        }.sorted()
    }

    private static func files(in folder: String) -> [SourceFile] {
        let names = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.allObjects ?? []
        return names.compactMap { $0 as? String }.filter { name in
            !name.contains(".build") && [".swift", ".c", ".h"].contains { name.hasSuffix($0) }
        }.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            return (try? text(of: path)).map { SourceFile(path: path, text: $0) }
        }
    }
}

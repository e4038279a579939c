import Foundation
import Testing

/// What must not be left in the code.
@Suite struct LeftoverTests {
    /// This folder names the words that it looks for.
    private static let files = Repository.files.filter { $0.target != "TidyTests" }

    @Test(arguments: ["TODO", "FIXME", "XXX", "HACK"])
    func nothingIsLeftToBeDone(mark: String) throws {
        for file in Self.files {
            for (number, line) in file.lines.enumerated() {
                let words = line.split { !$0.isLetter && !$0.isNumber }
                #expect(
                    !words.contains { $0 == mark },
                    "\(file.path):\(number + 1) says \(mark): do it, or write it where work is planned")
            }
        }
    }

    private static let forbidden = [
        ("try!", "throw, or say with a precondition why it cannot fail"),
        ("as!", "use as? and say what was expected"),
        ("fatalError(", "use preconditionFailure with the state in its text, or throw"),
        ("@unchecked Sendable", "let the compiler check it; only the ZMQ target may vouch for a C pointer"),
        ("nonisolated(unsafe)", "use a Mutex or an Atomic"),
    ]

    @Test(arguments: forbidden)
    func nothingCrashesOrPretends(what: String, instead: String) throws {
        for file in Repository.sources where !(file.target == "ZMQ" && what == "@unchecked Sendable") {
            for (number, line) in file.code.enumerated() {
                #expect(!Self.contains(line, what), "\(file.path):\(number + 1) has \(what): \(instead)")
            }
        }
    }

    @Test func librariesDoNotPrint() throws {
        for file in Repository.sources {
            for (number, line) in file.code.enumerated() {
                for call in ["print(", "debugPrint(", "dump("] {
                    #expect(
                        !Self.contains(line, call),
                        "\(file.path):\(number + 1) calls \(call)…): use the log, or return the text")
                }
            }
        }
    }

    @Test func nothingNamesAPlaceOfOneMachine() throws {
        let documents = [
            "README.md", "docs/architecture.md", "docs/measurement.md", "docs/protocol.md", "Package.swift",
        ]
        let texts = documents.compactMap { path in
            (try? Repository.text(of: path)).map { SourceFile(path: path, text: $0) }
        }
        for file in Self.files + texts {
            for (number, line) in file.lines.enumerated() {
                for place in ["/work/", "/root/", "/home/"] {
                    #expect(
                        !line.contains(place),
                        "\(file.path):\(number + 1) names \(place): it is not there on other machines")
                }
            }
        }
    }

    /// A reader has the code, not the tracker that it was written under.
    @Test func nothingNamesAnIssueByNumber() throws {
        for file in Self.files {
            for (number, line) in file.lines.enumerated() {
                // Clusters of one name that are compared have numbers, and need not be searched for issues.
                guard !["mesh #", "nodes #", "shape #"].contains(where: line.contains) else { continue }
                // A character reference of HTML is no number of an issue.
                let pieces = line.replacingOccurrences(of: "&#", with: "&").split(separator: "#").dropFirst()
                for piece in pieces where !line.contains("http") {
                    let digits = piece.prefix { $0.isNumber }
                    let isColor = piece.count > 2 && piece.prefix(3).allSatisfy(\.isHexDigit)
                    #expect(
                        digits.isEmpty || isColor,
                        "\(file.path):\(number + 1) names number \(digits): say what was wrong instead")
                }
            }
        }
    }

    @Test func placeholdersAreGone() throws {
        for file in Repository.files where file.path.hasSuffix("Placeholder.swift") {
            #expect(
                Repository.files.filter { $0.target == file.target }.count == 1,
                "\(file.path) can go: its target has files")
        }
    }

    @Test func theRulesSeeCodeAndNotItsComments() throws {
        let code = SwiftText.code(
            of: "a() // try! b\n/* as! /* c */ */ d(\"fatalError(\") + e(\"\"\"\n  try!\n  \"\"\")")
        #expect(code.joined(separator: "|") == "a() | d(\"\") + e(\"\"\"||\"\"\")")
        #expect(Self.contains("x = print(1)", "print("))
        #expect(!Self.contains(".print(text)", "print("))
        #expect(!Self.contains("footprint(1)", "print("))
        #expect(Self.contains("try! f()", "try!"))
    }

    /// Whether a word stands in a line by itself: not as the end of a longer name, and not as a member.
    private static func contains(_ line: String, _ word: String) -> Bool {
        var rest = Substring(line)
        while let range = rest.range(of: word) {
            let before = line[..<range.lowerBound].last
            let isFree = before.map { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." } ?? true
            if isFree && !line[..<range.lowerBound].hasSuffix("case ") && !line[..<range.lowerBound].hasSuffix("func ")
            {
                return true
            }
            rest = rest[range.upperBound...]
        }
        return false
    }
}

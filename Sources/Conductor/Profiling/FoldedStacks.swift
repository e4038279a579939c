import CLinux
import Glibc

/// Stacks with how often each was seen: `znode;main;run;send 42`, as tools that draw flame graphs take them.
struct FoldedStacks: Equatable {
    /// How often each stack was seen, its frames from the outermost to the innermost.
    private(set) var counts: [String: Int] = [:]

    /// Reads what `perf script -F comm,ip,sym` prints.
    ///
    /// For each sample a line with the thread's name, then the frames from the innermost to the outermost, each an
    /// address and a name; samples are parted by empty lines.
    ///
    /// - Parameter name: makes a name readable; asked once for each.
    init(script: String, name: (String) -> String = { $0 }) {
        var readable: [Substring: String] = [:]
        var thread: Substring?
        var frames: [Substring] = []
        func close() {
            guard let command = thread else { return }
            let names = frames.reversed().map { frame in
                if let known = readable[frame] { return known }
                // A semicolon would part it in two.
                let clean = String(name(String(frame)).map { $0 == ";" ? ":" : $0 })
                readable[frame] = clean
                return clean
            }
            let stack = ([String(command)] + names).joined(separator: ";")
            counts[stack, default: 0] += 1
            thread = nil
            frames = []
        }
        for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(maxSplits: 1, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
            guard let first = words.first else {
                close()
                continue
            }
            if line.first == " " || line.first == "\t" {
                guard thread != nil else { continue }
                frames.append(words.count > 1 ? Self.trimmed(words[1]) : first)
            } else {
                close()
                thread = Self.trimmed(line)
            }
        }
        close()
    }

    /// One line for each stack, sorted.
    var text: String { counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined() }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

/// Names of Swift as people write them, where the Swift runtime can tell.
enum Demangler {
    /// The text with every mangled name (`$s…`) in it made readable.
    static func readable(_ text: String) -> String {
        guard text.contains("$s") else { return text }
        var result = ""
        var rest = text[...]
        while let place = rest.firstRange(of: "$s") {
            result += rest[..<place.lowerBound]
            let end = rest[place.lowerBound...].firstIndex {
                !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$"))
            }
            let name = rest[place.lowerBound..<(end ?? rest.endIndex)]
            result += demangled(String(name)) ?? String(name)
            rest = rest[(end ?? rest.endIndex)...]
        }
        return result + rest
    }

    private static func demangled(_ name: String) -> String? {
        guard let text = clinux_swift_name(name) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}

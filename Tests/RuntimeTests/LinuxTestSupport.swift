import Measurement
import Runtime
import Testing

extension SeededGenerator {
    /// The bytes with a few of them changed, removed, doubled or exchanged for something troublesome.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        let troublesome = Array("[]{}:,&*!|>'\"%@`-?#\n\t \0\u{FEFF}\u{202E}é".utf8) + [0x80, 0xFF, 0xC0]
        for _ in 0..<Int.random(in: 1...6, using: &self) {
            let at = Int.random(in: 0...result.count, using: &self)
            let end = min(result.count, at + Int.random(in: 1...9, using: &self))
            switch Int.random(in: 0...3, using: &self) {
            case 0: result.removeSubrange(at..<end)
            case 1: result.insert(contentsOf: result[at..<end], at: at)
            case 2: result.insert(troublesome.randomElement(using: &self) ?? 0, at: at)
            default: if at < result.count { result[at] = UInt8.random(in: 0...255, using: &self) }
            }
        }
        return result
    }
}

/// Runs a program to its end and returns what it printed.
func output(_ program: String, _ arguments: [String]) throws -> (text: String, exit: ChildExit) {
    let request = ChildRequest(program: program, arguments: arguments, output: .pipe, diesWithParent: false)
    let child = try ChildProcess(request)
    return (try child.readOutput(), try child.wait())
}

/// A JSON value that can be written, with sorted keys; pure targets have no Foundation.
enum JSONValue {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case null

    /// The value as text; containers of containers are broken over lines, innermost ones are on one line.
    func text(indentation: Int = 0) -> String {
        switch self {
        case .object(let members):
            let fields = members.sorted { $0.key < $1.key }.map { name, value in
                "\(Self.quoted(name)): \(value.text(indentation: indentation + 2))"
            }
            return Self.enclosed(
                "{", fields, "}", isFlat: members.values.allSatisfy(\.isScalar), indentation: indentation)
        case .array(let values):
            let items = values.map { $0.text(indentation: indentation + 2) }
            return Self.enclosed("[", items, "]", isFlat: values.allSatisfy(\.isScalar), indentation: indentation)
        case .string(let text): return Self.quoted(text)
        case .integer(let value): return String(value)
        case .number(let value): return value.isFinite ? value.description : "null"
        case .boolean(let value): return value ? "true" : "false"
        case .null: return "null"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .object, .array: false
        case .string, .integer, .number, .boolean, .null: true
        }
    }

    private static func enclosed(
        _ open: String, _ items: [String], _ close: String, isFlat: Bool, indentation: Int
    ) -> String {
        guard !isFlat else { return open + items.joined(separator: ", ") + close }
        let margin = "\n" + String(repeating: " ", count: indentation)
        return open + items.map { margin + "  " + $0 }.joined(separator: ",") + margin + close
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

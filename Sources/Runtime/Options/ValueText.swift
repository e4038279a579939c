/// Reading the values that options take.
///
/// The same in every locale, and exact: "1.5k" is 1500, "1.5" bytes is an error.
public enum ValueText {
    static let durationExpected = "a duration such as 250us, 500ms, 30s, 2m or 1h"
    static let sizeExpected = "a size such as 64, 1k, 64KiB or 4MB (k M G T are decimal, Ki Mi Gi Ti binary)"
    static let rateExpected = "a rate per second such as 1000, 50k or 1M"

    /// Reads a whole number, with k, M or G for thousands, millions and billions: "12", "-3", "50k".
    public static func integer(_ text: some StringProtocol) throws(ValueError) -> Int {
        let isNegative = text.hasPrefix("-")
        let (number, unit) = try split(text.dropFirst(isNegative ? 1 : 0), of: text, expected: "a whole number")
        guard let factor = decimalUnits[unit], let value = number.whole(times: factor), value <= UInt64(Int.max) else {
            throw ValueError("\(quoted(text)) is not a whole number within 64 bits", expected: "one such as 12 or 50k")
        }
        return isNegative ? -Int(value) : Int(value)
    }

    /// Reads a number: "0.5", "-3", "1e-3" is not one.
    public static func number(_ text: some StringProtocol) throws(ValueError) -> Double {
        let isNegative = text.hasPrefix("-")
        let (number, unit) = try split(text.dropFirst(isNegative ? 1 : 0), of: text, expected: "a number such as 0.5")
        guard unit.isEmpty else { throw ValueError("\(quoted(text)) is not a number", expected: "one such as 0.5") }
        return isNegative ? -number.double(times: 1) : number.double(times: 1)
    }

    /// Reads a size in bytes: "1k", "64KiB", "4MB".
    public static func size(_ text: some StringProtocol) throws(ValueError) -> Int {
        let (number, unit) = try split(text, of: text, expected: sizeExpected)
        let letters = unit.hasSuffix("B") ? unit.dropLast() : unit[...]
        guard let factor = binaryUnits[String(letters)] ?? decimalUnits[String(letters)] else {
            throw ValueError("\(quoted(text)) has an unknown unit", expected: sizeExpected)
        }
        guard let value = number.whole(times: factor), value <= UInt64(Int.max) else {
            throw ValueError("\(quoted(text)) is not a whole number of bytes within 64 bits", expected: sizeExpected)
        }
        return Int(value)
    }

    /// Reads a duration in nanoseconds: "500ms", "30s", "1.5m".
    ///
    /// - Parameter bareUnit: the unit of a number without one; nil makes that an error.
    public static func duration(
        _ text: some StringProtocol, bareUnit: TimeUnit? = nil
    ) throws(ValueError) -> UInt64 {
        let (number, letters) = try split(text, of: text, expected: durationExpected)
        let unit: TimeUnit
        if let named = TimeUnit(rawValue: letters == "µs" || letters == "μs" ? "us" : letters) {
            unit = named
        } else if letters.isEmpty, let bareUnit {
            unit = bareUnit
        } else if letters.isEmpty {
            throw ValueError("\(quoted(text)) has no unit", expected: durationExpected)
        } else {
            throw ValueError("\(quoted(text)) has an unknown unit", expected: durationExpected)
        }
        guard let value = number.whole(times: unit.nanoseconds) else {
            throw ValueError(
                "\(quoted(text)) is not a whole number of nanoseconds in 64 bits", expected: durationExpected)
        }
        return value
    }

    /// Reads a rate per second: "1000", "50k", "1.5M", with or without "/s".
    ///
    /// - Parameter allowsMax: whether "max" is a rate too, which is infinity.
    public static func rate(_ text: some StringProtocol, allowsMax: Bool = true) throws(ValueError) -> Double {
        if allowsMax, text == "max" { return .infinity }
        let expected = rateExpected + (allowsMax ? ", or max" : "")
        let (number, letters) = try split(text, of: text, expected: expected)
        let unit = letters.hasSuffix("/s") ? String(letters.dropLast(2)) : letters
        guard let factor = decimalUnits[unit], unit != "T" else {
            throw ValueError("\(quoted(text)) is not a rate", expected: expected)
        }
        let rate = number.double(times: factor)
        guard rate > 0 else {
            throw ValueError("\(quoted(text)) is no rate at which anything happens", expected: expected)
        }
        return rate
    }

    /// Reads "host:port", "[::1]:port" or, with a default port, "host".
    public static func endpoint(
        _ text: some StringProtocol, defaultPort: UInt16? = nil
    ) throws(ValueError) -> HostPort {
        let expected = defaultPort == nil ? "HOST:PORT such as 127.0.0.1:5550" : "HOST or HOST:PORT"
        func failure(_ problem: String) -> ValueError { ValueError("\(quoted(text)) \(problem)", expected: expected) }
        var host = String(text)
        var portText: Substring?
        if text.hasPrefix("["), let close = host.firstIndex(of: "]") {
            let rest = host[host.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw failure("is not an address in brackets and a port") }
            portText = rest.isEmpty ? nil : rest.dropFirst()
            host = String(host[..<close].dropFirst())
        } else if let colon = host.lastIndex(of: ":") {
            guard host.firstIndex(of: ":") == colon else { throw failure("is an IPv6 address without brackets") }
            portText = host[host.index(after: colon)...]
            host = String(host[..<colon])
        }
        guard !host.isEmpty, !host.unicodeScalars.contains(where: { $0 == "/" || $0.value <= 0x20 }) else {
            throw failure("has no host name")
        }
        guard let portText else {
            guard let defaultPort else { throw failure("has no port") }
            return HostPort(host: host, port: defaultPort)
        }
        let isDigits = portText.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDigits, let port = UInt16(portText) else { throw failure("has no port from 0 to 65535") }
        return HostPort(host: host, port: port)
    }

    /// Reads true, false, yes, no, on, off, 1 or 0.
    public static func boolean(_ text: some StringProtocol) throws(ValueError) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw ValueError("\(quoted(text)) is neither true nor false", expected: "true, false, 1 or 0")
        }
    }
}

extension ValueText {
    private static let decimalUnits: [String: UInt64] = [
        "": 1, "k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000,
    ]
    private static let binaryUnits: [String: UInt64] = [
        "ki": 1 << 10, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40,
    ]

    private static func split(
        _ digits: some StringProtocol, of text: some StringProtocol, expected: String
    ) throws(ValueError) -> (DecimalNumber, unit: String) {
        guard let (number, rest) = DecimalNumber.prefix(of: String(digits)) else {
            throw ValueError("\(quoted(text)) is not a number", expected: expected)
        }
        return (number, rest)
    }
}

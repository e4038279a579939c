/// A decimal number as it was written: digits, and how many of them stand behind the point.
struct DecimalNumber {
    private let digits: UInt64
    private let fractionDigits: Int

    /// Reads a number at the beginning of a text; nil when there is none, or it has more than 19 digits.
    static func prefix(of text: String) -> (DecimalNumber, rest: String)? {
        var digits: UInt64 = 0
        var wholeDigits = 0
        var fractionDigits = 0
        var hasPoint = false
        let bytes = Array(text.utf8)
        var end = 0
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                let (tens, overflowed) = digits.multipliedReportingOverflow(by: 10)
                let (sum, carried) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
                guard !overflowed, !carried, wholeDigits + fractionDigits < 19 else { return nil }
                digits = sum
                if hasPoint { fractionDigits += 1 } else { wholeDigits += 1 }
            } else {
                break
            }
            end += 1
        }
        guard wholeDigits > 0, !hasPoint || fractionDigits > 0 else { return nil }
        let number = DecimalNumber(digits: digits, fractionDigits: fractionDigits)
        return (number, String(decoding: bytes[end...], as: UTF8.self))
    }

    /// The product with a unit; nil when it is not whole or does not fit into 64 bits.
    func whole(times unit: UInt64) -> UInt64? {
        let (high, low) = digits.multipliedFullWidth(by: unit)
        let divisor = Self.powerOfTen(fractionDigits)
        guard high < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        return remainder == 0 ? quotient : nil
    }

    /// The product with a unit, rounded.
    func double(times unit: UInt64) -> Double {
        whole(times: unit).map { Double($0) } ?? Double(digits) * Double(unit) / Double(Self.powerOfTen(fractionDigits))
    }

    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}

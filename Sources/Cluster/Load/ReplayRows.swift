import Wire

/// Reads the rows of a replay, one after the other.
struct RowReader {
    /// What a column holds, in the order in which columns stand in a file without names.
    enum Column: String, CaseIterable {
        case time, size, kind, side, price, quantity, symbol, id
    }

    private(set) var times: [UInt64] = []
    private(set) var bytes: [UInt32] = []
    private(set) var orders: [OrderPayload] = []
    private let sizes: ClosedRange<Int>
    private var columns: [Column] = []
    private var firstNanoseconds: UInt64 = 0

    init(sizes: ClosedRange<Int>) {
        self.sizes = sizes
    }

    /// Whether rows are orders.
    var holdsOrders: Bool { columns.contains(.kind) }

    mutating func take(_ fields: [ArraySlice<UInt8>]) throws(ReplayError) {
        if columns.isEmpty, try takeNames(fields) { return }
        guard fields.count <= columns.count else {
            throw ReplayError("has \(fields.count) values: expected \(Self.names(columns))")
        }
        guard times.count < Replay.rowsMax else {
            throw ReplayError("is one row too many: expected at most \(Replay.rowsMax)")
        }
        try takeTime(try field(.time, fields))
        if holdsOrders {
            orders.append(try order(fields))
        } else {
            let text = try field(.size, fields)
            guard let size = Self.whole(text), sizes.contains(Int(clamping: size)) else {
                throw ReplayError(
                    "the size \(Self.quoted(text)) is none: expected bytes from \(sizes.lowerBound) to "
                        + "\(sizes.upperBound), header included")
            }
            bytes.append(UInt32(size))
        }
    }

    /// Takes the first line; whether it holds names rather than values.
    private mutating func takeNames(_ fields: [ArraySlice<UInt8>]) throws(ReplayError) -> Bool {
        guard let first = fields.first?.first, !Self.isDigit(first) else {
            // Without names there are two columns, or an order's.
            columns = fields.count == 2 ? [.time, .size] : [.time, .kind, .side, .price, .quantity, .symbol, .id]
            return false
        }
        for field in fields {
            let name = String(decoding: field, as: UTF8.self).lowercased()
            guard let column = Column(rawValue: name), !columns.contains(column) else {
                throw ReplayError(
                    "the column \(Self.quoted(field)) is not known, or named twice: expected "
                        + "time,size or time,kind,side,price,quantity,symbol,id")
            }
            columns.append(column)
        }
        guard columns.contains(.time), columns.contains(.size) != columns.contains(.kind) else {
            throw ReplayError("names \(Self.names(columns)): expected time and either size or kind")
        }
        return true
    }

    private mutating func takeTime(_ text: ArraySlice<UInt8>) throws(ReplayError) {
        guard let time = Self.nanoseconds(text) else {
            throw ReplayError("the time \(Self.quoted(text)) is none: expected seconds such as 0.000125")
        }
        if times.isEmpty { firstNanoseconds = time }
        guard time >= firstNanoseconds, time - firstNanoseconds >= times.last ?? 0 else {
            throw ReplayError("the time \(Self.quoted(text)) is before the one above: expected rows in order of time")
        }
        times.append(time - firstNanoseconds)
    }

    private func order(_ fields: [ArraySlice<UInt8>]) throws(ReplayError) -> OrderPayload {
        let row = UInt64(times.count - 1)
        let id = try number(.id, fields, default: row, in: 0...(1 << OrderPayload.serialBits - 1))
        let kind = try word(.kind, fields, ["limit": OrderKind.limit, "market": .market, "cancel": .cancel])
        guard kind != .cancel else {
            guard optional(.id, fields) != nil else {
                throw ReplayError("a cancel has no id: expected that of the order to cancel")
            }
            return OrderPayload(id: id, kind: .cancel)
        }
        return OrderPayload(
            id: id, kind: kind, side: try word(.side, fields, ["buy": OrderSide.buy, "sell": .sell]),
            price: kind == .limit ? Int64(try number(.price, fields, in: 1...(1 << 62))) : 0,
            quantity: Int32(try number(.quantity, fields, in: 1...UInt64(Int32.max))),
            symbol: UInt16(try number(.symbol, fields, default: 0, in: 0...UInt64(UInt16.max))))
    }

    // MARK: - Fields

    private func optional(_ column: Column, _ fields: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
        guard let place = columns.firstIndex(of: column), place < fields.count, !fields[place].isEmpty else {
            return nil
        }
        return fields[place]
    }

    private func field(_ column: Column, _ fields: [ArraySlice<UInt8>]) throws(ReplayError) -> ArraySlice<UInt8> {
        guard let field = optional(column, fields) else {
            throw ReplayError("has no \(column.rawValue): expected \(Self.names(columns))")
        }
        return field
    }

    private func number(
        _ column: Column, _ fields: [ArraySlice<UInt8>], default missing: UInt64? = nil, in range: ClosedRange<UInt64>
    ) throws(ReplayError) -> UInt64 {
        if let missing, optional(column, fields) == nil { return missing }
        let text = try field(column, fields)
        guard let value = Self.whole(text), range.contains(value) else {
            throw ReplayError(
                "the \(column.rawValue) \(Self.quoted(text)) is none: expected a whole number from \(range.lowerBound) "
                    + "to \(range.upperBound)")
        }
        return value
    }

    private func word<Value>(
        _ column: Column, _ fields: [ArraySlice<UInt8>], _ values: [String: Value]
    ) throws(ReplayError) -> Value {
        let text = try field(column, fields)
        guard let value = values[String(decoding: text, as: UTF8.self).lowercased()] else {
            throw ReplayError(
                "the \(column.rawValue) \(Self.quoted(text)) is not known: expected "
                    + values.keys.sorted().joined(separator: " or "))
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func whole(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard !text.isEmpty, text.count <= 19, text.allSatisfy(isDigit) else { return nil }
        return text.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
    }

    /// Decimal seconds, exactly; digits beyond the nanosecond are cut off.
    private static func nanoseconds(_ text: ArraySlice<UInt8>) -> UInt64? {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = whole(parts[0]), seconds <= 4_000_000_000 else { return nil }
        guard parts.count == 2 else { return seconds * 1_000_000_000 }
        guard !parts[1].isEmpty, parts[1].allSatisfy(isDigit) else { return nil }
        var fraction: UInt64 = 0
        for place in 0..<9 {
            let digit = place < parts[1].count ? UInt64(parts[1][parts[1].startIndex + place] - UInt8(ascii: "0")) : 0
            fraction = fraction * 10 + digit
        }
        return seconds * 1_000_000_000 + fraction
    }

    private static func names(_ columns: [Column]) -> String { columns.map(\.rawValue).joined(separator: ",") }

    /// A value of the file in a message: short, on one line, and without control characters.
    private static func quoted(_ text: ArraySlice<UInt8>) -> String {
        let shown = text.prefix(40).map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }
        return "\"\(String(decoding: shown, as: UTF8.self))\(text.count > 40 ? "…" : "")\""
    }
}

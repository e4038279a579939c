/// A payload that could not be read.
public struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was being read.
    public let field: String

    /// Names the field at which reading stopped.
    public init(field: String) {
        self.field = field
    }

    /// A sentence for people.
    public var description: String { "the payload ends early or is out of range at \(field)" }
}

/// Builds a payload, big-endian, piece by piece.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty payload.
    public init() {}

    /// Appends an integer in network byte order.
    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends one byte, 0 or 1.
    public mutating func write(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    /// Appends a 32-bit length and the bytes.
    public mutating func write(_ value: [UInt8]) {
        write(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    /// Appends a 32-bit length and the text as UTF-8.
    public mutating func write(_ value: String) {
        write([UInt8](value.utf8))
    }

    /// Appends a 32-bit count and each element.
    public mutating func write<Element>(_ elements: [Element], _ body: (inout ByteWriter, Element) -> Void) {
        write(UInt32(elements.count))
        for element in elements { body(&self, element) }
    }
}

/// Reads a payload back, refusing whatever is not there.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    private var position: Int

    /// Starts at `offset` of `bytes`.
    public init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        position = min(offset, bytes.count)
    }

    /// Bytes not yet read.
    public var remaining: Int { bytes.count - position }

    /// Reads an integer in network byte order.
    public mutating func read<Value: FixedWidthInteger>(_ field: String, as type: Value.Type) throws(WireError) -> Value
    {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { throw WireError(field: field) }
        var value: Value = 0
        for byte in bytes[position..<position + size] {
            value = Value(truncatingIfNeeded: (UInt64(truncatingIfNeeded: value) << 8) | UInt64(byte))
        }
        position += size
        return value
    }

    /// Reads one byte that must be 0 or 1.
    public mutating func readFlag(_ field: String) throws(WireError) -> Bool {
        let value = try read(field, as: UInt8.self)
        guard value <= 1 else { throw WireError(field: field) }
        return value == 1
    }

    /// Reads a 32-bit length and that many bytes.
    public mutating func readBytes(_ field: String) throws(WireError) -> [UInt8] {
        let count = Int(try read(field, as: UInt32.self))
        guard remaining >= count else { throw WireError(field: field) }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// Reads a 32-bit length and that much UTF-8; what is not UTF-8 is refused.
    ///
    /// So is what is longer than `bytesMax`.
    public mutating func readText(_ field: String, bytesMax: Int = .max) throws(WireError) -> String {
        let bytes = try readBytes(field)
        guard bytes.count <= bytesMax, let text = String(validating: bytes, as: UTF8.self) else {
            throw WireError(field: field)
        }
        return text
    }

    /// Reads a 32-bit count and that many elements of at least `elementBytesMin` bytes each.
    ///
    /// A count that the rest of the payload cannot hold is refused before memory is reserved for it.
    public mutating func readArray<Element>(
        _ field: String, elementBytesMin: Int, _ body: (inout ByteReader) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        let count = Int(try read(field, as: UInt32.self))
        guard count <= remaining / elementBytesMin else { throw WireError(field: field) }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }
}

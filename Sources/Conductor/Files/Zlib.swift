import CZlib

/// Why bytes are no zlib stream, or cannot be made one.
struct ZlibError: Error, Equatable, CustomStringConvertible {
    /// What was wrong.
    enum Reason: Equatable {
        /// The stream is damaged or ends too early.
        case damaged
        /// What it holds is longer than the reader allows.
        case tooLong(limit: Int)
        /// Bytes follow the end of the stream.
        case trailingBytes
        /// zlib's own code; memory is short, as a rule.
        case code(Int32)
    }

    let reason: Reason

    init(_ reason: Reason) {
        self.reason = reason
    }

    var description: String {
        switch reason {
        case .damaged: "the compressed part is damaged or was cut off"
        case .tooLong(let limit): "the compressed part holds more than \(limit) bytes, which no histogram needs"
        case .trailingBytes: "bytes follow the end of the compressed part; pass exactly one block"
        case .code(let code): "zlib failed with code \(code); is memory short?"
        }
    }
}

/// zlib streams (RFC 1950), whole at a time.
enum Zlib {
    /// The bytes, compressed as far as zlib can: histograms are small and written once.
    ///
    /// The only thing that can go wrong is that memory is out, which traps, as it does everywhere in Swift.
    static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(uLong(bytes.count))
        var code = Z_OK
        let stream = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, used in
            code = compress2(buffer.baseAddress, &count, bytes, uLong(bytes.count), Z_BEST_COMPRESSION)
            used = code == Z_OK ? Int(count) : 0
        }
        precondition(code == Z_OK, "zlib cannot compress \(bytes.count) bytes (code \(code)): memory is out")
        return stream
    }

    /// What a stream holds, at most `limit` bytes of it.
    ///
    /// The stream may come from anywhere: no more memory is used than twice what it holds, or four times its length.
    static func inflate(_ stream: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
        var capacity = min(max(4 * stream.count, 1_024), limit)
        while true {
            var count = uLong(capacity)
            var taken = uLong(stream.count)
            var code = Z_OK
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, used in
                code = uncompress2(buffer.baseAddress, &count, stream, &taken)
                used = code == Z_OK ? Int(count) : 0
            }
            switch code {
            case Z_OK:
                guard taken == stream.count else { throw ZlibError(.trailingBytes) }
                return bytes
            case Z_BUF_ERROR where capacity < limit: capacity = min(2 * capacity, limit)
            case Z_BUF_ERROR: throw ZlibError(.tooLong(limit: limit))
            case Z_DATA_ERROR, Z_NEED_DICT: throw ZlibError(.damaged)
            default: throw ZlibError(.code(code))
            }
        }
    }
}

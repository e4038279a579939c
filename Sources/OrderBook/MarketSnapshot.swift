import Wire

/// The state of a market as chunks of bytes, for a replica that starts or was away too long.
///
/// It is made of a copy, which shares the market's memory; when the market goes on, that is copied once, whole. The
/// same state gives the same chunks everywhere, whatever the salts. All integers are big-endian:
///
///     chunk        sequence 4 | count 4 | body | digest 8
///     first body   version 4 | symbols 4 | restingMax 4 | resting 4 | applied 8 | stateHash 8 | trades 8 | lots 8
///                  | interval 8 | count × (applied 8 | hash 8)
///     other bodies count × order (24 bytes each, as `OrderPayload` writes them)
///
/// The orders come by symbol, buyers before sellers, best price first, oldest first. The digest is a hash of
/// everything up to it, from the first chunk on: a chunk that is damaged, out of turn or of another snapshot is found
/// at once.
public struct MarketSnapshot: Sendable {
    private let market: Market
    private let ordersPerChunk: Int
    private var cursor = RestingCursor()
    private var sequence: UInt32 = 0
    private var left: Int
    private var digest = WordHash(value: SnapshotFormat.digestStart)

    /// How large a chunk may be allowed to become, in bytes: at least as large as the first one can be.
    public static let chunkSizes = 32_768...16_777_216

    /// A snapshot of what the market is now; `chunkBytesMax` must be one of `chunkSizes`.
    public init(of market: Market, chunkBytesMax: Int = 65_536) {
        precondition(Self.chunkSizes.contains(chunkBytesMax), "a chunk is allowed 32 KiB to 16 MiB")
        self.market = market
        ordersPerChunk = (chunkBytesMax - SnapshotFormat.frameSize) / OrderPayload.size
        left = market.restingCount
    }

    /// How many chunks there are in all.
    public var chunkCount: Int { 1 + (market.restingCount + ordersPerChunk - 1) / ordersPerChunk }

    /// The next chunk; nil when there are no more.
    public mutating func nextChunk() -> [UInt8]? {
        guard sequence == 0 || left > 0 else { return nil }
        defer { sequence += 1 }
        return sequence == 0 ? head() : orders()
    }

    private mutating func head() -> [UInt8] {
        let checkpoints = market.chain.checkpoints
        var writer = ByteWriter()
        writer.write(sequence)
        writer.write(UInt32(checkpoints.count))
        writer.write(SnapshotFormat.version)
        writer.write(UInt32(market.rules.symbolCount))
        writer.write(UInt32(market.rules.restingMax))
        writer.write(UInt32(market.restingCount))
        for word in [
            market.applied, market.stateHash, market.tradeCount, market.lotsTraded, market.chain.interval,
        ] {
            writer.write(word)
        }
        for checkpoint in checkpoints {
            writer.write(checkpoint.applied)
            writer.write(checkpoint.hash)
        }
        digest.mix(writer.bytes.span.bytes)
        writer.write(digest.value)
        return writer.bytes
    }

    private mutating func orders() -> [UInt8] {
        let count = min(left, ordersPerChunk)
        left -= count
        let end = SnapshotFormat.headingSize + count * OrderPayload.size
        var bytes = [UInt8](repeating: 0, count: end + SnapshotFormat.digestSize)
        bytes.withUnsafeMutableBytes { chunk in
            chunk.storeBigEndian(sequence, at: 0)
            chunk.storeBigEndian(UInt32(count), at: 4)
            for place in stride(from: SnapshotFormat.headingSize, to: end, by: OrderPayload.size) {
                guard let order = cursor.next(in: market) else { preconditionFailure("the book lost orders") }
                order.encode(into: UnsafeMutableRawBufferPointer(rebasing: chunk[place...]))
            }
        }
        digest.mix(bytes.span.bytes.extracting(first: end))
        bytes.withUnsafeMutableBytes { $0.storeBigEndian(digest.value, at: end) }
        return bytes
    }
}

/// What writer and reader of snapshots share.
enum SnapshotFormat {
    static let version: UInt32 = 1
    /// The sequence number and the count before a chunk's body.
    static let headingSize = 8
    static let digestSize = 8
    /// What is around a chunk's body.
    static let frameSize = headingSize + digestSize
    /// The body of the first chunk without its checkpoints.
    static let headSize = 56
    static let checkpointSize = 16
    static let digestStart: UInt64 = 0x736E_6170_7368_6F74
}

extension WordHash {
    /// Mixes in bytes, eight at a time; all parts of a snapshot are of such lengths.
    mutating func mix(_ bytes: RawSpan) {
        precondition(bytes.byteCount % 8 == 0, "a snapshot is made of words")
        for place in stride(from: 0, to: bytes.byteCount, by: 8) {
            mix(bytes.bigEndian(at: place, as: UInt64.self))
        }
    }
}

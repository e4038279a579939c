import Wire

/// The entries that a node holds: those after a snapshot's, in bounded memory.
///
/// What was applied and is held by everybody who needs it is dropped from the front. Indices begin with 1; the base is
/// the last entry that was dropped.
struct ReplicaLog: Sendable {
    /// The last index that was dropped, and its term.
    private(set) var baseIndex: UInt64 = 0
    private(set) var baseTerm: UInt64 = 0
    /// Who voted at the base.
    private(set) var baseVoters: Voters
    /// The entries held, after `dropped` places of those that are not held any more.
    private var entries: [LogEntry] = []
    private var dropped = 0
    /// Entries that changed who votes, ascending.
    private var voterChanges: [(index: UInt64, voters: Voters)] = []
    /// Bytes of the entries held.
    private(set) var byteCount = 0

    init(voters: Voters) {
        baseVoters = voters
    }

    var firstIndex: UInt64 { baseIndex + 1 }
    var lastIndex: UInt64 { baseIndex + UInt64(count) }
    var lastTerm: UInt64 { count > 0 ? entries[entries.count - 1].term : baseTerm }
    var count: Int { entries.count - dropped }

    /// Who votes, by the last entry that says so, committed or not.
    var voters: Voters { voterChanges.last?.voters ?? baseVoters }
    /// Where that entry is.
    var votersIndex: UInt64 { voterChanges.last?.index ?? baseIndex }

    /// Who voted after the entry at `index`.
    func voters(at index: UInt64) -> Voters {
        voterChanges.last { $0.index <= index }?.voters ?? baseVoters
    }

    /// The term of an entry; nil when it is not held.
    func term(at index: UInt64) -> UInt64? {
        if index == baseIndex { return baseTerm }
        return entry(at: index)?.term
    }

    /// An entry; nil when it is not held.
    func entry(at index: UInt64) -> LogEntry? {
        guard index > baseIndex, index <= lastIndex else { return nil }
        return entries[place(of: index)]
    }

    mutating func append(_ entry: LogEntry) {
        entries.append(entry)
        byteCount += Self.size(of: entry)
        // Readable for certain: entries are made by this node, or were found well-formed when they came.
        if entry.kind == .voters, let voters = try? Voters(decoding: entry.bytes) {
            voterChanges.append((lastIndex, voters))
        }
    }

    /// Drops the entry at `index` and all after it.
    mutating func truncate(from index: UInt64) {
        guard index > baseIndex, index <= lastIndex else { return }
        let place = place(of: index)
        for entry in entries[place...] { byteCount -= Self.size(of: entry) }
        entries.removeSubrange(place...)
        voterChanges.removeAll { $0.index >= index }
    }

    /// Drops the entries up to and with `index`.
    mutating func dropPrefix(through index: UInt64) {
        guard index > baseIndex, index <= lastIndex, let term = term(at: index) else { return }
        baseVoters = voters(at: index)
        voterChanges.removeAll { $0.index <= index }
        let end = place(of: index)
        for place in dropped...end {
            byteCount -= Self.size(of: entries[place])
            entries[place].bytes = []
        }
        dropped = end + 1
        // Moved up when as many are gone as are held: so each is moved about once.
        if dropped * 2 >= entries.count {
            entries.removeSubrange(..<dropped)
            dropped = 0
        }
        baseIndex = index
        baseTerm = term
    }

    /// Forgets everything: the state after the entry at `index` came from elsewhere.
    mutating func reset(toIndex index: UInt64, term: UInt64, voters: Voters) {
        entries = []
        dropped = 0
        voterChanges = []
        byteCount = 0
        baseIndex = index
        baseTerm = term
        baseVoters = voters
    }

    /// Entries from `index` on, as many as fit in `bytesMax`, at least one if there is one.
    func stretch(from index: UInt64, bytesMax: Int) -> [LogEntry] {
        var found: [LogEntry] = []
        var bytes = 0
        var next = index
        while let entry = entry(at: next) {
            bytes += Self.size(of: entry)
            guard found.isEmpty || bytes <= bytesMax else { break }
            found.append(entry)
            next += 1
        }
        return found
    }

    /// Bytes of the entries after `index`, up to and with `last` or all.
    func byteCount(after index: UInt64, through last: UInt64? = nil) -> Int {
        let first = max(index, baseIndex) + 1
        let end = min(last ?? lastIndex, lastIndex)
        guard first <= end else { return 0 }
        var sum = 0
        // By the place: a slice, and the elements taken out of it, would be retained one by one.
        for place in place(of: first)...place(of: end) { sum += entries[place].bytes.count + Self.entryOverheadBytes }
        return sum
    }

    private func place(of index: UInt64) -> Int { dropped + Int(index - baseIndex) - 1 }

    /// What an entry takes beside its bytes.
    private static let entryOverheadBytes = 64

    private static func size(of entry: LogEntry) -> Int { entry.bytes.count + entryOverheadBytes }
}

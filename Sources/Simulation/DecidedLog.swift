import Cluster
import Wire

/// The log as it was decided, kept by somebody who sees everything, and what must come of it.
struct DecidedLog {
    private var terms: [UInt64] = [0]
    private var digests: [UInt64] = [0]
    /// The lowest term in which each entry was seen to be decided.
    private var decidedInTerms: [UInt64] = [0]
    private var states: [State]
    private var reference: ReplicatedState
    /// A model of its own of what is executed: the next order of each stream.
    private var nextOrder: [UInt32: UInt64] = [:]
    /// Who votes, by the last decided entry that says so.
    private(set) var voters: Voters?

    /// What the state must be after an entry.
    struct State {
        var hash: UInt64
        var executed: UInt64
        var repeated: UInt64
    }

    init(workload: Workload) {
        // No node has this salt: what comes of the log must not depend on it.
        reference = ReplicatedState(workload: workload, salt: 0x0dd_5a17)
        states = [State(hash: reference.stateHash, executed: 0, repeated: 0)]
    }

    /// How many entries are decided.
    var count: UInt64 { UInt64(terms.count) - 1 }

    func term(at index: UInt64) -> UInt64 { terms[Int(index)] }

    func state(after index: UInt64) -> State? { index <= count ? states[Int(index)] : nil }

    func executed(ofOrigin origin: UInt32) -> UInt64 { nextOrder[origin] ?? 0 }

    func holds(_ entry: LogEntry, at index: UInt64) -> Bool {
        terms[Int(index)] == entry.term && digests[Int(index)] == Self.digest(entry)
    }

    mutating func append(_ entry: LogEntry, in term: UInt64) {
        terms.append(entry.term)
        digests.append(Self.digest(entry))
        decidedInTerms.append(term)
        if entry.kind == .voters, let decoded = try? Voters(decoding: entry.bytes) { voters = decoded }
        var state = states[states.count - 1]
        if entry.kind == .orders {
            OrderFrames.forEach(in: entry.bytes) { header, payload in
                _ = reference.apply(header, payload: payload)
                let next = nextOrder[header.origin] ?? 0
                if header.index == next {
                    nextOrder[header.origin] = next + 1
                    state.executed += 1
                } else if header.index < next {
                    state.repeated += 1
                }
            }
            state.hash = reference.stateHash
        }
        states.append(state)
    }

    /// The first entry that was decided in a term before `term` and is not in a log; nil when all are.
    func firstMissing(before term: UInt64, base: UInt64, in core: borrowing NodeCore) -> UInt64? {
        var index = base + 1
        while index <= count {
            if decidedInTerms[Int(index)] < term, core.logTerm(at: index) != terms[Int(index)] { return index }
            index += 1
        }
        return nil
    }

    static func digest(_ entry: LogEntry) -> UInt64 {
        var digest = 0xcbf2_9ce4_8422_2325 ^ UInt64(entry.kind.rawValue)
        let bytes = entry.bytes.span.bytes
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            digest = (digest ^ bytes.bigEndian(at: offset, as: UInt64.self)) &* 0xff51_afd7_ed55_8ccd
            digest ^= digest >> 32
            offset += 8
        }
        while offset < bytes.byteCount {
            digest = (digest ^ UInt64(entry.bytes[offset])) &* 0x100_0000_01b3
            offset += 1
        }
        return digest
    }
}

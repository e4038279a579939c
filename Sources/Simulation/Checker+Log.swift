import Cluster
import Wire

// What is looked at when a node's log, role or state changed.
extension Checker {
    mutating func lookAtLog(
        of core: borrowing NodeCore, _ node: Int, _ before: LogObservation?, _ found: LogObservation
    ) {
        var known = terms[node]
        terms[node] = []
        defer { terms[node] = known }
        let oldLast = UInt64(known.count) - 1
        if UInt64(known.count) > found.lastIndex + 1 { known.removeSubrange(Int(found.lastIndex) + 1..<known.count) }
        while UInt64(known.count) <= found.lastIndex { known.append(0) }
        var index = found.lastIndex
        while index > found.baseIndex, let term = core.logTerm(at: index), known[Int(index)] != term {
            known[Int(index)] = term
            noteEntry(core, index, term, node)
            index -= 1
        }
        if let before, before.role == .leader, found.role == .leader, before.term == found.term,
            index < oldLast && index > found.baseIndex || found.lastIndex < oldLast
        {
            report(.leaderAppendOnly, why: "leader \(node) changed its log after entry \(index), it had \(oldLast)")
        }
    }

    private mutating func noteEntry(_ core: borrowing NodeCore, _ index: UInt64, _ term: UInt64, _ node: Int) {
        guard let entry = core.logEntry(at: index) else { return }
        let digest = DecidedLog.digest(entry)
        let previous = core.logTerm(at: index - 1) ?? 0
        let key = EntryKey(index: index, term: term)
        guard let known = entries[key] else {
            entries[key] = (digest, previous)
            if entry.kind == .voters, let voters = try? Voters(decoding: entry.bytes) {
                configurations.append((index, voters))
            }
            return
        }
        if known.digest != digest || known.previousTerm != previous {
            report(
                .logMatching,
                why: "node \(node) has another entry \(index) of term \(term), or another before it, than some node had"
            )
        }
    }

    mutating func lookAtNewLeader(
        _ core: borrowing NodeCore, _ node: Int, _ life: UInt32, _ found: LogObservation
    ) {
        if let other = leaders[found.term], other.node != node || other.life != life {
            report(.electionSafety, why: "node \(node) leads in term \(found.term), in which node \(other.node) led")
            return
        }
        leaders[found.term] = (node, life)
        let voters = core.logVoters ?? Voters(founders: [])
        let granted = grants[GrantKey(candidate: node, term: found.term, isPreVote: false)] ?? 0
        // Its own vote, and those that were said; one that became leader at once has appended nothing that could
        // change who votes.
        let count = (granted & ~(1 << UInt64(node))).nonzeroBitCount + 1
        if count < voters.quorum {
            report(
                .majorityElects,
                why: "node \(node) leads in term \(found.term) with \(count) of \(voters.all.count) votes")
        }
        if let index = decided.firstMissing(before: found.term, base: found.baseIndex, in: core) {
            report(
                .leaderCompleteness,
                why: "node \(node) leads in term \(found.term) without entry \(index), which was decided before")
        }
    }

    mutating func lookAtCommit(
        of core: borrowing NodeCore, _ node: Int, _ before: LogObservation?, _ found: LogObservation
    ) {
        let old = before?.commit ?? 0
        if found.commit < old {
            report(.commitGrows, why: "node \(node) had \(old) entries decided, and now \(found.commit)")
        }
        if found.commit > found.lastIndex || found.applied > found.commit {
            report(
                .commitGrows,
                why: "node \(node) holds \(found.lastIndex), says \(found.commit) are decided, applied \(found.applied)"
            )
        }
        guard found.commit > old, violation == nil else { return }
        for index in old + 1...found.commit {
            guard let entry = core.logEntry(at: index) else {
                if index > decided.count {
                    report(.commitGrows, why: "node \(node) says that entry \(index) is decided, which nobody holds")
                }
                continue
            }
            if index > decided.count {
                decided.append(entry, in: found.term)
                trimConfigurations()
            } else if !decided.holds(entry, at: index) {
                report(
                    .stateMachineSafety,
                    why: "node \(node) decided entry \(index) of term \(entry.term), others that of term "
                        + "\(decided.term(at: index))")
                return
            }
        }
    }

    /// Voters that can never be decided any more are of no interest.
    private mutating func trimConfigurations() {
        let index = decided.count
        guard configurations.count > 1, configurations.contains(where: { $0.index == index }) else { return }
        let current = decided.voters ?? configurations[0].voters
        configurations.removeAll { $0.index <= index }
        configurations.insert((index, current), at: 0)
    }

    mutating func lookAtState(of node: Int, _ found: LogObservation) {
        guard violation == nil, let expected = decided.state(after: found.applied) else {
            if found.applied > decided.count {
                report(.stateMachineSafety, why: "node \(node) applied \(found.applied), which was not decided")
            }
            return
        }
        if expected.hash != found.stateHash {
            report(.stateMachineSafety, why: "node \(node) has another state after \(found.applied) entries")
        } else if expected.executed != found.executed || expected.repeated != found.repeated {
            let found = "\(found.executed) orders and \(found.repeated) again after \(found.applied) entries"
            report(
                .exactlyOnce,
                why: "node \(node) executed \(found), not \(expected.executed) and \(expected.repeated)")
        }
    }
}

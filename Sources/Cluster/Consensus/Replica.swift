import Measurement
public import Wire

/// What a replica is told at birth.
public struct ReplicaSettings: Sendable {
    /// Its node's id.
    public var id: Int
    /// The nodes that form the cluster; others may join later.
    public var founders: [Int]
    /// Which life of the node this is.
    public var incarnation: UInt32
    /// How often a leader sends a heartbeat.
    public var heartbeatNanoseconds: UInt64
    /// The shortest silence of the leader after which somebody stands; the longest is twice that.
    public var electionNanoseconds: UInt64
    /// Who stands first when the cluster forms; nil: chance decides.
    public var preferredLeader: Int?
    /// After how long a leader hands over to the next node; nil: never by itself.
    public var rotationNanoseconds: UInt64?
    /// Seeds the random part of time-outs.
    public var seed: UInt64
    /// Bytes of entries that are kept for those who lag; who lags further needs a snapshot.
    public var logBytesMax = 32 << 20
    /// Bytes of entries, or of a snapshot, that are sent again in one message.
    public var partBytesMax = 256 << 10
    /// What orders are about.
    public var workload = Workload.events

    /// Makes settings; the election time-out is three heartbeats unless given.
    public init(
        id: Int, founders: [Int], incarnation: UInt32, heartbeatNanoseconds: UInt64 = 100_000_000,
        electionNanoseconds: UInt64? = nil, preferredLeader: Int? = nil, rotationNanoseconds: UInt64? = nil,
        seed: UInt64
    ) {
        self.id = id
        self.founders = founders
        self.incarnation = incarnation
        self.heartbeatNanoseconds = heartbeatNanoseconds
        self.electionNanoseconds = electionNanoseconds ?? heartbeatNanoseconds * 3
        self.preferredLeader = preferredLeader
        self.rotationNanoseconds = rotationNanoseconds
        self.seed = seed
    }
}

/// One node's part in holding one log together: election, replication, commitment, membership.
///
/// The rules are those of Raft (D. Ongaro, J. Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014;
/// D. Ongaro, "Consensus: Bridging Theory and Practice", 2014: pre-vote §9.6, check-quorum §6.2, transfer §3.10,
/// changes of one voter at a time §4.1–4.2), with one difference: nothing is written to disk. A process that starts
/// again has forgotten its vote and its log, so it votes only after its old life was voted out and its new life voted
/// in, each by a majority of the rest (see `Voters`). What is committed survives as long as a majority does.
///
/// Inputs in, effects out: no clock, no socket; randomness comes from the seed.
public struct Replica: Sendable {
    /// What a node is to the log.
    public typealias Role = ConsensusReport.Role

    /// What the shell, or whoever owns the replica, must do.
    public enum Effect: Sendable, Equatable {
        /// Say this to everybody.
        case broadcast(PeerMessage)
        /// Say this to the node that it is for.
        case send(PeerMessage)
        /// Publish the entry at this index to everybody.
        case publish(index: UInt64)
        /// Publish a heartbeat.
        case heartbeat
        /// Make a snapshot of what is applied, and hand it to `provideSnapshot`.
        case makeSnapshot
        /// Replace the state by this snapshot, which contains the entry at `index`, and call `installed`.
        case install(index: UInt64, bytes: [UInt8])
        /// Tell whoever reads the log.
        case notice(Notice)
    }

    /// What is worth a line in the log.
    public enum Notice: Sendable, Equatable {
        /// The leader was silent for so long that this node asks for votes.
        case suspectsLeader(leader: Int?, term: UInt64)
        /// This node leads.
        case elected(term: UInt64)
        /// Another node leads.
        case follows(leader: Int, term: UInt64)
        /// This node leads no more.
        case steppedDown(term: UInt64, why: StepDownReason)
        /// A node was not heard of for a while.
        case suspects(node: Int)
        /// A node was not heard of for long.
        case takesForDead(node: Int)
        /// A node is heard again; it had been taken for dead or suspected.
        case heardAgain(node: Int)
        /// A node votes from here on.
        case admitted(node: Int)
        /// A node's old life votes no more.
        case removed(node: Int)
        /// This life of the node was voted out: another has its id.
        case replaced
        /// A snapshot was taken over.
        case installedSnapshot(index: UInt64)
    }

    /// Why a leader gave up.
    public enum StepDownReason: String, Sendable {
        /// Somebody has a higher term.
        case higherTerm
        /// No majority was heard of for an election time-out.
        case noQuorum
    }

    let settings: ReplicaSettings
    var log: ReplicaLog
    private(set) var random: SeededGenerator

    /// What this node is to the log.
    public internal(set) var role = Role.outside
    /// The highest term it knows.
    public internal(set) var term: UInt64 = 0
    /// Who leads in this term, if it is known.
    public internal(set) var leader: Int?
    /// Whether this life was there when the cluster formed.
    public internal(set) var isFounder = false
    /// Up to which index the log is decided.
    public internal(set) var commit: UInt64 = 0
    /// Up to which index it was applied.
    public internal(set) var applied: UInt64 = 0
    /// How often this node stood for election.
    public internal(set) var candidacies: UInt64 = 0
    /// How often it was elected.
    public internal(set) var elections: UInt64 = 0
    /// When this node last asked for votes because the leader was silent; nanoseconds, 0: never.
    public internal(set) var suspectedNanoseconds: UInt64 = 0
    /// When it last came to lead; nanoseconds, 0: never.
    public internal(set) var electedNanoseconds: UInt64 = 0
    /// When it last came to follow a leader; nanoseconds, 0: never.
    public internal(set) var followsNanoseconds: UInt64 = 0
    /// How often a node was suspected that was heard of again.
    public internal(set) var falseSuspicions: UInt64 = 0
    /// Entries of this leader's that came again or did not fit.
    public internal(set) var refusedEntries: UInt64 = 0

    var votedFor: Int?
    /// How often in a row this node asked for votes and nobody came to lead.
    var fruitlessRounds: UInt64 = 0
    var votes: Set<Int> = []
    /// Whether another is let stand instead, until the next time-out.
    var hasMadeWay = false
    var heardLeaderNanoseconds: UInt64 = 0
    var electionDueNanoseconds: UInt64 = .max
    /// Whether it looked at the clock so late that it listens once more before it calls the leader silent.
    var isListening = false
    var heartbeatDueNanoseconds: UInt64 = .max
    var rotationDueNanoseconds: UInt64 = .max
    /// Followers and learners, kept by the leader.
    var peers: [Int: Peer] = [:]
    /// Up to where this node's log is known to be the current leader's.
    var match: UInt64 = 0
    var owesAnswer = false
    var isBehind = false
    /// Whether this node said that it lacks entries, and has not got them since.
    var lacksEntries = false
    var commitIsNews = false
    var transferTarget: Int?
    var isTransferTold = false
    var transferDueNanoseconds: UInt64 = .max
    /// Bytes of the entries that wait for a majority, kept by the leader.
    var undecidedBytes = 0
    /// The snapshot that is being received.
    var arriving: ArrivingSnapshot?
    /// The snapshot that is being sent, to whoever needs it.
    var leaving: LeavingSnapshot?
    /// The snapshot whose state the owner is taking over.
    var installing: (index: UInt64, term: UInt64)?
    /// The voters that were last announced, and where they were decided.
    var announcedVoters: Voters
    var announcedVotersIndex: UInt64 = 0
    var effects: [Effect] = []

    /// A replica outside any cluster; see `form` and `comeLate`.
    public init(settings: ReplicaSettings) {
        self.settings = settings
        log = ReplicaLog(voters: Voters(founders: settings.founders))
        announcedVoters = log.voters
        random = SeededGenerator(seed: settings.seed)
    }

    /// The last index of the log, and the term of the entry there.
    public var lastIndex: UInt64 { log.lastIndex }
    /// See `lastIndex`.
    public var lastTerm: UInt64 { log.lastTerm }
    /// How often it sends heartbeats when it leads.
    public var heartbeatNanoseconds: UInt64 { settings.heartbeatNanoseconds }
    /// Who votes, by the last entry that says so.
    public var voters: Voters { log.voters }
    /// The term of an entry; nil when it is not held.
    public func term(at index: UInt64) -> UInt64? { log.term(at: index) }

    // MARK: - Beginning

    /// The cluster forms: every founder is there, and none has ever had a term.
    public mutating func form(at now: UInt64) -> [Effect] {
        guard role == .outside else { return [] }
        isFounder = settings.founders.contains(settings.id)
        role = isFounder ? .follower : .learner
        heardLeaderNanoseconds = now
        guard isFounder else { return takeEffects() }
        // Everybody forms at about the same time; whoever is preferred need not wait for the others to be tired of it.
        electionDueNanoseconds = settings.preferredLeader == settings.id ? now : now + electionTimeout()
        return takeEffects()
    }

    /// A cluster exists already: this life of the node must be let in.
    public mutating func comeLate(term known: UInt64, at now: UInt64) -> [Effect] {
        guard role == .outside, mayBe(known) else { return [] }
        role = .learner
        lacksEntries = true
        term = max(term, known)
        heardLeaderNanoseconds = now
        return takeEffects()
    }

    // MARK: - Time

    /// When `tick` has something to do next.
    @inline(__always) public var nextTickNanoseconds: UInt64 {
        switch role {
        case .outside, .learner: arrivalDueNanoseconds
        case .follower, .preCandidate, .candidate: min(electionDueNanoseconds, arrivalDueNanoseconds)
        case .leader: min(heartbeatDueNanoseconds, rotationDueNanoseconds)
        }
    }

    /// Time passed.
    public mutating func tick(at now: UInt64) -> [Effect] {
        giveUpArrival(at: now)
        switch role {
        case .outside, .learner: break
        case .follower, .preCandidate, .candidate:
            if now >= electionDueNanoseconds && !listensFirst(at: now) { standBecauseOfSilence(at: now) }
        case .leader:
            if now >= heartbeatDueNanoseconds { lead(at: now) }
            if role == .leader && now >= rotationDueNanoseconds { rotate(at: now) }
        }
        return takeEffects()
    }

    /// What was received in one go is done with: answers and news of it leave.
    public mutating func flush(at now: UInt64) -> [Effect] {
        if role == .leader {
            if commitIsNews { effects.append(.broadcast(message(.committed(commit)))) }
        } else if owesAnswer, let leader, role == .follower || role == .learner {
            send(.appended(match: match, isBehind: isBehind), to: leader)
            if isBehind { lacksEntries = true }
        }
        commitIsNews = false
        owesAnswer = false
        isBehind = false
        return takeEffects()
    }

    // MARK: - Messages

    /// Something came from another node.
    ///
    /// `incarnation` is the sender's, from the header.
    public mutating func receive(
        _ message: PeerMessage, from node: Int, incarnation: UInt32, at now: UInt64
    ) -> [Effect] {
        guard role != .outside, node != settings.id else { return takeEffects() }
        switch message.body {
        case .askPreVote(let candidacy): answerPreVote(message.term, candidacy, from: node, at: now)
        case .preVote(let isGranted): countPreVote(message, isGranted, from: node, incarnation: incarnation, at: now)
        default: receiveInTerm(message, from: node, incarnation: incarnation, at: now)
        }
        return takeEffects()
    }

    private mutating func receiveInTerm(
        _ message: PeerMessage, from node: Int, incarnation: UInt32, at now: UInt64
    ) {
        if case .askVote(let candidacy) = message.body, !mayBeDisturbed(by: candidacy, at: now) { return }
        if message.term > term { adopt(message.term, at: now) }
        switch message.body {
        case .askPreVote, .preVote: break
        case .askVote(let candidacy): answerVote(message.term, candidacy, from: node, at: now)
        case .vote(let isGranted): countVote(message, isGranted, from: node, incarnation: incarnation, at: now)
        case .appended(let match, let isBehind):
            takeAnswer(
                message, match: match, isBehind: isBehind, from: node, incarnation: incarnation, at: now)
        case .entries(let stretch): takeEntries(stretch, term: message.term, from: node, at: now)
        case .committed(let index):
            if follow(node, term: message.term, at: now) { learnCommit(index) }
        case .snapshot(let part): takeSnapshotPart(part, term: message.term, from: node, at: now)
        case .snapshotTaken(let index, let bytes):
            if message.term == term {
                takeSnapshotAnswer(index: index, bytes: bytes, from: node, incarnation: incarnation, at: now)
            }
        case .standNow:
            if message.term == term && role == .follower && leader == node { stand(isTransfer: true, at: now) }
        case .join: letIn(node, incarnation: incarnation, at: now)
        }
    }

    // MARK: - Parts that all use

    func message(_ body: PeerMessage.Body, to node: Int? = nil, term: UInt64? = nil) -> PeerMessage {
        PeerMessage(
            to: node.map { UInt16($0) } ?? PeerMessage.everybody, term: term ?? self.term, isFounder: isFounder,
            body: body)
    }

    mutating func send(_ body: PeerMessage.Body, to node: Int, term: UInt64? = nil) {
        effects.append(.send(message(body, to: node, term: term)))
    }

    mutating func takeEffects() -> [Effect] {
        guard !effects.isEmpty else { return [] }
        defer { effects = [] }
        return effects
    }

    /// A time-out of its own for each wait, so that nodes seldom stand at one time.
    ///
    /// While nobody is elected it is drawn from a wider range each time: where votes take long, or all votes of those
    /// who are left are needed, candidates would go on to thwart each other.
    mutating func electionTimeout() -> UInt64 {
        let range = settings.electionNanoseconds * min(1 + fruitlessRounds, Self.widestRange)
        return settings.electionNanoseconds + random.next() % max(range, 1)
    }

    private static let widestRange: UInt64 = 6

    /// Whether this life of the node may vote.
    var isVoter: Bool {
        role != .outside
            && log.voters.count(settings.id, incarnation: settings.incarnation, isFounder: isFounder)
    }
}

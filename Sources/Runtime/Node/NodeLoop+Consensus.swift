import Cluster
import Wire
import ZMQ

// What consensus adds to the loop: orders go through the log, and answers come when they are decided.
extension NodeLoop {
    /// Says in the log what happened in the election or around the replicated log.
    func report(_ notice: Replica.Notice) {
        switch notice {
        case .suspectsLeader(let leader, let term):
            log.warn("leader_suspected", ["leader": LogValue(leader ?? -1), "term": LogValue(term)])
        case .elected(let term): log.info("elected", ["term": LogValue(term)])
        case .follows(let leader, let term):
            log.info("follows", ["leader": LogValue(leader), "term": LogValue(term)])
        case .steppedDown(let term, let why):
            log.warn("stepped_down", ["term": LogValue(term), "why": LogValue(why.rawValue)])
        case .suspects(let node): log.warn("node_suspected", ["node": LogValue(node)])
        case .takesForDead(let node): log.warn("node_dead", ["node": LogValue(node)])
        case .heardAgain(let node): log.info("node_heard_again", ["node": LogValue(node)])
        case .admitted(let node): log.info("node_admitted", ["node": LogValue(node)])
        case .removed(let node): log.info("node_removed", ["node": LogValue(node)])
        case .replaced: log.error("replaced", ["why": LogValue("another process has this node's id and its vote")])
        case .installedSnapshot(let index): log.info("snapshot_installed", ["entry": LogValue(index)])
        }
    }
}

import Cluster
import ZMQ

// A closed loop: the answers say when the next orders are due.
extension ClientLoop {
    /// Keeps so many orders of each client unanswered, or thought about, until the time is over.
    func runClosed(outstanding: Int, from start: UInt64) throws {
        let end = result.measuredNanoseconds + settings.durationNanoseconds
        var thinking = settings.shape.thinkNanoseconds.map {
            ThinkQueue(think: $0, seed: plan.share.substream(of: settings.seed))
        }
        // Numbers of its own: what is drawn for an order by its number is to be another process's for others.
        var number = UInt64(plan.share.worker) << 40
        for client in 0..<settings.clients {
            if thinking == nil {
                answered[client] = outstanding
                answeredClients.append(client)
            } else {
                for _ in 0..<outstanding { thinking?.begin(client: client, at: start) }
            }
        }
        while MonotonicClock.now() < start && !mustStop { try exchange(until: start) }
        while true {
            let now = MonotonicClock.now()
            guard now < end else { return }
            if let unreadable { throw unreadable }
            if mustStop {
                result.isInterrupted = true
                return
            }
            let isWarmup = now < result.measuredNanoseconds
            while let client = answeredClients.popLast() {
                for _ in 0..<answered[client] {
                    if thinking != nil {
                        thinking?.answered(client: client, at: now)
                    } else {
                        try letFallDue(number, of: client, at: now, isWarmup: isWarmup)
                        number += 1
                    }
                }
                answered[client] = 0
            }
            while let (client, due) = thinking?.next(at: now) {
                // What was thought out before the measured time began belongs to the warm-up, as its due time does.
                try letFallDue(number, of: client, at: due, isWarmup: due < result.measuredNanoseconds)
                number += 1
            }
            if packs { try sendBacklogs() }
            try exchange(until: min(end, thinking?.nextNanoseconds ?? .max), returnsOnAnswers: true)
        }
    }

    /// Notes that orders of a client will not be answered any more, or were: it may send as many again.
    func noteSettled(_ count: UInt64, of client: Int) {
        guard count > 0 else { return }
        if answered[client] == 0 { answeredClients.append(client) }
        answered[client] += Int(count)
    }
}

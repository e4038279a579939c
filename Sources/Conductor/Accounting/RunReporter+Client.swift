import Reporting
import Runtime

// What the load client noticed that belongs on the time line.
extension RunReporter {
    /// That nothing was acknowledged any more, and that it was not waited for.
    var clientEvents: [EventReport] {
        guard let client = evidence.client else { return [] }
        var events: [EventReport] = []
        if let gap = client.gaps.open {
            var silence = EventReport(
                seconds: evidence.seconds(gap.start), kind: "no answer",
                text: "from here to the end of the load no order was acknowledged")
            silence.untilSeconds = Double(evidence.durationNanoseconds) / 1e9
            events.append(silence)
        }
        if client.abandoned > 0 {
            let why =
                scenario.consensus == .none
                ? "the node that they were for is dead" : "no majority is left that could acknowledge them"
            events.append(
                EventReport(
                    seconds: Double(evidence.durationNanoseconds) / 1e9, kind: "end",
                    text: "the load is over; \(Numbers.grouped(client.abandoned)) orders without an answer are not "
                        + "waited for: \(why)"))
        }
        return events
    }
}

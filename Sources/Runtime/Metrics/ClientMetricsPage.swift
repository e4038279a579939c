import Measurement
import ZMQ

/// All metrics of a load client as one text.
struct ClientMetricsPage {
    private let snapshot: ClientMetricsSnapshot
    private var writer = ExpositionWriter()

    /// The text of a snapshot, `ageNanoseconds` old, and of a sample of the system.
    static func text(_ snapshot: ClientMetricsSnapshot, _ system: SystemSample, ageNanoseconds: UInt64) -> String {
        var page = ClientMetricsPage(snapshot: snapshot)
        page.addClient(ageNanoseconds: ageNanoseconds)
        page.addOrders()
        page.addDelays()
        page.writer.addProcess(system, cpuPercent: snapshot.cpuPercent)
        page.writer.addSystem(system)
        return page.writer.text
    }

    private init(snapshot: ClientMetricsSnapshot) {
        self.snapshot = snapshot
    }

    private mutating func addClient(ageNanoseconds: UInt64) {
        writer.begin("zbed_client_info", .gauge, help: "Always 1; the labels say what the load client is.")
        writer.sample(UInt64(1), [("version", Program.version), ("libzmq", ZMQLibrary.version)])
        writer.state("zbed_client_phase", snapshot.phase, label: "phase", help: "1 for how far the load client is.")
        writer.gauge("zbed_client_clients", Double(snapshot.facts.clients), help: "Clients in this process.")
        writer.gauge(
            "network_connected_peers", snapshot.phase == .waiting ? 0 : Double(snapshot.facts.nodes),
            help: "Nodes that orders can go to; 0 while the client waits for them.")
        writer.addSnapshot(
            of: "client", ageNanoseconds: ageNanoseconds, costNanoseconds: snapshot.costNanoseconds)
    }

    private mutating func addOrders() {
        let orders = snapshot.orders
        writer.counter(
            "broadcast_messages_sent_total", orders.sent, help: "Orders that were sent, those of the warm-up included.")
        if let size = snapshot.facts.messageSizeBytes {
            writer.counter(
                "broadcast_bytes_sent_total", orders.sent &* UInt64(size),
                help: "Bytes of those orders, headers included.")
            writer.gauge(
                "broadcast_message_throughput", snapshot.sentPerSecond * Double(size),
                help: "Bytes per second of those orders, over about the last second.")
            writer.gauge("broadcast_message_size", Double(size), help: "Bytes of each order.")
        }
        if let rate = snapshot.facts.ratePerSecond, rate > 0 {
            writer.gauge(
                "broadcast_message_heartbeat_millis", 1_000 / rate,
                help: "Milliseconds between two orders of all clients together, on the average of the load.")
        }
        writer.begin("zbed_client_orders_answered_total", .counter, help: "Orders that were answered, by the answer.")
        writer.sample(orders.acknowledged, [("answer", "acknowledged")])
        writer.sample(orders.rejected, [("answer", "rejected")])
        writer.sample(orders.refused, [("answer", "refused")])
        writer.gauge(
            "zbed_client_orders_unanswered", Double(orders.unanswered), help: "Orders that were sent and not answered.")
        writer.gauge("zbed_client_orders_waiting", Double(snapshot.waiting), help: "Orders that are due and not sent.")
        writer.counter(
            "zbed_client_orders_overflowed_total", orders.overflowed,
            help: "Orders that fell due while too many were unanswered, and were not sent.")
        writer.counter(
            "zbed_client_orders_resent_total", orders.resent, help: "Orders sent again, to whoever led then.")
        writer.counter("zbed_client_answers_stray_total", orders.stray, help: "Answers that fit no order.")
    }

    private mutating func addDelays() {
        writer.begin(
            "zbed_client_acknowledgement_delay_seconds", .histogram,
            help: "From when an order was due to its acknowledgement, warm-up excluded.")
        writer.histogram(snapshot.acknowledgement)
        writer.begin(
            "broadcast_message_send_delay_seconds", .histogram,
            help: "From when an order was due to when it was sent, warm-up excluded.")
        writer.histogram(snapshot.sendDelay)
    }
}

import Cluster
import Measurement
import Wire
import ZMQ

/// All metrics of a node as one text.
///
/// The names without the prefix `zbed_` are those that dashboards of broadcast
/// stress tests know.
struct MetricsPage {
    let facts: MetricsFacts
    let snapshot: MetricsSnapshot
    var writer: ExpositionWriter

    /// The text of a snapshot, `ageNanoseconds` old, and of a sample of the system.
    static func text(
        _ snapshot: MetricsSnapshot, _ facts: MetricsFacts, _ system: SystemSample, ageNanoseconds: UInt64
    ) -> String {
        var page = MetricsPage(
            facts: facts, snapshot: snapshot,
            writer: ExpositionWriter(commonLabels: [("node", "\(facts.node)")]))
        page.addBroadcast()
        page.addReception()
        page.addDelays()
        page.addNode(ageNanoseconds: ageNanoseconds)
        page.addLinks()
        page.addQueues()
        page.addLeader()
        page.writer.add(snapshot.consensus)
        page.writer.addProcess(system, cpuPercent: snapshot.cpuPercent)
        page.writer.addSystem(system)
        return page.writer.text
    }

    private mutating func addBroadcast() {
        let totals = snapshot.totals
        let messages = facts.sentMessages(totals)
        writer.begin(
            "broadcast_messages_sent_total", .counter,
            help:
                "Messages that entered the cluster at this node and were handed to its links: its own (source node) and "
                + "orders of clients (source client).")
        writer.sample(messages.own, [("source", "node")])
        writer.sample(messages.clients, [("source", "client")])
        let bytes = facts.sentBytes(snapshot)
        writer.begin("broadcast_bytes_sent_total", .counter, help: "Bytes of those messages, headers included.")
        writer.sample(bytes.own, [("source", "node")])
        writer.sample(bytes.clients, [("source", "client")])
        // What older stress tests counted under names that do not say that they are counters.
        writer.begin("network_stress_test_sent_messages", .untyped, help: "The sum of broadcast_messages_sent_total.")
        writer.sample(messages.own &+ messages.clients)
        writer.begin("network_stress_test_received_messages", .untyped, help: "The same as receive_messages_total.")
        writer.sample(totals.received)
        writer.gauge(
            "broadcast_message_throughput", snapshot.broadcastBytesPerSecond,
            help: "Bytes per second of those messages, over about the last second.")
        guard facts.broadcasts else { return }
        let cell = exploredCell
        writer.gauge(
            "broadcast_message_size", Double(cell?.sizeBytes ?? facts.messageSizeBytes),
            help: "Bytes of each message of the node's own.")
        writer.gauge(
            "broadcast_message_heartbeat_millis", 1_000 / (cell?.rate ?? facts.ratePerSecond),
            help:
                "Milliseconds between two messages of the node's own while it broadcasts; 0: as fast as they are taken."
        )
        addExploration()
    }

    private mutating func addReception() {
        let totals = snapshot.totals
        writer.counter(
            "receive_messages_total", totals.received, help: "Messages that arrived by links, duplicates included.")
        writer.counter("receive_bytes_total", totals.receivedBytes, help: "Bytes of those messages, headers included.")
        writer.counter(
            "receive_messages_out_of_order_total", totals.reordered,
            help: "Messages that arrived after one of their stream with a higher index.")
        writer.counter(
            "receive_messages_missing_total", totals.skipped,
            help: "Messages that were missing when one of their stream with a higher index arrived.")
        writer.counter(
            "receive_messages_missing_retrieved_total", totals.reordered,
            help: "Messages of those that arrived after all.")
        writer.counter(
            "receive_messages_duplicate_total", totals.duplicate, help: "Messages that the node had already.")
        writer.counter(
            "zbed_messages_delivered_total", totals.delivered,
            help: "Messages of other nodes and of clients that the node has, each counted once.")
        writer.counter(
            "zbed_messages_late_total", totals.late, help: "First receptions after the end of their stream.")
        writer.counter(
            "zbed_messages_stale_total", totals.stale,
            help: "Messages too far behind to tell whether they are new.")
        writer.counter(
            "zbed_messages_unaccounted_total", totals.unaccounted,
            help: "Messages of streams that found no room in the account.")
        writer.gauge(
            "zbed_messages_missing", Double(totals.missing),
            help: "Messages known to exist that have not arrived, those on their way included.")
        writer.gauge("zbed_streams", Double(totals.streams), help: "Streams in the account.")
    }

    private mutating func addDelays() {
        writer.begin(
            "receive_message_delay_seconds", .histogram,
            help:
                "From when a message was due to be sent to its arrival, warm-up excluded: what nodes broadcast (source "
                + "node) and orders of clients (source client).")
        writer.histogram(snapshot.delayOfNodes, [("source", "node")])
        writer.histogram(snapshot.delayOfClients, [("source", "client")])
        writer.begin(
            "receive_message_negative_delay_total", .counter,
            help: "Messages that arrived before they were due: clocks of two hosts disagree. They are in no bucket.")
        writer.sample(snapshot.delayOfNodes.negativeCount, [("source", "node")])
        writer.sample(snapshot.delayOfClients.negativeCount, [("source", "client")])
        writer.begin(
            "receive_message_negative_delay_seconds", .histogram,
            help: "How long before they were due those messages arrived.")
        writer.negatives(snapshot.delayOfNodes, [("source", "node")])
        writer.negatives(snapshot.delayOfClients, [("source", "client")])
        writer.begin(
            "broadcast_message_send_delay_seconds", .histogram,
            help: "From when a message of the node's own was due to when it was sent, warm-up excluded.")
        writer.histogram(snapshot.sendDelay)
    }

    private mutating func addNode(ageNanoseconds: UInt64) {
        writer.begin("zbed_node_info", .gauge, help: "Always 1; the labels say what the node is.")
        writer.sample(
            UInt64(1),
            [
                ("cluster", facts.cluster), ("topology", facts.topology), ("version", Program.version),
                ("libzmq", ZMQLibrary.version),
            ])
        writer.gauge("zbed_nodes", Double(snapshot.status.nodes), help: "Nodes in the cluster.")
        writer.gauge(
            "zbed_nodes_ready", Double(snapshot.status.nodesReady), help: "Nodes known to have had all their links.")
        writer.gauge(
            "zbed_ready", snapshot.isClusterReady ? 1 : 0, help: "1 once every link of the cluster was there.")
        if facts.discoveryNanoseconds > 0 {
            writer.gauge(
                "zbed_discovery_seconds", Double(facts.discoveryNanoseconds) / 1e9,
                help: "How long the node looked for its cluster (--bootstrap), until it had its place.")
        }
        writer.state("zbed_state", snapshot.status.state, label: "state", help: "1 for the state that the node is in.")
        writer.addSnapshot(
            of: "node", ageNanoseconds: ageNanoseconds, costNanoseconds: snapshot.costNanoseconds)
    }

    private mutating func addLinks() {
        let status = snapshot.status
        writer.gauge(
            "network_connected_peers", Double(status.outboundReady),
            help: "Neighbours that subscribe to this node now.")
        writer.begin(
            "zbed_links_up", .gauge,
            help: "Outgoing links whose subscription is there now; incoming links on which the neighbour was heard.")
        writer.sample(UInt64(status.outboundReady), [("direction", "out")])
        writer.sample(UInt64(status.inboundReady), [("direction", "in")])
        writer.begin("zbed_links_expected", .gauge, help: "Links that the topology gives this node.")
        writer.sample(UInt64(status.outboundExpected), [("direction", "out")])
        writer.sample(UInt64(status.inboundExpected), [("direction", "in")])
        writer.counter(
            "zbed_link_interruptions_total", snapshot.linkInterruptions,
            help: "Times that the subscription of an outgoing link went away.")
    }

    private mutating func addQueues() {
        let totals = snapshot.totals
        writer.gauge(
            "zbed_queued_frames", Double(snapshot.status.queued), help: "Frames that wait inside the node for credit.")
        writer.gauge(
            "zbed_queued_frames_limit", Double(facts.queueLimit),
            help: "Frames beyond which the node takes nothing more in.")
        writer.counter(
            "zbed_forwarded_total", totals.forwarded, help: "First receptions that were handed on to other links.")
        writer.counter(
            "zbed_orders_taken_total", totals.ordersTaken, help: "Orders of clients that this node took.")
        writer.begin(
            "zbed_refused_total", .counter,
            help: "Messages given up because a link's queue was full: own ones, orders of clients, ones to hand on.")
        writer.sample(totals.refused, [("what", "own")])
        writer.sample(totals.ordersRefused, [("what", "order")])
        writer.sample(totals.forwardRefused, [("what", "forward")])
        writer.begin("zbed_malformed_total", .counter, help: "Frames that were dropped, by what was wrong with them.")
        for reason in Malformation.allCases {
            let place = Int(reason.rawValue)
            writer.sample(
                place < snapshot.malformed.count ? snapshot.malformed[place] : 0, [("reason", "\(reason)")])
        }
        writer.counter(
            "zbed_answers_unsendable_total", snapshot.unsendableAnswers,
            help: "Answers to clients that were gone or did not read.")
    }

    private mutating func addLeader() {
        let leader = snapshot.leader
        let isSeen = leader.heartbeats > 0
        writer.gauge("zbed_leader_seen", isSeen ? 1 : 0, help: "1 once a leader was heard; 1 on the leader itself.")
        if isSeen {
            writer.gauge("zbed_leader_id", Double(leader.leader), help: "The id of the leader that was heard last.")
        }
        writer.gauge("zbed_leader_silent", leader.isSilent ? 1 : 0, help: "1 while the leader is silent.")
        writer.counter(
            "zbed_leader_silences_total", UInt64(leader.silences), help: "Times that the leader fell silent.")
        writer.counter(
            "zbed_leader_heartbeats_total", leader.heartbeats,
            help: "Heartbeats of the leader that were heard, or sent by the leader itself.")
        writer.counter(
            "zbed_leader_heartbeats_missed_total", leader.missed,
            help: "Heartbeats of the leader that never came, by their indices.")
    }
}

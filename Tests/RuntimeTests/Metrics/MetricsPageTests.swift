import Cluster
import Glibc
import Measurement
import TestSupport
import Testing

@testable import Runtime

@Suite struct MetricsPageTests {
    @Test func onlyANodeThatLookedForItsClusterSaysHowLong() {
        var facts = MetricsSample.facts
        #expect(!Self.page(facts).contains("zbed_discovery_seconds"))
        facts.discoveryNanoseconds = 1_250_000_000
        #expect(Self.page(facts).contains("zbed_discovery_seconds{node=\"7\"} 1.25\n"))
    }

    @Test func aNodeThatExploresSaysWhichSettingAndPhase() throws {
        var facts = MetricsSample.facts
        #expect(!Self.page(facts).contains("zbed_explore"))
        let cells = [ExploreCell(sizeBytes: 64, rate: 100), ExploreCell(sizeBytes: 1_024, rate: 500)]
        facts.explore = ExplorePlan(cells: cells, runNanoseconds: 1, coolDownNanoseconds: 1)
        var snapshot = MetricsSample.snapshot
        snapshot.explored = .init(progress: .init(phase: .coolDown, cell: 1), bytes: 12_345)
        let page = MetricsPage.text(snapshot, facts, MetricsSample.system, ageNanoseconds: 0)
        for line in [
            #"broadcast_message_size{node="7"} 1024"#, #"broadcast_message_heartbeat_millis{node="7"} 2"#,
            #"broadcast_bytes_sent_total{node="7",source="node"} 12345"#,
            #"zbed_explore_phase{node="7",phase="cool-down"} 1"#, #"zbed_explore_phase{node="7",phase="run"} 0"#,
            #"zbed_explore_setting{node="7"} 2"#, #"zbed_explore_settings{node="7"} 2"#,
        ] {
            #expect(page.contains(line + "\n"), "\(line)")
        }
    }

    private static func page(_ facts: MetricsFacts) -> String {
        MetricsPage.text(MetricsSample.snapshot, facts, MetricsSample.system, ageNanoseconds: 0)
    }

    @Test(arguments: [
        #"broadcast_messages_sent_total{node="7",source="node"} 101"#,
        #"broadcast_messages_sent_total{node="7",source="client"} 103"#,
        #"broadcast_bytes_sent_total{node="7",source="node"} 10100"#,
        #"broadcast_bytes_sent_total{node="7",source="client"} 105"#,
        #"broadcast_message_throughput{node="7"} 25000"#,
        #"broadcast_message_size{node="7"} 100"#,
        #"broadcast_message_heartbeat_millis{node="7"} 4"#,
        #"receive_messages_total{node="7"} 106"#,
        #"receive_bytes_total{node="7"} 107"#,
        #"receive_messages_out_of_order_total{node="7"} 110"#,
        #"receive_messages_missing_total{node="7"} 111"#,
        #"receive_messages_missing_retrieved_total{node="7"} 110"#,
        #"receive_messages_duplicate_total{node="7"} 109"#,
        #"network_connected_peers{node="7"} 2"#,
        #"network_stress_test_sent_messages{node="7"} 204"#,
        #"network_stress_test_received_messages{node="7"} 106"#,
        #"receive_message_negative_delay_total{node="7",source="client"} 2"#,
        #"receive_message_negative_delay_seconds_bucket{node="7",source="client",le="+Inf"} 2"#,
        #"receive_message_negative_delay_seconds_sum{node="7",source="client"} 1.5"#,
        #"receive_message_negative_delay_seconds_count{node="7",source="client"} 2"#,
        #"process_cpu_usage_percent{node="7"} 12.5"#,
        #"process_cpu_seconds_total{node="7"} 1.5"#,
        #"process_memory_usage_bytes{node="7"} 201"#,
        #"process_virtual_memory_usage_bytes{node="7"} 202"#,
        #"process_open_fds{node="7"} 203"#,
        #"process_threads{node="7"} 204"#,
        #"process_start_time_seconds{node="7"} 205"#,
        #"system_total_memory_bytes{node="7"} 206"#,
        #"system_available_memory_bytes{node="7"} 207"#,
        #"system_network_bytes_sent_total{node="7",scope="loopback"} 209"#,
        #"system_network_bytes_sent_total{node="7",scope="network"} 211"#,
        #"system_network_bytes_received_total{node="7",scope="loopback"} 208"#,
        #"system_network_bytes_received_total{node="7",scope="network"} 210"#,
        #"zbed_nodes{node="7"} 9"#,
        #"zbed_nodes_ready{node="7"} 8"#,
        #"zbed_ready{node="7"} 0"#,
        #"zbed_state{node="7",state="joining"} 1"#,
        #"zbed_state{node="7",state="running"} 0"#,
        #"zbed_links_up{node="7",direction="out"} 2"#,
        #"zbed_links_up{node="7",direction="in"} 3"#,
        #"zbed_links_expected{node="7",direction="out"} 4"#,
        #"zbed_links_expected{node="7",direction="in"} 5"#,
        #"zbed_link_interruptions_total{node="7"} 304"#,
        #"zbed_queued_frames{node="7"} 6"#,
        #"zbed_queued_frames_limit{node="7"} 10000"#,
        #"zbed_orders_taken_total{node="7"} 103"#,
        #"zbed_refused_total{node="7",what="own"} 102"#,
        #"zbed_refused_total{node="7",what="order"} 104"#,
        #"zbed_refused_total{node="7",what="forward"} 115"#,
        #"zbed_forwarded_total{node="7"} 114"#,
        #"zbed_malformed_total{node="7",reason="truncated"} 401"#,
        #"zbed_malformed_total{node="7",reason="frames"} 408"#,
        #"zbed_answers_unsendable_total{node="7"} 305"#,
        #"zbed_leader_seen{node="7"} 1"#,
        #"zbed_leader_id{node="7"} 1"#,
        #"zbed_leader_silent{node="7"} 1"#,
        #"zbed_leader_silences_total{node="7"} 303"#,
        #"zbed_leader_heartbeats_total{node="7"} 301"#,
        #"zbed_leader_heartbeats_missed_total{node="7"} 302"#,
        #"zbed_messages_delivered_total{node="7"} 108"#,
        #"zbed_messages_late_total{node="7"} 112"#,
        #"zbed_messages_stale_total{node="7"} 113"#,
        #"zbed_messages_unaccounted_total{node="7"} 116"#,
        #"zbed_messages_missing{node="7"} 117"#,
        #"zbed_streams{node="7"} 118"#,
        #"zbed_snapshot_age_seconds{node="7"} 0.25"#,
        #"zbed_snapshot_cost_seconds{node="7"} 5e-05"#,
    ])
    func eachNumberStandsUnderItsName(line: String) {
        #expect(MetricsSample.text.split(separator: "\n").filter { $0 == line }.count == 1)
    }

    @Test func theTopologyIsALabelEvenWhenItIsAnAwkwardPath() {
        #expect(
            MetricsSample.text.contains(#"zbed_node_info{node="7",cluster="blue",topology="file:/a \"b\"\\c",version="#)
        )
    }

    @Test func eachMetricIsDescribedOnceBeforeItsSamples() {
        var described: [Substring] = []
        var typed: [Substring] = []
        for line in MetricsSample.text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                #expect(words.count == 4, "\(line)")
                described.append(words[2])
            } else if line.hasPrefix("# TYPE ") {
                typed.append(words[2])
            } else {
                #expect(line.hasPrefix(described.last ?? "?"), "\(line)")
            }
        }
        #expect(described == typed)
        #expect(Set(described).count == described.count)
    }

    @Test func everySampleNamesTheNodeAndNoneIsThereTwice() {
        let samples = MetricsSample.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(samples.allSatisfy { $0.contains(#"{node="7""#) })
        let series = samples.compactMap { $0.split(separator: " ").dropLast().first }
        #expect(Set(series).count == samples.count)
    }

    @Test func theNumberOfSeriesDoesNotGrowWithWhatWasCounted() {
        let emptyLines = MetricsPage.text(
            MetricsSnapshot(), MetricsSample.facts, MetricsSample.system, ageNanoseconds: 0
        )
        .split(separator: "\n").count
        // The leader's id, with its two lines of description, is the only thing an empty snapshot cannot tell.
        #expect(MetricsSample.text.split(separator: "\n").count == emptyLines + 3)
    }

    @Test func whatANodeDoesNotDoIsNotClaimed() {
        var facts = MetricsSample.facts
        facts.broadcasts = false
        facts.broadcastsOrders = false
        let text = MetricsPage.text(MetricsSample.snapshot, facts, SystemSample(), ageNanoseconds: 0)
        #expect(!text.contains("broadcast_message_size"))
        #expect(!text.contains("broadcast_message_heartbeat_millis"))
        #expect(text.contains(#"broadcast_messages_sent_total{node="7",source="client"} 0"#))
        #expect(!text.contains("process_memory_usage_bytes"))
        #expect(!text.contains("system_total_memory_bytes"))
    }

    @Test(.enabled(if: Promtool.path != nil, "promtool is not installed (Debian package prometheus)"))
    func promtoolHasNothingToSay() throws {
        let promtool = try #require(Promtool.path)
        let result = try Promtool.check(MetricsSample.text, with: promtool)
        #expect(result.code == 0)
        #expect(result.output == "")
    }
}

/// Prometheus's own reader and linter of expositions.
enum Promtool {
    static let path: String? = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first { (path: String) in
        access(path, X_OK) == 0
    }

    static func check(_ text: String, with promtool: String) throws -> (code: Int32, output: String) {
        let folder = try TestFolder()
        let input = folder("metrics.txt")
        try Files.writeAtomically(input, text: text)
        let command = "\(promtool) check metrics < \(input) 2>&1"
        guard let pipe = popen(command, "r") else { return (-1, "cannot run \(command)") }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&chunk, 1, chunk.count, pipe)
            guard count > 0 else { break }
            output += chunk[..<count]
        }
        return (pclose(pipe), String(decoding: output, as: UTF8.self))
    }
}

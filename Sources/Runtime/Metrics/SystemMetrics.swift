// What every program of the product says of its loop, its process and its machine.
extension ExpositionWriter {
    /// Writes how fresh the numbers are that the loop of `owner` put up, and what they cost it.
    mutating func addSnapshot(of owner: String, ageNanoseconds: UInt64, costNanoseconds: UInt64) {
        gauge(
            "zbed_snapshot_age_seconds", Double(ageNanoseconds) / 1e9, help: "How old the numbers of the \(owner) are.")
        gauge(
            "zbed_snapshot_cost_seconds", Double(costNanoseconds) / 1e9,
            help: "How long the \(owner)'s loop was busy with gathering them.")
    }

    /// Writes what a process uses; `cpuPercent` of about the last second.
    mutating func addProcess(_ system: SystemSample, cpuPercent: Double) {
        gauge(
            "process_cpu_usage_percent", cpuPercent,
            help: "CPU time of the process over about the last second; 100 is one processor.")
        guard let process = system.process else { return }
        begin("process_cpu_seconds_total", .counter, help: "CPU time of the process, user and system.")
        sample(Double(process.cpuNanoseconds) / 1e9)
        gauge(
            "process_memory_usage_bytes", Double(process.residentBytes), help: "Resident memory of the process.")
        gauge(
            "process_virtual_memory_usage_bytes", Double(process.virtualBytes), help: "Address space of the process.")
        gauge("process_open_fds", Double(process.openFiles), help: "Open descriptors of the process.")
        gauge("process_threads", Double(process.threads), help: "Threads of the process.")
        gauge(
            "process_start_time_seconds", system.processStartSeconds,
            help: "When the process started, in seconds since 1970.")
    }

    /// Writes what the machine has and moves.
    mutating func addSystem(_ system: SystemSample) {
        if system.memoryTotalBytes > 0 {
            gauge(
                "system_total_memory_bytes", Double(system.memoryTotalBytes), help: "Memory of the machine.")
            gauge(
                "system_available_memory_bytes", Double(system.memoryAvailableBytes),
                help: "Memory of the machine that could be had without swapping.")
        }
        begin(
            "system_network_bytes_sent_total", .counter,
            help: "Bytes sent by the interfaces that the process sees: loopback, and all others together.")
        sample(system.loopback.sent, [("scope", "loopback")])
        sample(system.network.sent, [("scope", "network")])
        begin(
            "system_network_bytes_received_total", .counter,
            help: "Bytes received by the interfaces that the process sees: loopback, and all others together.")
        sample(system.loopback.received, [("scope", "loopback")])
        sample(system.network.received, [("scope", "network")])
    }
}

import Reporting
import Runtime
import ZMQ

/// What a report says of the machine and of how it was made.
enum Environment {
    static func record(sockets: [SocketRecord] = []) -> EnvironmentReport {
        let machine = MachineRecord.read()
        var record = EnvironmentReport(
            cpu: machine.processorModel, cores: machine.processorsUsable, kernel: machine.kernelRelease,
            memoryBytes: machine.memoryTotalBytes, libzmq: ZMQLibrary.version, host: machine.hostName,
            clock: "CLOCK_MONOTONIC of this host (\(machine.clockSource)), the same for every node and client")
        record.operatingSystem = machine.operatingSystem
        record.architecture = machine.architecture
        record.coresOnline = machine.processorsOnline
        record.processorQuota = machine.processorQuota
        // Told by whoever starts the containers: from inside, a slow network looks like any other.
        record.shaping = CurrentProcess.environment["SHAPING"].flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
        if !sockets.isEmpty {
            record.sockets = sockets.map { SocketReport(name: $0.name, kind: $0.kind, options: $0.options) }
        }
        return record
    }

    static func now() -> String {
        UTCTime(nanosecondsSince1970: WallClock.now()).text
    }

    /// The options that have another value than their default, and who gave it.
    static func changed(_ options: ParsedOptions) -> [OptionReport] {
        options.changedSettings.map {
            OptionReport(name: $0.name, value: $0.values.joined(separator: ","), source: "\($0.source)")
        }
    }

    /// The command line as it could be typed again.
    static func commandLine(_ program: String, _ arguments: [String]) -> String {
        ([program] + arguments).map(quoted).joined(separator: " ")
    }

    private static func quoted(_ argument: String) -> String {
        let isPlain =
            !argument.isEmpty
            && argument.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_./:,=@%+".unicodeScalars.contains($0))
            }
        return isPlain
            ? argument
            : "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

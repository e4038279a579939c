import Runtime
import Testing

extension SystemTests {
    /// `docker/shape`, which shapes a container's network by tc or says what is missing.
    @Suite(.serialized) struct ShapingTests {
        private static let script = "\(Repository.path)/docker/shape"
        /// An interface with a route, in a network of the test's own, where root may do as it likes.
        private static let network =
            "ip link add shaped type veth peer name other && ip address add 10.9.0.1/24 dev shaped && "
            + "ip link set shaped addrgenmode none && ip link set other addrgenmode none && "
            + "ip link set shaped up && ip link set other up && "
        private static let isMissing: Comment = "no networks of one's own here: ip, tc or user namespaces are missing"

        /// Whether the shell command does in such a network.
        private static func succeeds(_ text: String) -> Bool {
            let request = ChildRequest(
                program: "unshare", arguments: ["-rn", "bash", "-c", network + text], output: .pipe,
                errorOutput: .pipe, diesWithParent: false)
            // Where it cannot be tried it cannot be done.
            return (try? ChildProcess(request).wait().isSuccess) ?? false
        }
        private static let hasNetworks = succeeds("command -v tc")
        private static let hasFilter = succeeds("tc qdisc replace dev shaped root tbf rate 1mbit burst 16kb latency 1s")
        private static let hasDelay = succeeds("tc qdisc replace dev shaped root netem delay 1ms")

        /// Runs the script in a network of its own, and says what the interface's queue is then.
        private static func shape(
            _ space: Workspace, _ variables: [String: String], before: String = ""
        ) throws -> Command.Ending {
            try space.start(
                "/usr/bin/unshare",
                [
                    "-rn", "bash", "-c",
                    "\(network)\(before) \(script); status=$?; command tc qdisc show dev shaped; exit $status",
                ], environment: variables
            ).end()
        }

        /// Puts a tc into the PATH that writes down what it is told, and refuses all of certain kinds.
        private static func standIn(_ space: Workspace, refusing kinds: String) throws -> [String: String] {
            try Files.makeDirectories(space("bin"))
            try Files.writeAtomically(
                space("bin/tc"),
                text: """
                    #!/bin/sh
                    echo "$*" >>"\(space("told"))"
                    for kind in \(kinds); do
                        case " $* " in *" $kind "*) echo 'Error: Specified qdisc kind is unknown.' >&2; exit 2 ;; esac
                    done
                    """)
            _ = try ChildProcess(
                ChildRequest(program: "chmod", arguments: ["755", space("bin/tc")], diesWithParent: false)
            ).wait()
            let path = CurrentProcess.environment["PATH"] ?? "/usr/bin:/bin"
            return ["PATH": "\(space("bin")):\(path)"]
        }

        @Test(arguments: [
            ("LATENCY", "abc"), ("LATENCY", "-1"), ("LATENCY", "60000"), ("LATENCY", "1e3"), ("LATENCY", "20ms"),
            ("THROUGHPUT", "0"), ("THROUGHPUT", "-5"), ("THROUGHPUT", "12500001"), ("THROUGHPUT", "1.5"),
            ("THROUGHPUT", "1 MB"),
        ])
        func whatIsNoValueIsNamed(variable: String, value: String) throws {
            let space = try Workspace()
            let ending = try space.start(Self.script, [], environment: [variable: value]).end()
            #expect(ending.code == 64 && ending.errorLines.count == 1, "\(ending.error)")
            #expect(ending.error.contains("\(variable) is '\(value)': expected "), "\(ending.error)")
        }

        @Test(arguments: [[:], ["LATENCY": "", "THROUGHPUT": ""], ["LATENCY": "0"], ["LATENCY": "0.000"]])
        func whereNothingIsAskedForNothingIsNeeded(variables: [String: String]) throws {
            let space = try Workspace()
            let ending = try space.start(Self.script, [], environment: variables).end()
            #expect(ending.code == 0 && ending.output.isEmpty && ending.error.isEmpty, "\(ending.error)")
        }

        @Test(.enabled(if: hasNetworks, isMissing)) func withoutTheCapabilityItSaysWhichAndHow() throws {
            let space = try Workspace()
            let ending = try Self.shape(
                space, ["LATENCY": "20"], before: "setpriv --bounding-set=-net_admin --inh-caps=-all")
            #expect(ending.code == 69 && ending.errorLines.count == 1, "\(ending.error)")
            #expect(ending.error.contains("LATENCY=20 needs the capability NET_ADMIN"), "\(ending.error)")
            #expect(ending.error.contains("docker-compose.shaping.yml"), "\(ending.error)")
        }

        @Test(.enabled(if: hasNetworks, isMissing)) func whatTCIsToldFollowsFromTheVariables() throws {
            for (latency, throughput, told, said) in [
                ("20", "", "netem delay 20ms limit 100000", "delayed by 20 ms (netem)"),
                (
                    "20.5", "1000", "netem delay 20.5ms rate 1000kbps limit 540",
                    "delayed by 20.5 ms, at most 1000 KB/s (netem)"
                ),
                ("", "1000", "tbf rate 1000kbps burst 16384 latency 200ms", "at most 1000 KB/s (tbf)"),
                ("0", "10000", "tbf rate 10000kbps burst 100000 latency 200ms", "at most 10000 KB/s (tbf)"),
            ] {
                let space = try Workspace()
                var variables = try Self.standIn(space, refusing: "")
                variables.merge(["LATENCY": latency, "THROUGHPUT": throughput]) { $1 }
                let ending = try Self.shape(space, variables)
                #expect(ending.code == 0 && ending.output.hasPrefix("shaped \(said)"), "\(ending.error)")
                let lines = try Files.readText(space("told")).split(separator: "\n")
                #expect(lines.first == "qdisc replace dev shaped root \(told)")
            }
        }

        @Test(.enabled(if: hasNetworks, isMissing)) func aKernelWithoutNetemIsNamedAndNothingIsLeft() throws {
            let space = try Workspace()
            var variables = try Self.standIn(space, refusing: "netem")
            variables["LATENCY"] = "20"
            let ending = try Self.shape(space, variables)
            #expect(ending.code == 69 && ending.errorLines.count == 1, "\(ending.error)")
            #expect(ending.error.contains("needs netem") && ending.error.contains("sch_netem"), "\(ending.error)")
            let lines = try Files.readText(space("told")).split(separator: "\n")
            #expect(lines.contains("qdisc delete dev shaped root"), "\(lines)")
        }

        @Test(.enabled(if: hasNetworks, isMissing)) func aRateAloneIsKeptByWhatTheKernelHas() throws {
            let space = try Workspace()
            var variables = try Self.standIn(space, refusing: "tbf")
            variables["THROUGHPUT"] = "500"
            let ending = try Self.shape(space, variables)
            #expect(ending.code == 0 && ending.output.hasPrefix("shaped at most 500 KB/s (netem)"), "\(ending.error)")
        }

        @Test(.enabled(if: hasFilter, "the kernel has no tbf, or no networks can be made"))
        func aRateIsSetForReal() throws {
            let space = try Workspace()
            let ending = try Self.shape(space, ["THROUGHPUT": "1000"])
            #expect(ending.code == 0, "\(ending.error)")
            #expect(ending.output.contains("qdisc tbf") && ending.output.contains("rate 8Mbit"), "\(ending.output)")
        }

        @Test(.enabled(if: hasDelay, "the kernel has no netem (sch_netem), or no networks can be made"))
        func aDelayIsSetForReal() throws {
            let space = try Workspace()
            let ending = try Self.shape(space, ["LATENCY": "20", "THROUGHPUT": "1000"])
            #expect(ending.code == 0, "\(ending.error)")
            #expect(ending.output.contains("qdisc netem") && ending.output.contains("delay 20ms"), "\(ending.output)")
        }
    }
}

import Runtime
import Testing

extension SystemTests {
    /// Wrong command lines: exit code 64, one or two lines that say what is wrong, and nothing made.
    @Suite(.serialized) struct UsageTests {
        static let wrong: [(program: String, arguments: [String], text: String)] = [
            ("zbed", [], "no command"), ("zbed", ["frob"], "frob"), ("zbed", ["rum"], "run"),
            ("zbed", ["run", "--frob"], "--frob"), ("zbed", ["run", "--topolgy", "ring"], "--topology"),
            ("zbed", ["run", "extra"], "extra"), ("zbed", ["run", "--rate"], "--rate"),
            ("zbed", ["run", "--rate", "-5"], "rate"), ("zbed", ["run", "--rate", "0"], "rate"),
            ("zbed", ["run", "--rate", "1e400"], "rate"), ("zbed", ["run", "--rate", "nan"], "rate"),
            ("zbed", ["run", "--rate", "max"], "--outstanding"), ("zbed", ["run", "--duration", "0"], "--duration"),
            ("zbed", ["run", "--duration", "5 parsecs"], "5 parsecs"),
            ("zbed", ["run", "--duration", ""], "--duration"),
            ("zbed", ["run", "--nodes", "0"], "--nodes"), ("zbed", ["run", "--nodes", "1001"], "1000"),
            ("zbed", ["run", "--nodes", "3", "--nodes", "4"], "--nodes"), ("zbed", ["run", "--nodes", "٣"], "--nodes"),
            ("zbed", ["run", "--topology", "cube"], "cube"), ("zbed", ["run", "--topology", "tree:0"], "tree"),
            ("zbed", ["run", "--topology", "random:9"], "random:9"), ("zbed", ["run", "--topology", ""], "--topology"),
            ("zbed", ["run", "--clients", "0"], "--clients"),
            ("zbed", ["run", "--mode", "one", "--broadcaster", "3"], "--broadcaster 3"),
            ("zbed", ["run", "--leader", "9"], "--leader 9"), ("zbed", ["run", "--mode", "some"], "some"),
            ("zbed", ["run", "--overflow", "explode"], "block"), ("zbed", ["run", "--message-size-bytes", "39"], "40"),
            ("zbed", ["run", "--buffer-size", "0"], "--buffer-size"),
            ("zbed", ["run", "--transport", "tcp", "--port", "65500", "--nodes", "9"], "port"),
            ("zbed", ["run", "--port", "0"], "--port"), ("zbed", ["run", "--port-stride", "5"], "--port-stride"),
            ("zbed", ["run", "--transport", "pigeon"], "tcp"), ("zbed", ["run", "--name", "../x"], "../x"),
            ("zbed", ["run", "--name", ""], "--name"), ("zbed", ["run", "--name", "latest"], "latest"),
            ("zbed", ["run", "--verbosity", "6"], "--verbosity"), ("zbed", ["run", "--seed", "-1"], "--seed"),
            ("zbed", ["run", "--pattern", "pipeline", "--nodes", "2"], "at least 3"),
            ("zbed", ["run", "--pattern", "pipeline", "--nodes", "4", "--topology", "ring"], "--topology"),
            ("zbed", ["run", "--pattern", "pipeline", "--nodes", "4", "--outstanding-tasks", "1025"], "1024"),
            ("znode", ["--id", "0", "--num-nodes", "2", "--pattern", "pipeline"], "at least 3"),
            ("znode", ["--id", "0", "--pattern", "pipeline", "--mode", "all"], "--mode"),
            ("zbed", ["run", "--baseline", "nowhere"], "there is no run nowhere"),
            ("zbed", ["run", "--baseline", "/tmp"], "no report.json"),
            ("zbed", ["run", "--baseline", "/etc/passwd"], "no report of zbed"),
            ("zbed", ["run", "--assert", "p9<1ms"], "did you mean \"p90\"?"),
            ("zbed", ["run", "--assert", "p99<10"], "no unit"), ("zbed", ["run", "--assert", "p99"], "--assert"),
            ("zbed", ["run", "--profile-targets", "matchin"], "matching"),
            ("loadclient", ["--nodes", "tcp://a:1", "--assert", "lots==0"], "\"lost\""),
            ("zbed", ["compare", "--topologies", "star,blob"], "blob"),
            ("zbed", ["compare", "--least-difference", "-1"], "--least-difference"),
            ("zbed", ["compare", "--topologies", ""], "nothing to compare"),
            ("zbed", ["compare", "--nodes", ""], "nothing to compare"),
            ("zbed", ["compare", "--nodes", "3,3"], "twice"), ("zbed", ["compare", "--nodes", "3,x"], "x"),
            ("zbed", ["compare", "--nodes", ","], "--nodes"), ("zbed", ["compare", "--repeat", "0"], "--repeat"),
            ("zbed", ["topology"], "SHAPE"), ("zbed", ["topology", "blob"], "blob"),
            ("zbed", ["topology", "ring", "--format", "png"], "svg"),
            ("zbed", ["leader"], "--nodes"), ("zbed", ["health", "--nodes", "tcp://a"], "tcp://a"),
            ("zbed", ["check", "--nodes", "tcp://a:1,tcp://a:1"], "twice"),
            ("zbed", ["leader", "--nodes", "tcp://a:1", "2"], "--transfer"),
            ("zbed", ["leader", "--nodes", "tcp://a:1", "--transfer", "x"], "ID"),
            ("zbed", ["check", "--nodes", "tcp://a:1", "--format", "xml"], "json"),
            ("znode", [], "--id"), ("znode", ["--id", "3"], "--id 3"), ("znode", ["--id", "x"], "--id"),
            ("znode", ["--id", "0", "--peers", "nonsense"], "peer"),
            ("znode", ["--id", "0", "--transport", "ipc"], "--ipc-dir"),
            ("znode", ["--id", "0", "--rate", "5", "--send-interval-millis", "3"], "--rate"),
            ("znode", ["--id", "0", "--mode", "one", "--broadcaster", "3"], "--broadcaster 3"),
            ("loadclient", [], "--nodes"), ("loadclient", ["--nodes", ""], "--nodes"),
            ("loadclient", ["--nodes", "tcp://a:1,tcp://a:1"], "twice"),
            ("loadclient", ["--nodes", "tcp://a"], "tcp://a"),
            ("loadclient", ["--nodes", "tcp://a:1", "--duration", "0"], "--duration 0"),
            ("loadclient", ["--nodes", "tcp://a:1", "--clients", "513", "--machine", "2"], "--clients 513"),
            ("loadclient", ["--nodes", "tcp://a:1", "--rate", "max"], "rate"),
            ("loadclient", ["--nodes", "tcp://a:1", "--json", "/"], "--json"),
        ]

        @Test func wrongCommandLinesSayWhatIsWrongAndDoNothing() throws {
            let space = try Workspace()
            for (program, arguments, text) in Self.wrong {
                let line = "\(program) \(arguments.joined(separator: " "))"
                // What should be refused and is not would otherwise start a cluster on everybody's ports.
                let ending = try space.run(
                    program, arguments, environment: program == "zbed" ? ["TRANSPORT": "ipc"] : [:])
                #expect(ending.code == 64, "\(line): \(ending.error)")
                #expect(ending.output.isEmpty, "\(line)")
                // Whatever the environment decides is said first.
                let said = ending.errorLines.filter {
                    !$0.contains("from the environment: TRANSPORT=ipc") && !$0.contains("TRANSPORT in the environment")
                }
                #expect(said.first?.hasPrefix("\(program): ") == true, "\(line): \(ending.error)")
                #expect(ending.error.contains(text) && (1...2).contains(said.count), "\(line): \(ending.error)")
            }
            #expect(!Files.exists(space("results")), "nothing is made for a command that does nothing")
        }

        @Test(arguments: [
            ("RATE", "fast", "RATE"), ("TOPOLOGY", "cube", "TOPOLOGY"), ("NODES", "-1", "NODES"),
            ("MESSAGE_SIZE_BYTES", "huge", "MESSAGE_SIZE_BYTES"),
        ])
        func wrongVariablesAreNamed(variable: String, value: String, text: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun("", environment: [variable: value])
            #expect(ending.code == 64 && ending.error.contains(text) && ending.errorLines.count <= 2, "\(ending.error)")
        }

        @Test(arguments: [
            ("0 1\n1 2\n2 x\n", "3", 64), ("", "edge", 64), ("0 1\n2 3\n", "node", 64), ("0 0\n", "itself", 64),
        ])
        func aTopologyFileThatIsWrongIsNamedWithItsLine(text: String, said: String, code: Int32) throws {
            let space = try Workspace()
            try Files.writeAtomically(space("links"), text: text)
            let ending = try space.zbedRun("--topology file:links")
            #expect(ending.code == code && ending.error.contains(said), "\(ending.error)")
            #expect(!Files.exists(space("results")))
        }

        @Test(arguments: [
            ["zbed", "--help"], ["zbed", "run", "--help"], ["zbed", "compare", "--help"],
            ["zbed", "topology", "--help"], ["zbed", "leader", "--help"], ["zbed", "health", "--help"],
            ["zbed", "check", "--help"],
            ["znode", "--help"], ["loadclient", "--help"], ["zbed", "--version"], ["znode", "--version"],
            ["loadclient", "--version"],
        ])
        func helpAndVersionGoToStandardOutput(line: [String]) throws {
            let space = try Workspace()
            let ending = try space.run(line[0], Array(line.dropFirst()))
            #expect(ending.code == 0 && ending.error.isEmpty && ending.output.contains(line[0]))
        }

        @Test(arguments: ["somehost", "203.0.113.9", "eth77"])
        func anAddressOfNoInterfaceIsExplained(address: String) throws {
            let space = try Workspace()
            let port = "\(try Ports.free(nodes: 1))"
            let ending = try space.run(
                "znode", ["--id", "0", "--num-nodes", "1", "--port", port, "--bind", address, "--timeout", "5s"])
            #expect(ending.code == 69 && ending.output.isEmpty)
            #expect(ending.error.contains("cannot listen on tcp://\(address):\(port)"), "\(ending.error)")
            #expect(ending.error.contains("not a host name") && !ending.error.contains("No such device"))
        }

        @Test func librariesForMetricsAndVersionsAreLoadedOnlyForThose() throws {
            let space = try Workspace()
            // Empty files, found before the libraries of these names: loading one fails.
            for name in ["libmicrohttpd.so.12", "libczmq.so.4"] { try Files.writeAtomically(space(name), text: "") }
            let node = "--id 0 --num-nodes 1 --transport ipc --ipc-dir \(space.path) --timeout 100ms".words
            let without = ["LD_LIBRARY_PATH": space.path]
            let idle = try space.run("znode", node, environment: without)
            #expect(idle.code == 0, "\(idle.error)")
            let version = try space.run("znode", ["--version"], environment: without)
            #expect(version.code == 0 && version.output.contains("czmq not installed"), "\(version.output)")
            // The library is missed before the port is tried.
            let metrics = try space.run("znode", node + ["--metric-port", "1"], environment: without)
            #expect(metrics.code == 69 && metrics.error.contains("Debian package libmicrohttpd12"), "\(metrics.error)")
            #expect(metrics.errorLines.count <= 2, "\(metrics.error)")
        }
    }
}

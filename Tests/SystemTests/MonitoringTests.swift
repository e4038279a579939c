import Glibc
import Runtime
import Testing

extension SystemTests {
    /// Prometheus beside clusters, and what is shipped for it and for Grafana.
    @Suite(.serialized) struct MonitoringTests {
        /// Both come in one package.
        private static let isInstalled = ["promtool", "prometheus"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
        private static let isMissing: Comment =
            "prometheus and promtool are not installed: 'scripts/install-deps --with-prometheus'"

        /// Asks a Prometheus until a query has the answer that is waited for.
        private static let ask = """
            import json, sys, time, urllib.parse, urllib.request
            address, query, expected = sys.argv[1:]
            answer = None
            for _ in range(600):
                url = address + "/api/v1/query?" + urllib.parse.urlencode({"query": query})
                result = json.load(urllib.request.urlopen(url))["data"]["result"]
                answer = [sample["value"][1] for sample in result]
                if answer == [expected]:
                    sys.exit(0)
                time.sleep(0.05)
            sys.exit(f"{query} is {answer}, expected {expected}")
            """

        @Test(.enabled(if: isInstalled, isMissing), .timeLimit(.minutes(5)))
        func whatIsShippedFitsWhatRuns() throws {
            let space = try Workspace()
            let programs = try #require(Built.directory)
            let check = try space.start(
                "/usr/bin/python3", ["\(Repository.path)/scripts/ci/check-monitoring.py", programs],
                environment: ["PYTHONDONTWRITEBYTECODE": "1"])
            let ending = try check.end(withinSeconds: 240)
            #expect(ending.code == 0, "\(ending.error)")
            #expect(ending.output.contains("queries of the dashboard"))
            space.expectNothingLeft()
        }

        @Test(.enabled(if: isInstalled, isMissing)) func aRunHasPrometheusBesideItAndEndsIt() throws {
            let space = try Workspace()
            let command = try space.startZbedRun(
                "--prometheus --keep-alive --transport ipc --warmup 100ms --duration 500ms --rate 200")
            let words = "Prometheus is at "
            #expect(eventually { command.complained.contains("\n") && command.complained.contains(words) })
            let line = try #require(command.complained.split(separator: "\n").first { $0.hasPrefix(words) })
            let address = String(try #require(line.dropFirst(words.count).split(separator: " ").first))
            for (query, answer) in [
                ("sum(up)", "4"), ("sum(zbed_ready)", "3"), ("count(zbed:latency_target_seconds:p99)", "1"),
                // Warm-up included; each order reaches all three nodes.
                ("sum(zbed_messages_delivered_total)", "360"),
            ] {
                let asked = try space.run("/usr/bin/python3", ["-c", Self.ask, address, query, answer])
                #expect(asked.code == 0, "\(asked.error)")
            }
            try command.interrupt()
            let ending = try command.end()
            #expect(ending.code == 0, "\(ending.error)")
            space.expectNothingLeft()
            #expect(try Files.list(space.path).allSatisfy { !$0.hasPrefix("zbed-prometheus") })
        }

        @Test func withoutPrometheusInstalledItSaysWhatToInstall() throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--prometheus", environment: ["PATH": "/nonexistent"])
            #expect(ending.code == 69 && ending.error.contains("Debian package prometheus"), "\(ending.error)")
            space.expectNothingLeft()
            #expect(try Files.list(space.path).allSatisfy { !$0.hasPrefix("zbed-prometheus") })
        }

        @Test(arguments: [
            ("--prometheus --find-max p99<1s", "--find-max"),
            ("--prometheus --pattern pipeline", "--prometheus has no effect with --pattern pipeline"),
            ("--prometheus-port 9090", "--prometheus-port needs --prometheus"),
        ])
        func whereItWouldDoNothingItIsRefused(arguments: String, message: String) throws {
            let ending = try Workspace().zbedRun(arguments)
            #expect(ending.code == 64 && ending.error.contains(message), "\(ending.error)")
        }
    }
}

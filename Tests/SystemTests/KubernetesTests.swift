import Glibc
import Runtime
import Testing

extension SystemTests {
    /// Runs on Kubernetes, without one: what would be applied, and what `kubectl` is asked for.
    @Suite(.serialized) struct KubernetesTests {
        /// The interpreter that has the schemas; nil where none has them.
        private static let python: String? = [
            "\(Repository.path)/.build/python/bin/python3", "/usr/bin/python3",
        ].first {
            let request = ChildRequest(
                program: $0, arguments: ["-c", "import kubernetes_validate, yaml"], output: .pipe,
                diesWithParent: false)
            // Where there is no interpreter, there is no package.
            return (try? ChildProcess(request).wait(milliseconds: 30_000)?.isSuccess) ?? false
        }
        private static let hasKubectl = (CurrentProcess.environment["PATH"] ?? "").split(separator: ":").contains {
            access("\($0)/kubectl", X_OK) == 0
        }
        private static let isMissing: Comment =
            "kubectl (https://kubernetes.io/docs/tasks/tools/) or the Python package kubernetes-validate is not there"
        private static let hasNoKubectl: Comment = "kubectl is not there: https://kubernetes.io/docs/tasks/tools/"

        /// A stand-in for `kubectl`: it notes what it is asked, and answers from files called after two words of that.
        ///
        /// What it creates is there from then on, unless the file `rival` says that another was faster.
        /// With a number in `failures` so many calls, of which it takes no note, find no cluster.
        private static let standIn = """
            #!/usr/bin/env bash
            left=$(cat "$STAGE/failures" 2>/dev/null || echo 0)
            if ((left > 0)) && [[ $1 != kustomize ]]; then
                echo $((left - 1)) >"$STAGE/failures"
                echo "The connection to the server was refused" >&2
                exit 1
            fi
            printf '%s\\n' "$*" >>"$STAGE/calls"
            if [[ $1 == create ]]; then
                token=$(sed 's/.*"zbed-start":"\\([^"]*\\)".*/\\1/' "${2#--filename=}")
                if [[ -e $STAGE/rival ]]; then token=rival; fi
                printf 'x\\nActive\\nzbed\\n%s\\n' "$token" >"$STAGE/get-namespace.out"
                if [[ $token == rival ]]; then exit 1; fi
            fi
            if [[ -e $STAGE/$1.out ]]; then cat "$STAGE/$1.out"; fi
            answer=$STAGE/$1-$2
            if [[ -e $answer.flood ]]; then exec yes; fi
            if [[ -e $answer.out ]]; then cat "$answer.out"; fi
            if [[ -e $answer.hang ]]; then exec sleep 600; fi
            exit "$(cat "$answer.code" 2>/dev/null || echo 0)"
            """

        /// A workspace where that is `kubectl`, and what it answers.
        private static func stage(_ answers: [String: String] = [:]) throws -> (Workspace, [String: String]) {
            let space = try Workspace()
            try Files.makeDirectories(space("bin"))
            try Files.writeAtomically(space("bin/kubectl"), Array(standIn.utf8), mode: 0o755)
            for (name, text) in answers { try Files.writeAtomically(space(name), text: text) }
            return (space, ["PATH": "\(space("bin")):/usr/bin:/bin", "STAGE": space.path])
        }

        private static func calls(_ space: Workspace) -> [String] {
            // Nothing was asked where there is no file.
            ((try? Files.readText(space("calls"))) ?? "").split(separator: "\n").map { String($0) }
        }

        @Test(.enabled(if: python != nil && hasKubectl, isMissing), .timeLimit(.minutes(5)))
        func whatWouldBeAppliedIsValidAndWorks() throws {
            let space = try Workspace()
            let check = try space.start(
                try #require(Self.python),
                ["\(Repository.path)/scripts/ci/check-kubernetes.py", try #require(Built.directory)],
                environment: ["PYTHONDONTWRITEBYTECODE": "1"])
            let ending = try check.end(withinSeconds: 240)
            #expect(ending.code == 0, "\(ending.error)")
            #expect(ending.output.contains("objects were validated"))
            space.expectNothingLeft()
        }

        @Test(.enabled(if: hasKubectl, hasNoKubectl)) func aDryRunPrintsAndAsksNoCluster() throws {
            let space = try Workspace()
            let ending = try space.run(
                "zbed", "cluster start --dry-run --name a --nodes 4".words,
                environment: ["KUBECONFIG": "/nonexistent"])
            #expect(ending.code == 0 && ending.error.isEmpty, "\(ending.error)")
            #expect(ending.output.hasPrefix("apiVersion: v1\nkind: Namespace\n"))
            #expect(ending.output.contains("replicas: 4"))
            #expect(try Files.list(space.path).allSatisfy { !$0.hasPrefix("zbed-cluster") })
        }

        @Test func withoutKubectlItSaysWhereToGetIt() throws {
            for command in ["start --dry-run", "start", "stop", "logs", "port-forward --port 9091"] {
                let ending = try Workspace().run(
                    "zbed", ["cluster"] + command.words, environment: ["PATH": "/nonexistent"])
                #expect(
                    ending.code == 69 && ending.error.contains("https://kubernetes.io/docs/tasks/tools/")
                        && ending.errorLines.count == 1, "\(command): \(ending.error)")
            }
        }

        @Test func aRunIsAppliedWhenNoneOfItsNameIsThere() throws {
            let (space, environment) = try Self.stage([
                "kustomize-x.out": "", "failures": "2",
                "apply.out": "namespace/zbed-a\u{1B}]0;title\u{7} created\n\tservice/node\u{9B}31m created\n",
            ])
            let ending = try space.run(
                "zbed", "cluster start --name a --ready-timeout 7s --context here".words, environment: environment)
            #expect(ending.code == 0 && ending.output.contains("zbed cluster stop --name a"), "\(ending.error)")
            #expect(
                ending.output.hasPrefix(
                    "namespace/zbed-a\\u{1b}]0;title\\u{7} created\n\tservice/node\\u{9b}31m created\n"),
                "what kubectl says is shown and does nothing to the terminal: \(ending.output)")
            let calls = Self.calls(space)
            #expect(calls.count == 5 && calls[0].hasPrefix("kustomize /"), "\(calls)")
            #expect(calls[1].hasPrefix("get namespace zbed-a --ignore-not-found"))
            #expect(calls[2].hasPrefix("create --filename="))
            #expect(calls[3].hasPrefix("apply --filename=") && calls[3].contains("--context=here"))
            #expect(calls[4] == "rollout status statefulset/node --namespace=zbed-a --timeout=7s --context=here")
            let again = try space.run("zbed", "cluster start --name other".words, environment: environment)
            #expect(again.code == 69 && again.error.contains("a run other already"), "\(again.error)")
        }

        @Test(arguments: [
            ("zbed-a\nActive\n\n\n", "a namespace zbed-a already"), ("zbed-a\nActive\nzbed\n\n", "a run a already"),
            ("zbed-a\nTerminating\nzbed\nt\n", "still being deleted"),
        ])
        func aNamespaceThatIsThereIsLeftAlone(there: String, words: String) throws {
            let (space, environment) = try Self.stage(["get-namespace.out": there])
            let ending = try space.run("zbed", "cluster start --name a".words, environment: environment)
            #expect(ending.code == 69 && ending.error.contains(words), "\(ending.error)")
            #expect(Self.calls(space).last?.hasPrefix("get namespace zbed-a ") == true, "\(Self.calls(space))")
        }

        @Test func ofTwoStartsTheLaterOneDeletesNothing() throws {
            let (space, environment) = try Self.stage(["rival": ""])
            let ending = try space.run("zbed", "cluster start --name a".words, environment: environment)
            #expect(ending.code == 69 && ending.error.contains("a run a already"), "\(ending.error)")
            #expect(
                !Self.calls(space).contains { $0.hasPrefix("apply") || $0.hasPrefix("delete") },
                "\(Self.calls(space))")
        }

        @Test func programsThatPrintWithoutEndAreStopped() throws {
            let (space, environment) = try Self.stage(["get-namespaces.flood": ""])
            let ending = try space.run("zbed", "cluster stop".words, environment: environment)
            #expect(
                ending.code == 69 && ending.errorLines == ["zbed: kubectl printed more than 64 MiB, and was stopped"],
                "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test(arguments: [
            "start --ready-timeout 18446744073s", "start --ready-timeout 0.5s",
            "stop --timeout 18446744073s", "stop --timeout 0", "stop --timeout 25h",
        ])
        func waitsHaveBounds(words: String) throws {
            let ending = try Workspace().run("zbed", ["cluster"] + words.words, environment: ["PATH": "/nonexistent"])
            #expect(ending.code == 64 && ending.error.contains("expected 1s to 24h"), "\(ending.error)")
        }

        @Test func whatDoesNotBecomeReadyIsTakenBack() throws {
            let (space, environment) = try Self.stage([
                "rollout-status.code": "1", "get-pods.out": "node-0 \u{1B}[31mImagePullBackOff\n",
            ])
            let ending = try space.run(
                "zbed", "cluster start --name a --ready-timeout 5s".words, environment: environment)
            #expect(ending.code == 69 && ending.error.contains("node-0 \\u{1b}[31mImagePullBackOff"), "\(ending.error)")
            #expect(ending.error.contains("were not ready within 5 s"))
            #expect(Self.calls(space).last == "delete namespace zbed-a --ignore-not-found --timeout=180s")
        }

        @Test func anInterruptionTakesBackWhatWasBegun() throws {
            let (space, environment) = try Self.stage(["rollout-status.hang": ""])
            let command = try space.start("zbed", "cluster start --name a".words, environment: environment)
            #expect(eventually { Self.calls(space).contains { $0.hasPrefix("rollout") } })
            try command.interrupt()
            let ending = try command.end()
            #expect(ending.code == 2 && ending.error.contains("interrupted"), "\(ending.error)")
            #expect(Self.calls(space).last?.hasPrefix("delete namespace zbed-a") == true)
            space.expectNothingLeft()
        }

        @Test func stoppingDeletesTheRunsNamespaceAndNoOther() throws {
            let (space, environment) = try Self.stage(["get-namespaces.out": "zbed-a\n", "failures": "2"])
            let other = try space.run("zbed", "cluster stop --name kube-system".words, environment: environment)
            #expect(other.code == 69 && other.error.contains("no run kube-system: there are a"), "\(other.error)")
            try Files.writeAtomically(space("failures"), text: "1")
            let ending = try space.run("zbed", "cluster stop --timeout 9s".words, environment: environment)
            #expect(ending.code == 0, "\(ending.error)")
            let deleted = Self.calls(space).filter { $0.hasPrefix("delete") }
            #expect(deleted == ["delete namespace zbed-a --ignore-not-found --timeout=9s"])
        }

        @Test func aClusterThatDoesNotAnswerIsAskedThreeTimes() throws {
            let (space, environment) = try Self.stage(["failures": "3"])
            let ending = try space.run("zbed", "cluster stop".words, environment: environment)
            #expect(
                ending.code == 69 && ending.errorLines == ["zbed: kubectl: The connection to the server was refused"],
                "\(ending.error)")
            #expect(try Files.readText(space("failures")) == "0\n")
        }

        @Test func logsAreSavedForEachPodAndReportsApart() throws {
            let report = "----- begin report.json -----\n{\"a\": 1}\n----- end report.json -----\n"
            let (space, environment) = try Self.stage([
                "get-namespaces.out": "zbed-a\n", "get-pods.out": "node-0 0\nnode-1 1\nload-0-abc 0\n",
                "logs-node-0.out": "first\n", "logs-node-1.out": "second\n", "logs-load-0-abc.out": "words\n" + report,
                "failures": "2",
            ])
            let ending = try space.run("zbed", "cluster logs".words, environment: environment)
            #expect(ending.code == 0, "\(ending.error)")
            func text(_ name: String) throws -> String { try Files.readText(space("results/cluster-a/latest/\(name)")) }
            #expect(
                try Files.list(space("results/cluster-a/latest")) == [
                    "events.txt", "load-0-abc.json", "load-0-abc.log", "node-0.log", "node-1.log",
                    "node-1.previous.log", "pods.txt",
                ])
            #expect(try text("node-0.log") == "first\n" && text("load-0-abc.json") == "{\"a\": 1}\n")
            #expect(try text("load-0-abc.log") == "words\n")
            let previous = "logs node-1 --namespace=zbed-a --all-containers --previous"
            #expect(Self.calls(space).contains { $0.hasPrefix(previous) })
        }

        @Test func aLogThatCannotBeHadIsSaid() throws {
            let (space, environment) = try Self.stage([
                "get-namespaces.out": "zbed-a\n", "get-pods.out": "node-0 0\nnode-1 0\n", "logs-node-0.out": "half",
                "logs-node-0.code": "1", "logs-node-1.out": "all\n",
            ])
            let ending = try space.run("zbed", "cluster logs --name a".words, environment: environment)
            #expect(ending.code == 1 && ending.error.contains("node-0.log is not complete"), "\(ending.error)")
            #expect(try Files.readText(space("results/cluster-a/latest/node-1.log")) == "all\n")
        }

        @Test func aLogThatIsTooLongIsCutAndTheOthersAreSaved() throws {
            let (space, environment) = try Self.stage([
                "get-namespaces.out": "zbed-a\n", "get-pods.out": "node-0 0\nnode-1 0\n", "logs-node-0.flood": "",
                "logs-node-1.out": "all\n",
            ])
            let ending = try space.run("zbed", "cluster logs --log-limit 1MiB".words, environment: environment)
            #expect(ending.code == 1, "\(ending.error)")
            #expect(ending.error.contains("node-0.log is not complete: kubectl printed more than 1 MiB"))
            #expect(ending.output.hasPrefix("Logs of 2 pods: "))
            var status = stat()
            #expect(stat(space("results/cluster-a/latest/node-0.log"), &status) == 0 && status.st_size > 1 << 20)
            #expect(try Files.readText(space("results/cluster-a/latest/node-1.log")) == "all\n")
            space.expectNothingLeft()
        }

        @Test func aPortIsForwardedAgainUntilItIsInterrupted() throws {
            let (space, environment) = try Self.stage(["get-namespaces.out": "zbed-a\n"])
            // The stand-in's answers for this call are in a folder, as the target has a slash.
            try Files.makeDirectories(space("port-forward-service"))
            try Files.writeAtomically(space("port-forward-service/prometheus.code"), text: "1")
            let port = try Ports.free(nodes: 1)
            let command = try space.start("zbed", "cluster port-forward --port \(port)".words, environment: environment)
            let words = "port-forward service/prometheus \(port):9090"
            func forwards() -> Int { Self.calls(space).count { $0.hasPrefix(words) } }
            #expect(eventually { forwards() >= 2 })
            try Files.writeAtomically(space("port-forward-service/prometheus.hang"), text: "")
            let before = forwards()
            #expect(eventually { forwards() > before })
            try command.interrupt()
            let ending = try command.end()
            #expect(ending.code == 0 && ending.error.contains("again in"), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func forwardingEndsWithTheRunOrWhereThePortIsTaken() throws {
            let (space, environment) = try Self.stage(["get-namespaces.out": "zbed-a\n"])
            let port = try Ports.free(nodes: 1)
            do {
                let listener = try Listener(port: port)
                let taken = try space.run(
                    "zbed", "cluster port-forward --port \(port)".words, environment: environment)
                #expect(taken.code == 69 && taken.error.contains("port \(port) of 127.0.0.1 is taken"))
                _ = consume listener
            }
            let command = try space.start(
                "zbed", "cluster port-forward --to node-1 --port \(port)".words, environment: environment)
            #expect(eventually { Self.calls(space).contains { $0.hasPrefix("port-forward pod/node-1 \(port):9100") } })
            try Files.writeAtomically(space("get-namespaces.out"), text: "zbed-other\n")
            let ending = try command.end()
            #expect(ending.code == 69 && ending.error.contains("run a is over"), "\(ending.error)")
        }
    }
}

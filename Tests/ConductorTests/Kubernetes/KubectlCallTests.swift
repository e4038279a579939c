import Runtime
import Testing

@testable import Conductor

@Suite struct KubectlCallTests {
    @Test func everyCallButTheOneForFilesNamesTheClusterThatWasChosen() {
        let calls: [KubectlCall] = [
            .runs, .apply(file: "f"), .rollout(namespace: "n", seconds: 5), .podTable(namespace: "n"),
            .pods(namespace: "n"), .log(namespace: "n", pod: "p", isPrevious: false), .lastWords(namespace: "n"),
            .events(namespace: "n"), .delete(namespace: "n", seconds: 5),
            .forward(namespace: "n", target: "t", local: 1, remote: 2),
        ]
        for call in calls {
            #expect(call.arguments(context: "here").contains("--context=here"))
            #expect(call.arguments(context: nil).allSatisfy { !$0.hasPrefix("--context") })
        }
        #expect(KubectlCall.kustomize(folder: "f").arguments(context: "here") == ["kustomize", "f"])
    }

    @Test func whatEndsByItselfIsWaitedForWithABound() {
        #expect(KubectlCall.rollout(namespace: "n", seconds: 300).limitSeconds == 330)
        #expect(KubectlCall.delete(namespace: "n", seconds: 60).limitSeconds == 65)
        #expect(KubectlCall.rollout(namespace: "n", seconds: .max).limitSeconds == .max)
        #expect(KubectlCall.runs.limitSeconds == 60)
        #expect(KubectlCall.runs.arguments(context: nil).contains("--request-timeout=30s"))
        #expect(KubectlCall.forward(namespace: "n", target: "t", local: 1, remote: 2).limitSeconds == nil)
    }

    @Test func onlyANamespaceIsDeletedAndNoneThatIsGoneIsMissed() {
        #expect(
            KubectlCall.delete(namespace: "zbed-a", seconds: 60).arguments(context: nil)
                == ["delete", "namespace", "zbed-a", "--ignore-not-found", "--timeout=60s"])
    }

    @Test func portsAreOpenedForThisMachineOnly() {
        let call = KubectlCall.forward(namespace: "zbed-a", target: "service/prometheus", local: 9_191, remote: 9_090)
        #expect(
            call.arguments(context: nil)
                == [
                    "port-forward", "service/prometheus", "9191:9090", "--namespace=zbed-a", "--address=127.0.0.1",
                ])
    }

    @Test func podsAreReadAndWhatIsNoneIsPassedOver() {
        #expect(
            PodListing.parse("node-0 0\nnode-1 2 1\nload-0-x7\n\nNo resources found\n")
                == [
                    PodListing(name: "node-0", restarts: 0), PodListing(name: "node-1", restarts: 3),
                    PodListing(name: "load-0-x7", restarts: 0),
                ])
    }

    @Test func theRunThatIsMeantIsOneThatIsThere() throws {
        let one = [try ClusterName("a")]
        let two = [try ClusterName("a"), try ClusterName("b")]
        #expect(try ClusterRuns.chosen(nil, among: one).text == "a")
        #expect(try ClusterRuns.chosen("b", among: two).text == "b")
        for (name, runs, words, code) in [
            (nil, [], "no run in this cluster", ExitCode.unavailable), (nil, two, "several runs, a, b", .usage),
            ("c", two, "no run c: there are a, b", .unavailable),
            ("kube-system", one, "no run kube-system", .unavailable),
        ] as [(String?, [ClusterName], String, ExitCode)] {
            #expect { try ClusterRuns.chosen(name, among: runs) } throws: { error in
                "\(error)".contains(words) && Program.failure(of: error).code == code
            }
        }
    }
}

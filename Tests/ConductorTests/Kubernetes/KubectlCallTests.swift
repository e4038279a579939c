import Runtime
import Testing

@testable import Conductor

@Suite struct KubectlCallTests {
    @Test func everyCallButTheOneForFilesNamesTheClusterThatWasChosen() {
        let calls: [KubectlCall] = [
            .runs, .namespace("n"), .create(file: "f"), .apply(file: "f"), .rollout(namespace: "n", seconds: 5),
            .podTable(namespace: "n"),
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

    @Test func allTriesOfADeletionTogetherHaveItsTime() {
        let call = KubectlCall.delete(namespace: "zbed-a", seconds: 4)
        #expect(call.again(afterNanoseconds: 500_000_000) == .delete(namespace: "zbed-a", seconds: 3))
        #expect(call.again(afterNanoseconds: 2_000_000_000) == .delete(namespace: "zbed-a", seconds: 2))
        #expect(call.again(afterNanoseconds: 3_000_000_001) == nil)
        #expect(call.again(afterNanoseconds: .max) == nil)
        #expect(KubectlCall.runs.again(afterNanoseconds: .max) == .runs)
        #expect(KubectlCall.rollout(namespace: "n", seconds: 9).again(afterNanoseconds: 0) == nil)
    }

    @Test func namespacesAreReadWithTheStartThatMadeThem() throws {
        #expect(NamespaceListing.parse("") == nil)
        let own = try #require(NamespaceListing.parse("zbed-a\nActive\nzbed\ntoken"))
        #expect(own == NamespaceListing(name: "zbed-a", phase: "Active", isRun: true, start: "token"))
        let foreign = try #require(NamespaceListing.parse("zbed-a\nActive\n\n"))
        #expect(!foreign.isRun && foreign.start == nil)
    }

    @Test func numbersThatNoPodHasDoNotTrap() {
        #expect(
            PodListing.parse("node-0 \(Int.max) \(Int.max)\nnode-1 -5 2\nnode-2 99999999999999999999 1")
                == [
                    PodListing(name: "node-0", restarts: .max), PodListing(name: "node-1", restarts: 2),
                    PodListing(name: "node-2", restarts: 1),
                ])
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

import Runtime
import Testing

@testable import Conductor

@Suite struct KubernetesTextTests {
    @Test(arguments: ["a", "run-1", "20261122-015904", String(repeating: "a", count: 58)])
    func aDNSLabelNamesARun(text: String) throws {
        let name = try ClusterName(text)
        #expect(name.namespace == "zbed-\(text)")
        #expect(ClusterName(namespace: name.namespace) == name)
    }

    @Test(arguments: [
        "", "-a", "a-", "A", "a_b", "a.b", "a b", "a/b", "é", "--", "\n", String(repeating: "a", count: 59),
        "kube system",
    ])
    func whatNamespacesCannotBeCalledIsRefused(text: String) {
        #expect(throws: ValueError.self) { try ClusterName(text) }
    }

    @Test(arguments: ["default", "kube-system", "zbed", "zbed-", "zbed-A", "x-zbed-a"])
    func namespacesOfOthersAreNoRuns(namespace: String) {
        #expect(ClusterName(namespace: namespace) == nil)
    }

    @Test func theTimeNamesARun() throws {
        #expect(try ClusterName(ClusterName.stamp("20261122T015904Z")).text == "20261122-015904")
    }

    @Test(
        arguments: [
            ("zbed", "zbed", nil, nil), ("zbed:1.0", "zbed", "1.0", nil),
            ("ghcr.io/me/zbed:2024-01-15", "ghcr.io/me/zbed", "2024-01-15", nil),
            ("my_team/z--bed__a.b", "my_team/z--bed__a.b", nil, nil),
            ("localhost:5000/zbed", "localhost:5000/zbed", nil, nil),
            ("Registry.Example:5000/me/zbed:1", "Registry.Example:5000/me/zbed", "1", nil),
        ] as [(String, String, String?, String?)])
    func imagesAreRead(text: String, name: String, tag: String?, digest: String?) throws {
        let image = try ImageReference(text)
        #expect(image.name == name && image.tag == tag && image.digest == digest)
    }

    @Test func aDigestSaysWhichImage() throws {
        let digest = "sha256:" + String(repeating: "0f", count: 32)
        let image = try ImageReference("me/zbed:1@\(digest)")
        #expect(image.name == "me/zbed" && image.tag == "1" && image.digest == digest)
    }

    @Test(arguments: [
        "", "a b", "Zbed", "me/Zbed", "zbed:", "zbed:-1", "zbed@", "zbed@sha256:12", "zbed@md5:1", "/zbed", "a//b",
        "a/", "-x", ".", "..", "a/..", "a/.b", "a/b-", "a/b._c", "a___b", "a.b:0/c", "a.b:x/c", "-a.b/c", "a..b/c",
        String(repeating: "a", count: 3_000), "zbed:1:2", "zbed\n", "a@b@c",
    ])
    func whatNamesNoImageIsRefused(text: String) {
        #expect(throws: ValueError.self) { try ImageReference(text) }
    }

    @Test(arguments: [
        ("production", NodePool.usualLabel, "production"), ("agentpool=x", "agentpool", "x"),
        ("eks.amazonaws.com/nodegroup=my_group.1", "eks.amazonaws.com/nodegroup", "my_group.1"),
    ])
    func poolsAreRead(text: String, label: String, value: String) throws {
        let pool = try NodePool(text)
        #expect(pool.label == label && pool.value == value)
    }

    @Test(arguments: [
        "", "=", "a=", "=b", "a=b=c", "a b", "-a", "A/b/c=d", "Example/x=y", String(repeating: "a", count: 64),
    ])
    func whatNamesNoPoolIsRefused(text: String) {
        #expect(throws: ValueError.self) { try NodePool(text) }
    }

    @Test(
        arguments: [
            ("spot", "spot", nil, nil), ("dedicated=tests", "dedicated", "tests", nil),
            ("dedicated=tests:NoSchedule", "dedicated", "tests", "NoSchedule"),
            ("example.com/only:NoExecute", "example.com/only", nil, "NoExecute"),
        ] as [(String, String, String?, String?)])
    func taintsAreRead(text: String, key: String, value: String?, effect: String?) throws {
        let toleration = try Toleration(text)
        #expect(toleration.key == key && toleration.value == value && toleration.effect == effect)
    }

    @Test(arguments: ["", ":", "a:", "a:b", "a=:NoSchedule", "=b", "a=b:NoSchedule:x", "a b"])
    func whatIsNoTaintIsRefused(text: String) {
        #expect(throws: ValueError.self) { try Toleration(text) }
    }
}

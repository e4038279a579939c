import Glibc
import Runtime
import TestSupport
import Testing

@testable import Conductor

@Suite struct PrometheusConfigurationTests {
    private static let configuration = PrometheusConfiguration(
        nodes: ["127.0.0.1:5005", "127.0.0.1:5105"], client: "127.0.0.1:40000", hasRules: false)

    @Test func everyNodeAndTheClientAreScraped() {
        let lines = Self.configuration.text.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.contains(#"- targets: ["127.0.0.1:5005", "127.0.0.1:5105"]"#))
        #expect(lines.contains(#"- targets: ["127.0.0.1:40000"]"#))
        #expect(lines.contains("rule_files: []"))
        var withoutClient = Self.configuration
        withoutClient.client = nil
        #expect(withoutClient.text.contains("targets: []"))
        var withRules = Self.configuration
        withRules.hasRules = true
        #expect(withRules.text.contains("rule_files: [rules/*.yml]"))
    }

    @Test(.enabled(if: Promtool.isThere, "promtool is not installed (Debian package prometheus)"))
    func promtoolHasNothingToSay() throws {
        let folder = try TestFolder()
        let path = folder("prometheus.yml")
        try Files.writeAtomically(path, text: Self.configuration.text)
        let child = try ChildProcess(
            ChildRequest(
                program: "promtool", arguments: ["check", "config", path], output: .pipe, diesWithParent: false))
        let said = try child.readOutput()
        #expect(try child.wait().isSuccess, "\(said)")
    }

    @Test func theRulesAreFoundFromTheProgram() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        #expect(
            LocalPrometheus.findRules(for: "\(root)/.build/x86_64-unknown-linux-gnu/debug/zbed")
                == "\(root)/deploy/prometheus/rules")
        #expect(LocalPrometheus.findRules(for: "/proc/self/zbed") == nil)
    }

    @Test func portsInARowAreThoseThatNobodyHas() throws {
        let first = try #require(FreePorts.first(of: 3))
        #expect(first >= 9_100)
        let holder = try ClientMetricsServer(address: "127.0.0.1", port: first + 1)
        defer { holder.stop() }
        // Other tests may take some, too; none is given out that is taken.
        #expect(try #require(FreePorts.first(of: 3)) > first + 1)
        #expect(FreePorts.first(of: 60_000) == nil)
    }
}

private enum Promtool {
    static let isThere = ["/usr/bin/promtool", "/usr/local/bin/promtool"].contains { (path: String) in
        access(path, X_OK) == 0
    }
}

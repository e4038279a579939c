import Testing

@testable import Conductor

@Suite struct StopFindingTests {
    @Test func aMemberThatDoesNotAnswerIsNamed() {
        let finding = StopFinding(nodes: ["tcp://a:5002", "tcp://b:5002"], answers: [true, false], areMembers: true)
        #expect(finding.stopped == ["tcp://a:5002"] && finding.silent == ["tcp://b:5002"])
        #expect(finding.text == "1 node told to stop; no answer from tcp://b:5002\n")
    }

    @Test func aPlaceWhereANodeMayBeIsNoMember() {
        let finding = StopFinding(nodes: ["tcp://a:5002", "tcp://b:5002"], answers: [true, false], areMembers: false)
        #expect(finding.silent.isEmpty && finding.text == "1 node told to stop\n")
    }

    @Test func whereNobodyAnswersNothingRuns() {
        #expect(StopFinding().text.hasPrefix("nobody answered"))
        let finding = StopFinding(nodes: ["tcp://a:5002"], answers: [false], areMembers: true)
        #expect(finding.stopped.isEmpty && finding.text.hasPrefix("nobody answered: nothing runs there"))
    }

    @Test func whatIsNoNodeIsNamed() {
        let web = "tcp://a:8080"
        let finding = StopFinding(nodes: [web], answers: [false], areMembers: false, strangers: [web])
        #expect(finding.stopped.isEmpty && finding.text.contains("answers at \(web) does not speak this protocol"))
    }
}

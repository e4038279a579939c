import Testing

@testable import Conductor

@Suite struct PodLogTests {
    @Test func aReportIsTakenOutOfTheLog() {
        let log = PodLog(
            "one\n\n----- begin report.json -----\n{\n  \"a\": 1\n}\n----- end report.json -----\nlast\n")
        #expect(log.report == "{\n  \"a\": 1\n}\n")
        #expect(log.text == "one\n\nlast\n")
    }

    @Test(arguments: [
        "", "one\ntwo", "----- begin report.json -----\n{", "{}\n----- end report.json -----",
        "----- end report.json -----\n----- begin report.json -----",
        " ----- begin report.json -----\n----- end report.json -----",
    ])
    func aLogWithoutAWholeReportStaysAsItIs(text: String) {
        #expect(PodLog(text) == PodLog(text) && PodLog(text).text == text && PodLog(text).report == nil)
    }

    @Test func ofSeveralReportsTheLastOneCounts() {
        let begin = "----- begin report.json -----", end = "----- end report.json -----"
        let log = PodLog("\(begin)\n1\n\(end)\n\(begin)\n2\n\(end)")
        #expect(log.report == "2\n" && log.text == "\(begin)\n1\n\(end)")
    }
}

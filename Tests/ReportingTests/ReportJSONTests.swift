import Foundation
import Reporting
import Testing

@Suite struct ReportJSONTests {
    @Test func readsWhatItWrote() throws {
        for report in [Sample.comparison(), Sample.report(runs: [Sample.orderRun()]), Sample.report(runs: [])] {
            #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
        }
        let client = Sample.client()
        #expect(try ReportJSON.decodeClientReport(ReportJSON.encode(client)) == client)
    }

    @Test func writesTheSameBytesForTheSameReport() throws {
        #expect(try ReportJSON.encode(Sample.comparison()) == ReportJSON.encode(Sample.comparison()))
    }

    @Test func leavesOutWhatWasNotMeasured() throws {
        var run = Sample.run()
        run.latency = nil
        run.balance = nil
        let text = String(decoding: try ReportJSON.encode(Sample.report(runs: [run])), as: UTF8.self)
        #expect(!text.contains("null"))
        #expect(!text.contains("\"latency\""))
        #expect(!text.contains("\"comparison\""))
        #expect(text.contains("\"sendLatency\""))
    }

    @Test func namesTheMemberThatIsNoNumber() {
        var run = Sample.run()
        run.rate.achieved = .nan
        #expect(throws: ReportError.self) { try ReportJSON.encode(Sample.report(runs: [run])) }
        do {
            _ = try ReportJSON.encode(Sample.report(runs: [run]))
        } catch {
            #expect(error.description == "runs[0].rate.achieved is nan; JSON has finite numbers only.")
        }
    }

    @Test(arguments: [
        ("{", "cannot be read"), ("{}", "schema is missing"), ("[]", "has the wrong type"),
    ])
    func saysWhyADocumentCannotBeRead(text: String, expected: String) {
        do {
            _ = try ReportJSON.decodeReport(Array(text.utf8))
            Issue.record("\(text) was read as a report")
        } catch {
            #expect(error.description.contains(expected), "\(error)")
        }
    }

    /// Drawn or added up, such numbers would end the program.
    @Test func refusesNumbersThatNobodyCounted() throws {
        var run = Sample.run()
        run.links = [LinkReport(from: 0, to: -1, frames: 1)]
        let bytes = try ReportJSON.encode(Sample.report(runs: [run]))
        #expect(throws: ReportError.self) { try ReportJSON.decodeReport(bytes) }
        var many = Sample.run()
        many.ledger.sent = UInt64(Int64.max)
        let far = try ReportJSON.encode(Sample.report(runs: [many]))
        #expect(throws: ReportError.self) { try ReportJSON.decodeReport(far) }
    }

    @Test func clocksMayBeDecadesApartAndNothingElseMay() throws {
        var report = Sample.report(runs: [Sample.run()])
        report.seed = .max
        let years: Int64 = 40 * 365 * 86_400 * 1_000_000_000
        report.runs[0].clocks = ClocksReport(nodes: [
            .init(
                node: 0, kind: .compared, exchanges: 8, aheadNanoseconds: -years, uncertaintyNanoseconds: UInt64(years),
                errorNanoseconds: UInt64(years))
        ])
        var worker = LoadWorkerTests.worker(1)
        (worker.clockAheadNanoseconds, worker.clockErrorNanoseconds) = (years, UInt64(years))
        report.runs[0].workers = [worker]
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
        // Beside a clock's distance nothing of a clock is so large, and a seed is one only where it belongs.
        var many = report
        many.runs[0].clocks?.nodes[0].exchanges = .max
        #expect(throws: ReportError.self) { try ReportJSON.decodeReport(ReportJSON.encode(many)) }
        var far = report
        far.runs[0].clocks?.nodes[0].errorNanoseconds = .max
        #expect(throws: ReportError.self) { try ReportJSON.decodeReport(ReportJSON.encode(far)) }
        var sent = report
        sent.runs[0].ledger.sent = .max
        #expect(throws: ReportError.self) { try ReportJSON.decodeReport(ReportJSON.encode(sent)) }
    }

    @Test func refusesASchemaItDoesNotKnow() throws {
        var report = Sample.comparison()
        report.schema = "zbed-report/2"
        let bytes = try ReportJSON.encode(report)
        #expect(throws: ReportError.self) { try ReportJSON.decodeReport(bytes) }
    }
}

/// Checks documents with tools from outside; a test that needs one is skipped where it is not installed.
enum Checker {
    static let python = "/usr/bin/python3"

    static var hasPython: Bool { FileManager.default.isExecutableFile(atPath: python) }

    static var hasJSONSchema: Bool {
        hasPython && (try? run("import jsonschema", input: [])) == ""
    }

    /// Runs a Python program with the bytes as its standard input; gives what it says, which is nothing when all is
    /// well.
    static func run(_ program: String, input: [UInt8], arguments: [String] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", program] + arguments
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID().uuidString)")
        try Data(input).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text : "exit \(process.terminationStatus): \(text)"
    }
}

@Suite(.enabled(if: Checker.hasJSONSchema, "needs python3-jsonschema (apt-get install python3-jsonschema)"))
struct ReportSchemaTests {
    static let program = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        for error in jsonschema.Draft202012Validator(schema).iter_errors(json.load(sys.stdin)):
            print(error.json_path, error.message[:200])
        """

    static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/report.schema.json").path

    static func errors(in bytes: [UInt8]) throws -> String {
        try Checker.run(program, input: bytes, arguments: [schema])
    }

    @Test func describesEveryReport() throws {
        var broken = Sample.run()
        broken.perNode[0].diedAt = 2
        broken.clocks = ClocksTests.compared
        for report in [
            Sample.comparison(), Sample.report(runs: [Sample.orderRun()]), Sample.report(runs: [broken]),
            Sample.report(runs: [Sample.pipelineRun()]), Sample.report(runs: [Sample.bookRun()]),
            Sample.report(runs: []),
            Sample.report(runs: [
                LoadWorkerTests.run([LoadWorkerTests.worker(1), LoadWorkerTests.worker(2, end: .died)])
            ]),
            BaselineTests.judged(AgainstTests.runs(), by: try BaselineTests.baseline()),
            Sample.report(kind: .compare, runs: AgainstTests.runs(entry: 1) + AgainstTests.runs(entry: 2)),
            Sample.report(runs: [
                AssertionTests.checked(try AssertionTests.assertion("p99", .below, 1), of: Sample.run())
            ]),
        ] {
            #expect(try Self.errors(in: ReportJSON.encode(report)) == "")
        }
    }

    @Test(arguments: [
        ("\"seed\" : 42", "\"sead\" : 42"), ("\"kind\" : \"run\"", "\"kind\" : \"walk\""),
        ("\"unique\" : 2400000", "\"unique\" : -1"),
        ("\"schema\" : \"zbed-report/1\"", "\"schema\" : \"zbed-report/9\""),
        ("\"unit\" : \"ns\"", "\"unit\" : \"ms\""),
    ])
    func refusesWhatIsNotAReport(good: String, bad: String) throws {
        let text = String(decoding: try ReportJSON.encode(Sample.report(runs: [Sample.run()])), as: UTF8.self)
        #expect(text.contains(good))
        #expect(try Self.errors(in: Array(text.replacingOccurrences(of: good, with: bad).utf8)) != "")
    }
}

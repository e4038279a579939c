internal import FoundationEssentials

/// Why a report cannot be written or read.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong, where, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Reads and writes reports as JSON: keys sorted, indented, so that two reports can be compared with `diff`.
public enum ReportJSON {
    /// The report as a JSON document that `docs/report.schema.json` describes.
    ///
    /// - Throws: ``ReportError`` when a number is not finite; it names the member.
    public static func encode(_ report: Report) throws(ReportError) -> [UInt8] {
        try encodeAny(report)
    }

    /// A client's report as a JSON document.
    ///
    /// - Throws: ``ReportError`` when a number is not finite; it names the member.
    public static func encode(_ report: ClientReport) throws(ReportError) -> [UInt8] {
        try encodeAny(report)
    }

    /// Anything else that is printed as JSON, in the same form.
    ///
    /// - Throws: ``ReportError`` when a number is not finite; it names the member.
    public static func encode(value: some Encodable) throws(ReportError) -> [UInt8] {
        try encodeAny(value)
    }

    /// Reads what ``encode(_:)-(Report)`` wrote.
    ///
    /// - Throws: ``ReportError`` when the text is no JSON, a member is missing or of another type, or the schema is
    ///   one that this version does not know.
    public static func decodeReport(_ bytes: [UInt8]) throws(ReportError) -> Report {
        let report = try decodeAny(Report.self, bytes)
        try check(schema: report.schema, expected: Report.currentSchema)
        _ = try decodeAny(PlausibleNumbers.self, bytes)
        for (place, run) in report.runs.enumerated() {
            let nodes = 0..<max(0, run.nodes)
            for link in run.links where !nodes.contains(link.from) || !nodes.contains(link.to) {
                throw ReportError("runs[\(place)].links names a node that is not there: \(link.from) to \(link.to)")
            }
        }
        return report
    }

    /// Reads what ``encode(_:)-(ClientReport)`` wrote.
    ///
    /// - Throws: ``ReportError`` as ``decodeReport(_:)`` does.
    public static func decodeClientReport(_ bytes: [UInt8]) throws(ReportError) -> ClientReport {
        let report = try decodeAny(ClientReport.self, bytes)
        _ = try decodeAny(PlausibleNumbers.self, bytes)
        try check(schema: report.schema, expected: ClientReport.currentSchema)
        return report
    }

    /// Reads what ``encode(value:)`` wrote of a calibration.
    ///
    /// - Throws: ``ReportError`` as ``decodeReport(_:)`` does.
    public static func decodeCalibration(_ bytes: [UInt8]) throws(ReportError) -> Calibration {
        let calibration = try decodeAny(Calibration.self, bytes)
        try check(schema: calibration.schema, expected: Calibration.currentSchema)
        return calibration
    }

    /// The schema that a document says it has.
    ///
    /// - Throws: ``ReportError`` when the text is no JSON, or says none.
    public static func schema(of bytes: [UInt8]) throws(ReportError) -> String {
        struct Named: Decodable {
            var schema: String
        }
        return try decodeAny(Named.self, bytes).schema
    }

    private static func check(schema: String, expected: String) throws(ReportError) {
        guard schema == expected else {
            throw ReportError(
                "The report has the schema \"\(schema)\"; this version reads \"\(expected)\". "
                    + "Use the version of the program that wrote it.")
        }
    }

    private static func encodeAny(_ value: some Encodable) throws(ReportError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch EncodingError.invalidValue(let number, let context) {
            throw ReportError("\(path(context.codingPath)) is \(number); JSON has finite numbers only.")
        } catch {
            throw ReportError("The report cannot be written as JSON: \(error).")
        }
    }

    private static func decodeAny<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8]
    ) throws(ReportError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch DecodingError.keyNotFound(let key, let context) {
            throw ReportError("\(path(context.codingPath + [key])) is missing; the file is not a complete report.")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw ReportError("\(path(context.codingPath)) has the wrong type: \(context.debugDescription)")
        } catch DecodingError.dataCorrupted(let context) {
            throw ReportError("\(path(context.codingPath)) cannot be read: \(context.debugDescription)")
        } catch {
            throw ReportError("The report cannot be read: \(error).")
        }
    }

    /// A member's place as a reader of JSON writes it: `runs[0].latency.mean`.
    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text.isEmpty ? "The document" : text
    }
}

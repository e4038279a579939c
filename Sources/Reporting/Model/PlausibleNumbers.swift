/// Every number in a document, whatever it is called: none is further from 0 than doubles count exactly.
///
/// Figures are added up and drawn; what a damaged or made-up file says must not get as far as that. Two kinds are no
/// figures: the document's own seed, with which nobody counts, and how far clocks are apart, which can be decades and
/// is only shown.
struct PlausibleNumbers: Decodable {
    /// 2^53, beyond which not even JSON promises that a number is what was written.
    static let magnitudeMax = 9_007_199_254_740_992.0
    /// 2^62 nanoseconds, 146 years: clocks that are farther apart are not compared.
    static let clockNanosecondsMax = 4_611_686_018_427_387_904.0

    /// Members whose numbers are the distance of two clocks, wherever they stand.
    private static let clockMembers: Set = ["aheadNanoseconds", "uncertaintyNanoseconds", "errorNanoseconds"]
    private static let workerClockMembers: Set = ["clockAheadNanoseconds", "clockErrorNanoseconds"]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        // Each `try?` asks what kind of value this is; there is no other way to ask.
        if let object = try? decoder.container(keyedBy: Key.self) {
            let isDocument = decoder.codingPath.isEmpty
            for key in object.allKeys where !(isDocument && key.stringValue == "seed") {
                _ = try object.decode(Self.self, forKey: key)
            }
        } else if var array = try? decoder.unkeyedContainer() {
            while !array.isAtEnd { _ = try array.decode(Self.self) }
        } else if let number = try? decoder.singleValueContainer().decode(Double.self) {
            guard abs(number) <= Self.limit(at: decoder.codingPath.map(\.stringValue)) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "\(number) is beyond all that is counted"))
            }
        }
    }

    private static func limit(at path: [String]) -> Double {
        guard let member = path.last else { return magnitudeMax }
        let isOfClock = path.contains("clocks") && clockMembers.contains(member)
        return isOfClock || workerClockMembers.contains(member) ? clockNanosecondsMax : magnitudeMax
    }
}

/// Every number in a document, whatever it is called: none is further from 0 than doubles count exactly.
///
/// Figures are added up and drawn; what a damaged or made-up file says must not get as far as that.
struct PlausibleNumbers: Decodable {
    /// 2^53, beyond which not even JSON promises that a number is what was written.
    static let magnitudeMax = 9_007_199_254_740_992.0

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        // Each `try?` asks what kind of value this is; there is no other way to ask.
        if let object = try? decoder.container(keyedBy: Key.self) {
            // Nobody counts with a seed, and clocks can be decades apart.
            for key in object.allKeys where !["seed", "clocks"].contains(key.stringValue) {
                _ = try object.decode(Self.self, forKey: key)
            }
        } else if var array = try? decoder.unkeyedContainer() {
            while !array.isAtEnd { _ = try array.decode(Self.self) }
        } else if let number = try? decoder.singleValueContainer().decode(Double.self) {
            guard abs(number) <= Self.magnitudeMax else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "\(number) is beyond all that is counted"))
            }
        }
    }
}

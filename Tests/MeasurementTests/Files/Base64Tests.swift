import Testing

@testable import Measurement

@Suite struct Base64Tests {
    /// The vectors of RFC 4648, section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors) func isTheStandards(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func usesTheWholeAlphabet() {
        #expect(Base64.encode([0xFB, 0xEF, 0xFF, 0, 0x10, 0x83]) == "++//ABCD")
        let all = Base64.encode((0..<64).flatMap { [UInt8($0 << 2), 0, 0] })
        #expect(Set(all).count == 64)
    }

    @Test func anyBytesComeBack() {
        var generator = SeededGenerator(seed: 3)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=Zg=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "Zm9é", "Zh==",
        "Zm9=", "Zg=A",
    ])
    func whatIsNotExactlyThatIsRefused(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}

import Testing

@testable import Runtime

@Suite struct OptionsValueTests {
    @Test(arguments: [
        ("0", 0), ("64", 64), ("1k", 1_000), ("1K", 1_000), ("64KiB", 65_536), ("64Ki", 65_536), ("4MB", 4_000_000),
        ("4M", 4_000_000), ("1.5MB", 1_500_000), ("2GiB", 2 << 30), ("1B", 1), ("0.5k", 500), ("1T", 1_000_000_000_000),
        ("9223372036854775807", Int.max),
    ])
    func sizesAreExact(text: String, bytes: Int) throws {
        #expect(try ValueText.size(text) == bytes)
    }

    @Test(arguments: [
        "", "k", "1m", "1 MB", "1.5", "-1", "1..5", "1.", ".5", "1kk", "1KB B", "9223372036854775808",
        "99999999999999999999",
        "9300P", "10000000T", "1e3", "0x10", "１", "1,5k",
    ])
    func whatIsNoSizeIsRefused(text: String) {
        #expect(throws: ValueError.self) { try ValueText.size(text) }
    }

    @Test(
        arguments: [
            ("500ms", 500_000_000), ("30s", 30_000_000_000), ("2m", 120_000_000_000), ("1h", 3_600_000_000_000),
            ("250us", 250_000), ("250µs", 250_000), ("7ns", 7), ("1.5s", 1_500_000_000), ("0.25us", 250), ("0s", 0),
        ] as [(String, UInt64)])
    func durationsAreNanoseconds(text: String, nanoseconds: UInt64) throws {
        #expect(try ValueText.duration(text) == nanoseconds)
    }

    @Test func aBareNumberTakesTheDeclaredUnitOrIsRefused() throws {
        #expect(try ValueText.duration("30", bareUnit: .seconds) == 30_000_000_000)
        #expect(throws: ValueError.self) { try ValueText.duration("30") }
    }

    @Test(arguments: ["1.5ns", "5 s", "s", "1d", "-1s", "99999999999h", "1s30", ""])
    func whatIsNoDurationIsRefused(text: String) {
        #expect(throws: ValueError.self) { try ValueText.duration(text, bareUnit: .seconds) }
    }

    @Test(arguments: [
        ("1000", 1_000), ("50k", 50_000), ("1M", 1_000_000), ("1.5k", 1_500), ("0.1", 0.1), ("10/s", 10),
        ("max", .infinity),
    ])
    func ratesArePerSecond(text: String, rate: Double) throws {
        #expect(try ValueText.rate(text) == rate)
    }

    @Test func maximumIsARateOnlyWhereItIsAllowed() {
        #expect(throws: ValueError.self) { try ValueText.rate("max", allowsMax: false) }
        #expect(throws: ValueError.self) { try ValueText.rate("1kB") }
    }

    @Test(arguments: [("12", 12), ("-3", -3), ("50k", 50_000), ("0", 0), ("1.5k", 1_500)])
    func integersTakeThousands(text: String, value: Int) throws {
        #expect(try ValueText.integer(text) == value)
    }

    @Test(arguments: ["1.5", "--3", "+3", "", "-", "12x", "9223372036854775808"])
    func whatIsNoIntegerIsRefused(text: String) {
        #expect(throws: ValueError.self) { try ValueText.integer(text) }
    }

    @Test(arguments: [
        ("localhost:5550", HostPort(host: "localhost", port: 5_550)), ("[::1]:80", HostPort(host: "::1", port: 80)),
        ("node-1", HostPort(host: "node-1", port: 1)), ("[fe80::1]", HostPort(host: "fe80::1", port: 1)),
    ])
    func endpointsAreHostAndPort(text: String, endpoint: HostPort) throws {
        #expect(try ValueText.endpoint(text, defaultPort: 1) == endpoint)
        #expect(try ValueText.endpoint(endpoint.description) == endpoint)
    }

    @Test(arguments: [":80", "a:", "a:65536", "a:-1", "a:+1", "::1", "[::1", "[::1]x", "tcp://a:1", "a b:1", "", "a"])
    func whatIsNoEndpointIsRefused(text: String) {
        #expect(throws: ValueError.self) { try ValueText.endpoint(text) }
    }

    @Test(arguments: [
        ("topolgy", "topology"), ("toplogoy", "topology"), ("nodse", "nodes"), ("NODES", "nodes"),
        ("message-s", "message-size"),
    ])
    func aSlipOfTheFingerIsRecognised(typed: String, meant: String) {
        #expect(Nearest.candidate(to: typed, in: ["rate", "nodes", "topology", "message-size"]) == meant)
    }

    @Test(arguments: ["", "x", "completely-else", "me", String(repeating: "nodes", count: 1_000)])
    func whatIsFarFromEverythingHasNoSuggestion(typed: String) {
        #expect(Nearest.candidate(to: typed, in: ["rate", "nodes", "topology", "message-size"]) == nil)
    }

    @Test(arguments: [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ab", "", 2)])
    func distanceCountsEditsAndSwaps(left: String, right: String, distance: Int) {
        #expect(Nearest.editDistance(Array(left.utf8), Array(right.utf8)) == distance)
    }
}

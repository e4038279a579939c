import Runtime
import Testing

@testable import Conductor

@Suite struct QuantityTests {
    @Test(arguments: [
        ("500m", 500), ("1", 1_000), ("1.5", 1_500), ("0.001", 1), ("1m", 1), ("0.25", 250), ("4096", 4_096_000),
    ])
    func processorsAreRead(text: String, thousandths: Int) throws {
        let quantity = try Quantity(text, .processors)
        #expect(quantity.thousandths == thousandths && quantity.text == text)
    }

    @Test(arguments: [
        ("16Mi", 16 << 20), ("1Gi", 1 << 30), ("512M", 512_000_000), ("1.5Gi", 3 << 29), ("20000k", 20_000_000),
        ("64Ti", 1 << 46), ("16777216", 1 << 24),
    ])
    func memoryIsRead(text: String, bytes: Int) throws {
        #expect(try Quantity(text, .memory).thousandths == bytes * 1_000)
    }

    @Test(arguments: ["", "lots", "-1", "+1", "1.", ".5", "1.2345", "1e3", "1 ", "1M", "1Mi", "0x1", "٣", "1..2", "m"])
    func whatIsNoNumberOfProcessorsIsRefused(text: String) {
        #expect(throws: ValueError.self) { try Quantity(text, .processors) }
    }

    @Test(arguments: [
        "", "lots", "4GB", "1m", "1gi", "1 Gi", "99999999999999999999Gi", "9223372036854775807", "9000000000000000Ti",
    ])
    func whatIsNoMemoryIsRefused(text: String) {
        #expect(throws: ValueError.self) { try Quantity(text, .memory) }
    }

    @Test(arguments: [
        ("0", Quantity.Kind.processors), ("0m", .processors), ("0.0", .processors), ("4097", .processors),
        ("0", .memory), ("5", .memory), ("15Mi", .memory), ("65Ti", .memory),
    ])
    func whatNoMachineHasIsOutOfRange(text: String, kind: Quantity.Kind) {
        #expect { try Quantity(text, kind) } throws: { "\($0)".contains("out of range") }
    }
}

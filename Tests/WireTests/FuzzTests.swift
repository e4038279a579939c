import Testing

@testable import Wire

/// 20,000 seeded inputs for each decoder: whole ones, damaged ones and noise.
///
/// A decoder must not trap, must give back
/// what was encoded, and must take only the one way of writing a value: what it takes, encodes to the same bytes.
@Suite struct FuzzTests {
    private static let rounds = 20_000

    /// Feeds a decoder; `decode` answers the canonical bytes of what it read, or nil when it refused.
    private func fuzz(
        seed: UInt64, samples: (inout Seeded) -> [UInt8], decode: ([UInt8]) -> [UInt8]?
    ) {
        var seeded = Seeded(seed)
        let pool = (0..<64).map { _ in samples(&seeded) }
        var taken = 0
        for round in 0..<Self.rounds {
            let whole = pool[round % pool.count]
            let isWhole = round < pool.count
            let input = isWhole ? whole : mutate(whole, &seeded)
            let canonical = decode(input)
            if isWhole { #expect(canonical == whole, "seed \(seed), round \(round): a whole input was not given back") }
            guard let canonical else { continue }
            taken += 1
            #expect(canonical == input, "seed \(seed), round \(round): \(input) was taken for \(canonical)")
        }
        // The damage must not be such that nothing is ever taken, or refused.
        #expect(taken > pool.count && taken < Self.rounds, "seed \(seed): \(taken) inputs were taken")
    }

    private func mutate(_ bytes: [UInt8], _ seeded: inout Seeded) -> [UInt8] {
        var bytes = bytes
        switch seeded.next() % 8 {
        case 0: return seeded.bytes(upTo: 100)
        case 1: bytes.removeLast(Int.random(in: 0...bytes.count, using: &seeded))
        case 2: bytes += seeded.bytes(upTo: 20)
        case 3:
            // A count or a length somewhere becomes huge.
            guard bytes.count >= 4 else { break }
            let place = Int.random(in: 0...bytes.count - 4, using: &seeded)
            for offset in 0..<4 { bytes[place + offset] = 0xFF }
        default:
            for _ in 0..<Int.random(in: 1...3, using: &seeded) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &seeded)
                bytes[place] ^= 1 << UInt8(seeded.next() % 8)
            }
        }
        return bytes
    }

    @Test func headers() {
        fuzz(seed: 101, samples: { $0.header().frame(payload: $0.bytes(upTo: 30)) }) { input in
            guard case .header(let header) = Header.decode(input) else { return nil }
            return header.frame(payload: Array(input[Header.size...]))
        }
    }

    @Test func answers() {
        fuzz(
            seed: 102,
            samples: { seeded in
                var frame = seeded.header().frame(payload: [UInt8](repeating: 0, count: AnswerPayload.size))
                let answer = AnswerPayload(
                    count: max(1, seeded.number()), reason: seeded.number(), node: seeded.number())
                frame.withUnsafeMutableBytes { answer.encode(into: $0) }
                return frame
            },
            decode: { input in
                guard let answer = AnswerPayload.decode(input.span.bytes) else { return nil }
                var output = input
                output.withUnsafeMutableBytes { answer.encode(into: $0) }
                return output
            })
    }

    @Test func requests() {
        fuzz(seed: 103, samples: { $0.request().payload }) { try? ControlRequest(decoding: $0).payload }
    }

    @Test func responses() {
        fuzz(seed: 104, samples: { $0.response().payload }) { try? ControlResponse(decoding: $0).payload }
    }

    @Test func fullReports() {
        fuzz(seed: 105, samples: { ControlResponse.report($0.report()).payload }) {
            try? ControlResponse(decoding: $0).payload
        }
    }

    @Test func beacons() {
        fuzz(seed: 106, samples: { $0.beacon().payload }) { try? Beacon(decoding: $0).payload }
    }

    @Test func heartbeats() {
        fuzz(
            seed: 107,
            samples: { HeartbeatPayload(term: $0.number() / 2, intervalNanoseconds: $0.number()).payload },
            decode: { try? HeartbeatPayload(decoding: $0).payload })
    }

    @Test func turns() {
        fuzz(seed: 108, samples: { TurnPayload(next: $0.number()).payload }) { try? TurnPayload(decoding: $0).payload }
    }

    @Test func orders() {
        fuzz(
            seed: 109,
            samples: { seeded in
                OrderPayload(
                    id: seeded.number(), kind: OrderKind.allCases.randomElement(using: &seeded) ?? .limit,
                    side: OrderSide.allCases.randomElement(using: &seeded) ?? .buy,
                    price: Int64(bitPattern: seeded.next()), quantity: Int32(truncatingIfNeeded: seeded.next()),
                    symbol: seeded.number()
                ).payload + seeded.bytes(upTo: 8)
            },
            decode: { input in
                guard case .order(let order) = OrderPayload.decode(input.span.bytes) else { return nil }
                return order.payload + input.dropFirst(OrderPayload.size)
            })
    }
}

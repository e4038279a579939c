import Cluster
import Measurement
import Testing

@testable import Runtime

/// Reading and refusing load shapes as they are written.
@Suite struct LoadShapeTextTests {
    private static func wrong(_ text: String, _ read: (String) throws(ValueError) -> Void) -> String {
        do throws(ValueError) {
            try read(text)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func plansAndRampsAreRead() throws {
        let ramp = try LoadShapeText.ramp("1.5k..100k@60s")
        #expect(ramp.pieces == [RatePlan.Piece(begin: 1_500, end: 100_000, nanoseconds: 60_000_000_000)])
        let plan = try LoadShapeText.plan("10k@10s,20k/s@500ms,5@2m")
        #expect(plan.pieces.map(\.begin) == [10_000, 20_000, 5] && plan.nanoseconds == 130_500_000_000)
        for plan in [ramp, plan] {
            let (option, text) = LoadShapeOptions.words(for: plan)
            #expect(try option == "ramp" ? LoadShapeText.ramp(text) == plan : LoadShapeText.plan(text) == plan)
        }
    }

    @Test(arguments: [
        ("0..5@1s", "no rate at which anything happens"), ("5@1s", "no ramp"), ("1..5", "no time"),
        ("1..2G@1s", "out of range"), ("1..5@0s", "out of range"), ("1..5@200d", "unknown unit"),
        ("1..5@2401h", "out of range"), ("-5..5@1s", "not a number"), ("a..b@1s", "a rate per second"),
        ("", "no time"),
    ])
    func rampsThatCannotBeAreRefused(text: String, problem: String) throws {
        let told = Self.wrong(text) { text throws(ValueError) in _ = try LoadShapeText.ramp(text) }
        #expect(told.contains(problem), "\(told)")
    }

    @Test(arguments: [
        ("10k", "no time"), ("10k@10s,", "no time"), ("0@1s", "no rate"), ("max@1s", "a rate per second"),
        ("1k@1s,1T@1s", "not a rate"), ("1k@1s;2k@1s", "unit"),
    ])
    func plansThatCannotBeAreRefused(text: String, problem: String) throws {
        let told = Self.wrong(text) { text throws(ValueError) in _ = try LoadShapeText.plan(text) }
        #expect(told.contains(problem), "\(told)")
    }

    @Test(arguments: [
        ("burst:0", "out of range"), ("burst:", "whole number"), ("burst:2000000", "out of range"),
        ("poison", "did you mean \"poisson\""), ("replay:", "not known"), ("", "not known"),
    ])
    func arrivalsThatCannotBeAreRefused(text: String, problem: String) throws {
        let told = Self.wrong(text) { text throws(ValueError) in _ = try LoadShapeText.arrivals(text) }
        #expect(told.contains(problem), "\(told)")
    }

    @Test func arrivalsAreRead() throws {
        #expect(try LoadShapeText.arrivals("burst:64").arrivals == .burst(64))
        #expect(try LoadShapeText.arrivals("replay:a:b.csv").path == "a:b.csv")
    }

    @Test func sizesAreRead() throws {
        #expect(try LoadShapeText.sizes("64KiB") == .fixed(65_536))
        #expect(try LoadShapeText.sizes("uniform:64..4k") == .uniform(64...4_000))
        let mix = try LoadShapeText.sizes("mix:64=70%,1k=0.5")
        #expect(
            mix == .mix([MessageSizes.Part(bytes: 64, weight: 70), MessageSizes.Part(bytes: 1_000, weight: 0.5)]))
    }

    @Test(arguments: [
        ("39", "from 40 to"), ("17MiB", "from 40 to"), ("0", "from 40 to"), ("uniform:64", "no range"),
        ("uniform:39..64", "from 40"), ("uniform:64..40", "the smaller first"), ("mix:", "no share"),
        ("mix:64", "no share"), ("mix:64=0", "out of range"), ("mix:64=-1", "out of range"), ("mix:9=1", "from 40"),
        ("uniform", "a size such as"), ("-64", "a size such as"),
    ])
    func sizesThatCannotBeAreRefused(text: String, problem: String) throws {
        let told = Self.wrong(text) { text throws(ValueError) in _ = try LoadShapeText.sizes(text) }
        #expect(told.contains(problem), "\(told)")
    }

    @Test func timesToThinkAreRead() throws {
        #expect(try LoadShapeText.think("100ms..2s") == 100_000_000...2_000_000_000)
        #expect(try LoadShapeText.think("1.5s") == 1_500_000_000...1_500_000_000)
        for text in ["2s..1s", "..", "1s..", "x", "99999h"] {
            #expect(Self.wrong(text) { text throws(ValueError) in _ = try LoadShapeText.think(text) } != "")
        }
    }

    @Test func queuesOfLargeMessagesAreShort() throws {
        #expect(QueueLimits.messages(10_000, of: 64, within: QueueLimits.linkBytesMax) == 10_000)
        #expect(QueueLimits.messages(10_000, of: 16 << 20, within: QueueLimits.linkBytesMax) == 4)
        #expect(QueueLimits.messages(3, of: 16 << 20, within: QueueLimits.linkBytesMax) == 3)
        #expect(QueueLimits.messages(10_000, of: 16 << 20, queues: 3_000) == 1)
    }
}

import Testing

@testable import Runtime

/// What the kernel tells of scheduling, read from its texts.
@Suite struct SchedulerRecordTests {
    @Test func readsWhatWasStolen() throws {
        let before = try #require(ProcessorTime(stat: "cpu  100 0 50 800 10 0 5 35 7 0\ncpu0 1 2 3 4 5 6 7 8\n"))
        #expect(before == ProcessorTime(stat: "cpu  100 0 50 800 10 0 5 35 99 99\n"), "guests' time is in user's")
        #expect(before.total == 1_000 && before.steal == 35)
        let after = try #require(ProcessorTime(stat: "cpu  150 0 50 840 10 0 5 45 7 0\n"))
        #expect(after.stealPercent(since: before) == 10)
        #expect(before.stealPercent(since: after) == 0, "time that went backwards says nothing")
    }

    @Test(arguments: ["", "cpu 1 2 3\n", "cpu0 1 2 3 4 5 6 7 8\n", "intr 1 2 3 4 5 6 7 8"])
    func aTextOfAnotherFormSaysNothing(text: String) {
        #expect(ProcessorTime(stat: text) == nil)
    }

    @Test func readsLoadAverages() {
        #expect(SchedulerRecord.loadAverage("0.52 1.00 2.25 1/123 4567\n") == [0.52, 1, 2.25])
        #expect(SchedulerRecord.loadAverage("0.52 x 2.25") == [])
        #expect(SchedulerRecord.loadAverage("") == [])
    }

    @Test func tellsVirtualProcessors() {
        #expect(SchedulerRecord.isVirtual("processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n"))
        #expect(!SchedulerRecord.isVirtual("processor\t: 0\nflags\t\t: fpu vme nohypervisor lahf_lm\n"))
        #expect(!SchedulerRecord.isVirtual(""))
    }

    @Test func thisMachineHasProcessorTime() throws {
        let first = try #require(ProcessorTime.read())
        let second = try #require(ProcessorTime.read())
        #expect(first.total > 0 && second.total >= first.total)
    }
}

import Glibc
import Testing

@testable import Runtime

@Suite struct LinuxProcessTests {
    private static let rest =
        " S 1 42 42 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 7 0 12345 1000 200 18446744073709551615 0 0 0 0"

    @Test func thisProcessHasPlausibleStatistics() throws {
        let statistics = try ProcessStatistics.read()
        #expect(statistics.pid == getpid())
        #expect(statistics.cpuNanoseconds > 0)
        #expect(statistics.residentBytes > 1 << 20)
        #expect(statistics.residentAnonymousBytes > 0)
        #expect(statistics.residentAnonymousBytes <= statistics.residentBytes)
        #expect(statistics.peakResidentBytes > 1 << 20)
        #expect(statistics.virtualBytes > statistics.residentBytes)
        #expect(statistics.threads >= 1)
        #expect(statistics.openFiles >= 3)
        #expect(statistics.startNanosecondsSinceBoot > 0)
        #expect(["R", "S", "D"].contains(statistics.state))
    }

    @Test func cpuTimeOnlyGrows() throws {
        let before = try ProcessStatistics.read()
        var sum: UInt64 = 0
        for value in 0..<200_000 as Range<UInt64> { sum = sum &* 31 &+ value }
        let after = try ProcessStatistics.read()
        #expect(sum != 0)
        #expect(after.cpuNanoseconds > before.cpuNanoseconds)
    }

    @Test func anotherProcessIsReadAndAMissingOneIsAnError() throws {
        let child = try ChildProcess(ChildRequest(program: "sleep", arguments: ["1000"], diesWithParent: false))
        let statistics = try ProcessStatistics.read(pid: child.pid)
        #expect(statistics.pid == child.pid)
        #expect(statistics.threads == 1)
        #expect(statistics.residentBytes > 0)
        try child.send(SIGKILL)
        _ = try child.wait()
        #expect(throws: SystemError.self) { try ProcessStatistics.read(pid: child.pid) }
    }

    @Test func aZombieHasNoMemory() throws {
        let child = try ChildProcess(ChildRequest(program: "true", output: .pipe, diesWithParent: false))
        // The descriptor is readable once it has ended; it is not reaped, so it stays a zombie.
        var entry = pollfd(fd: child.exitDescriptor, events: Int16(POLLIN), revents: 0)
        #expect(Glibc.poll(&entry, 1, 10_000) == 1)
        let statistics = try ProcessStatistics.read(pid: child.pid)
        #expect(statistics.state == "Z")
        #expect(statistics.residentBytes == 0)
        _ = try child.wait()
    }

    @Test(arguments: ["znode", "a b", "(sd-pam)", "a) R 1 (", ") ) )", "", "x)(y", "é"])
    func theNameOfAProgramCannotConfuse(name: String) throws {
        let statistics = try #require(ProcessStatistics(stat: "42 (\(name))\(Self.rest)", ticksPerSecond: 100))
        #expect(statistics.pid == 42)
        #expect(statistics.state == "S")
        #expect(statistics.userNanoseconds == 1_500_000_000)
        #expect(statistics.systemNanoseconds == 500_000_000)
        #expect(statistics.threads == 7)
        #expect(statistics.startNanosecondsSinceBoot == 123_450_000_000)
    }

    @Test(arguments: [
        "", "42", "42 (a", ")(", "x (a) S 1", "42 (a)", "42 (a) S 1 2 3",
        "42 (a) S" + String(repeating: " -1", count: 30),
    ])
    func whatIsNoStatIsRefused(text: String) {
        #expect(ProcessStatistics(stat: text, ticksPerSecond: 100) == nil)
        #expect(ProcessStatistics(stat: text, ticksPerSecond: 0) == nil)
    }

    @Test func hugeCountersDoNotTrap() {
        let fields = " S" + String(repeating: " \(UInt64.max)", count: 30)
        #expect(ProcessStatistics(stat: "42 (a)\(fields)", ticksPerSecond: 100) == nil)
        #expect(ProcessStatistics(stat: "42 (a)\(fields)", ticksPerSecond: .max) != nil)
        #expect(KernelText.kibibytes("99999999999999999999 kB") == 0)
        #expect(KernelText.kibibytes("\(UInt64.max) kB") == 0)
        #expect(KernelText.kibibytes("12 kB") == 12_288)
        #expect(KernelText.kibibytes("12 MB") == 0)
    }

    @Test func theMachineIsDescribed() {
        let record = MachineRecord.read()
        #expect(!record.hostName.isEmpty)
        #expect(record.bootID.utf8.count == 36)
        #expect(record.bootID == MachineRecord.bootID())
        #expect(MachineRecord.clockID().hasPrefix(record.bootID), "a clock is of one boot")
        #expect(record.processorsOnline >= 1)
        #expect(record.processorsUsable >= 1)
        #expect(record.kernelRelease.contains("."))
        #expect(record.memoryTotalBytes > record.memoryAvailableBytes)
        #expect(record.memoryAvailableBytes > 0)
        #expect(!record.architecture.isEmpty)
    }

    @Test func recordsOfOtherMachinesAreUnderstood() {
        #expect(
            MachineRecord.processorModel("processor\t: 0\nmodel name\t: AMD EPYC: 7B13 \nmodel name\t: x\n")
                == "AMD EPYC: 7B13")
        #expect(MachineRecord.processorModel("") == "unknown")
        #expect(MachineRecord.operatingSystem("ID=x\nPRETTY_NAME=\"Debian 12\"\n") == "Debian 12")
        #expect(MachineRecord.operatingSystem("PRETTY_NAME=Plain\n") == "Plain")
        #expect(MachineRecord.operatingSystem("PRETTY_NAME=\"") == "\"")
        #expect(MachineRecord.processorQuota("150000 100000\n") == 1.5)
        #expect(MachineRecord.processorQuota("max 100000\n") == nil)
        #expect(MachineRecord.processorQuota("1 0") == nil)
    }

    @Test func clocksGoForward() {
        let before = MonotonicClock.now()
        #expect(MonotonicClock.now() >= before)
        #expect(UTCTime(nanosecondsSince1970: WallClock.now()).year >= 2_024)
    }

    @Test func theKernelGrantsAThreadItsWishes() throws {
        let slack = try CurrentThread.timerSlackNanoseconds()
        try CurrentThread.setTimerSlack(nanoseconds: 1_234)
        #expect(try CurrentThread.timerSlackNanoseconds() == 1_234)
        try CurrentThread.setTimerSlack(nanoseconds: slack)
        let before = try Files.readText("/proc/thread-self/comm")
        try CurrentThread.setName("a-name-that-is-too-long")
        #expect(try Files.readText("/proc/thread-self/comm") == "a-name-that-is-\n")
        try CurrentThread.setName(String(before.dropLast()))
    }

    @Test func theOpenFileLimitIsRaisedAsFarAsAllowed() throws {
        let first = try CurrentProcess.raiseOpenFileLimit(to: 256)
        #expect(first >= 256)
        #expect(try CurrentProcess.raiseOpenFileLimit(to: first) == first)
        #expect(try CurrentProcess.raiseOpenFileLimit(to: 1) == first)
    }
}

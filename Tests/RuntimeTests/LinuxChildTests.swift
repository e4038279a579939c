import Glibc
import Runtime
import TestSupport
import Testing

@Suite struct LinuxChildTests {
    private func child(_ program: String, _ arguments: [String] = [], output: ChildOutput = .inherit) throws
        -> ChildProcess
    {
        try ChildProcess(ChildRequest(program: program, arguments: arguments, output: output, diesWithParent: false))
    }

    @Test(arguments: [("/bin/true", 0), ("true", 0), ("/bin/false", 1)] as [(String, Int32)])
    func theExitCodeIsReported(program: String, code: Int32) throws {
        let exit = try child(program).wait()
        #expect(exit.code == code)
        #expect(exit.signal == nil)
        #expect(exit.isSuccess == (code == 0))
        #expect(exit.peakResidentBytes > 0)
    }

    @Test func aMissingProgramIsAClearError() {
        let error = #expect(throws: SystemError.self) { try child("/nowhere/znode") }
        #expect(error == SystemError(operation: "start", path: "/nowhere/znode", code: ENOENT))
        #expect(error?.description == "cannot start /nowhere/znode: No such file or directory (ENOENT)")
        #expect(throws: SystemError.self) { try child("no-such-program-here") }
        #expect(#expect(throws: SystemError.self) { try child("/etc/passwd") }?.code == EACCES)
    }

    @Test func aMissingDirectoryIsAClearError() {
        let request = ChildRequest(program: "true", workingDirectory: "/nowhere")
        let error = #expect(throws: SystemError.self) { try ChildProcess(request) }
        #expect(error?.description == "cannot start true in the directory /nowhere: No such file or directory (ENOENT)")
    }

    @Test func aNULInAnArgumentIsRefused() {
        #expect(#expect(throws: SystemError.self) { try child("echo", ["a\0b"]) }?.code == EINVAL)
    }

    @Test func argumentsEnvironmentAndDirectoryArrive() throws {
        var request = ChildRequest(
            program: "/bin/sh",
            arguments: ["-c", "printf '%s|' \"$@\" \"$COLOUR\" \"$HOME\" \"$(pwd)\"", "sh", "a b", "", "*"],
            environment: ["COLOUR": "red", "PATH": "/bin:/usr/bin"], workingDirectory: "/", output: .pipe)
        request.diesWithParent = false
        let child = try ChildProcess(request)
        #expect(try child.readOutput() == "a b||*|red||/|")
        #expect(try child.wait().isSuccess)
    }

    @Test func outputGoesToTheEndOfAFile() throws {
        let directory = try TestFolder()
        for word in ["one", "two"] {
            _ = try child("/bin/sh", ["-c", "echo \(word); echo error >&2"], output: .append(directory("log"))).wait()
        }
        #expect(try Files.readText(directory("log")) == "one\nerror\ntwo\nerror\n")
    }

    /// A child that says when it is there, and what a signal to end makes it do.
    private func shell(atTERM action: String, sayingInto path: String) throws -> ChildProcess {
        let script = "trap '\(action)' TERM; echo there; while :; do sleep 0.01; done"
        let child = try child("/bin/sh", ["-c", script], output: .append(path))
        let deadline = MonotonicClock.now() + 30_000_000_000
        while try Files.readText(path).isEmpty, MonotonicClock.now() < deadline { usleep(1_000) }
        return child
    }

    @Test func aChildThatObeysIsNotForced() throws {
        let directory = try TestFolder()
        let child = try shell(atTERM: "exit 7", sayingInto: directory("log"))
        #expect(child.end(withinMilliseconds: 30_000)?.code == 7)
        #expect(child.end()?.code == 7, "it has ended already")
    }

    @Test func aChildThatDoesNotObeyIsForcedWhenItsTimeIsOver() throws {
        let directory = try TestFolder()
        let deaf = try shell(atTERM: "", sayingInto: directory("deaf"))
        let obedient = try shell(atTERM: "exit 7", sayingInto: directory("obedient"))
        var asked: [Int] = []
        ChildProcess.end([deaf, obedient]) { place, _ in
            asked.append(place)
            return place == 1 || asked.count < 3
        }
        #expect(deaf.exit?.signal == SIGKILL)
        #expect(obedient.exit?.code == 7)
        #expect(asked.prefix(3) == [0, 0, 0])
    }

    @Test func aChildCanBeForcedAtOnce() throws {
        let child = try child("sleep", ["1000"])
        #expect(child.forceEnd()?.signal == SIGKILL)
    }

    @Test func standardErrorCanGoItsOwnWay() throws {
        let directory = try TestFolder()
        let request = ChildRequest(
            program: "/bin/sh", arguments: ["-c", "echo out; echo error >&2"], output: .pipe,
            errorOutput: .append(directory("errors")), diesWithParent: false)
        let child = try ChildProcess(request)
        #expect(try child.readOutput() == "out\n")
        #expect(try child.wait().isSuccess)
        #expect(try Files.readText(directory("errors")) == "error\n")
    }

    @Test func aFileThatCannotBeWrittenIsAnError() {
        #expect(
            #expect(throws: SystemError.self) { try child("true", output: .append("/nowhere/log")) }?.code == ENOENT)
    }

    @Test func endlessOutputIsBounded() throws {
        let child = try child("/bin/sh", ["-c", "exec cat /dev/zero"], output: .pipe)
        #expect(#expect(throws: SystemError.self) { try child.readOutput(limit: 100_000) }?.code == EFBIG)
        try child.send(SIGKILL)
        #expect(try child.wait().signal == SIGKILL)
    }

    @Test func aChildIsPolledAndEndedThroughItsDescriptor() throws {
        let child = try child("sleep", ["1000"])
        #expect(try child.poll() == nil)
        #expect(try child.wait(milliseconds: 0) == nil)
        try child.send(SIGTERM)
        let exit = try #require(try child.wait(milliseconds: 10_000))
        #expect(exit.signal == SIGTERM)
        #expect(exit.code == nil)
        #expect(exit.description == "was ended by signal 15")
        // It is gone and reaped: asking again, or sending again, is harmless.
        try child.send(SIGKILL)
        #expect(try child.wait() == exit)
    }

    @Test func theWholeGroupCanBeEnded() throws {
        let child = try child("/bin/sh", ["-c", "sleep 1000 & echo started; wait"], output: .pipe)
        // The pipe stays open as long as the grandchild lives, so reading to its end proves that both have ended.
        var byte: UInt8 = 0
        #expect(read(try #require(child.outputDescriptor), &byte, 1) == 1)
        try child.sendToGroup(SIGKILL)
        #expect(try child.readOutput().hasSuffix("tarted\n"))
        #expect(try child.wait().signal == SIGKILL)
    }

    @Test func aChildLeadsItsOwnGroupAndHasNoOtherDescriptors() throws {
        let inherited = open("/dev/null", O_RDONLY)  // Without O_CLOEXEC, on purpose.
        defer { close(inherited) }
        let script = "cut -d' ' -f5 /proc/$$/stat; echo $$; ls /proc/$$/fd; readlink /proc/$$/fd/0"
        let words = try output("/bin/sh", ["-c", script]).text.split(whereSeparator: \.isWhitespace)
        #expect(words.count == 6)
        #expect(words.first == words.dropFirst().first)
        #expect(words.dropFirst(2) == ["0", "1", "2", "/dev/null"])
    }

    @Test func aChildHasNoBlockedOrIgnoredSignals() throws {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGUSR2)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        defer { pthread_sigmask(SIG_UNBLOCK, &set, nil) }
        let text = try output("grep", ["-E", "^Sig(Blk|Ign)", "/proc/self/status"]).text
        #expect(text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test func aChildDiesWithTheThreadThatStartedIt() throws {
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { _ in
                let request = ChildRequest(program: "sleep", arguments: ["1000"], diesWithParent: true)
                guard let child = try? ChildProcess(request) else { return nil }
                return Unmanaged.passRetained(child).toOpaque()
            }, nil)
        #expect(started == 0)
        var result: UnsafeMutableRawPointer?
        pthread_join(thread, &result)
        let child = Unmanaged<ChildProcess>.fromOpaque(try #require(result)).takeRetainedValue()
        #expect(try child.wait(milliseconds: 10_000)?.signal == SIGKILL)
    }
}

@Suite struct LinuxSignalTests {
    @Test func aSignalIsReadFromTheDescriptor() throws {
        let signals = try SignalDescriptor([SIGUSR1])
        defer { signals.unblock() }
        #expect(try signals.next() == nil)
        #expect(try signals.wait(milliseconds: 0) == nil)
        // To this thread: another test's thread does not block the signal, and would die of it.
        pthread_kill(pthread_self(), SIGUSR1)
        let pending = try #require(try signals.wait(milliseconds: 10_000))
        #expect(pending.number == SIGUSR1)
        #expect(pending.sender == getpid())
        #expect(try signals.next() == nil)
    }

    @Test func aNumberThatIsNoSignalIsAnError() {
        #expect(throws: SystemError.self) { _ = try SignalDescriptor([9_999]) }
    }

    @Test func writingToAClosedPipeIsAnErrorAfterwards() throws {
        let signals = try SignalDescriptor([SIGUSR1])
        defer { signals.unblock() }
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        #expect(write(ends[1], "x", 1) == -1)
        close(ends[1])
    }
}

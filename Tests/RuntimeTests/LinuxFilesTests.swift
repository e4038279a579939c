import Glibc
import Runtime
import TestSupport
import Testing

@Suite struct LinuxFilesTests {
    @Test func anAtomicWriteReplacesAndLeavesNothingBehind() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("report"), text: "old")
        try Files.writeAtomically(directory("report"), text: "new")
        #expect(try Files.readText(directory("report")) == "new")
        #expect(try Files.list(directory.path) == ["report"])
    }

    @Test func aWriteThatFailsLeavesTheOldFileAndNothingElse() throws {
        let directory = try TestFolder()
        try Files.makeDirectories(directory("taken/inside"))
        let error = #expect(throws: SystemError.self) { try Files.writeAtomically(directory("taken"), text: "x") }
        #expect(error?.code == EISDIR)
        #expect(error?.path == directory("taken"))
        #expect(try Files.list(directory.path) == ["taken"])
        #expect(
            #expect(throws: SystemError.self) { try Files.writeAtomically(directory("no/file"), text: "x") }?.code
                == ENOENT)
        #expect(throws: SystemError.self) { try Files.writeAtomically("", text: "x") }
        #expect(throws: SystemError.self) { try Files.writeAtomically(directory("a\0b"), text: "x") }
        #expect(try Files.list(directory.path) == ["taken"])
    }

    @Test func ofSeveralFilesAllAreReplacedOrNone() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("first"), text: "old")
        let new = Array("new".utf8)
        let error = #expect(throws: SystemError.self) {
            try Files.writeAllAtomically([
                (directory("first"), new), (directory("second"), new), (directory("no/third"), new),
            ])
        }
        #expect(error?.code == ENOENT && error?.path == directory("no/third"))
        #expect(try Files.list(directory.path) == ["first"] && Files.readText(directory("first")) == "old")
        try Files.writeAllAtomically([(directory("first"), new), (directory("second"), new)])
        #expect(try Files.readText(directory("first")) == "new" && Files.readText(directory("second")) == "new")
        #expect(try Files.list(directory.path) == ["first", "second"])
    }

    @Test func aFileMovesAndReplaces() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("a"), text: "a")
        try Files.writeAtomically(directory("b"), text: "b")
        try Files.move(directory("a"), to: directory("b"))
        #expect(try Files.list(directory.path) == ["b"] && Files.readText(directory("b")) == "a")
        #expect(throws: SystemError.self) { try Files.move(directory("none"), to: directory("b")) }
        #expect(try Files.readText(directory("b")) == "a")
    }

    @Test func whatIsNoFileIsWrittenToAndNotReplaced() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("target"), text: "longer than what follows")
        try #require(symlink(directory("target"), directory("link")) == 0)
        try Files.writeAtomically(directory("link"), text: "new")
        #expect(try Files.readText(directory("target")) == "new")
        try #require(mkfifo(directory("pipe"), 0o600) == 0)
        let pipe = open(directory("pipe"), O_RDWR | O_CLOEXEC)
        defer { close(pipe) }
        try Files.writeAtomically(directory("pipe"), text: "x")
        var byte: UInt8 = 0
        #expect(read(pipe, &byte, 1) == 1 && byte == UInt8(ascii: "x"))
        try #require(symlink("/dev/full", directory("full")) == 0)
        let error = #expect(throws: SystemError.self) { try Files.writeAtomically(directory("full"), text: "x") }
        #expect(error?.code == ENOSPC && error?.path == directory("full"))
        #expect(try Files.list(directory.path) == ["full", "link", "pipe", "target"])
    }

    @Test func aFullDiskSaysWhatToDo() {
        let error = SystemError(operation: "write", path: "results/report.json", code: ENOSPC)
        #expect(
            error.description
                == "cannot write results/report.json: No space left on device (ENOSPC); free some space, or choose another directory"
        )
        #expect(SystemError(operation: "read", code: 99_999).description == "cannot read: unknown error (errno 99999)")
    }

    @Test func readingIsBounded() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("ten"), text: "0123456789")
        #expect(try Files.readText(directory("ten"), limit: 10) == "0123456789")
        #expect(#expect(throws: SystemError.self) { try Files.readText(directory("ten"), limit: 9) }?.code == EFBIG)
        #expect(#expect(throws: SystemError.self) { try Files.readBytes("/dev/zero", limit: 100_000) }?.code == EFBIG)
        #expect(#expect(throws: SystemError.self) { try Files.readBytes(directory.path) }?.code == EISDIR)
        #expect(#expect(throws: SystemError.self) { try Files.readBytes(directory("missing")) }?.code == ENOENT)
        #expect(try !Files.readText("/proc/self/status").isEmpty)
    }

    @Test func bytesThatAreNotTextAreRepaired() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("bytes"), [0x61, 0xFF, 0x62])
        #expect(try Files.readText(directory("bytes")) == "a\u{FFFD}b")
        #expect(try Files.readBytes(directory("bytes")) == [0x61, 0xFF, 0x62])
    }

    @Test func directoriesAreMadeWithThoseAboveThem() throws {
        let directory = try TestFolder()
        try Files.makeDirectories(directory("a/b//c/"))
        try Files.makeDirectories(directory("a/b/c"))
        #expect(Files.isDirectory(directory("a/b/c")))
        try Files.writeAtomically(directory("file"), text: "")
        let error = #expect(throws: SystemError.self) { try Files.makeDirectories(directory("file/d")) }
        #expect(error?.code == ENOTDIR)
        #expect(error?.path == directory("file"))
        #expect(Files.exists(directory("file")))
        #expect(!Files.isDirectory(directory("file")))
    }

    @Test func aLinkIsReplaced() throws {
        let directory = try TestFolder()
        try Files.makeDirectories(directory("first"))
        try Files.makeDirectories(directory("second"))
        try Files.replaceSymbolicLink(directory("latest"), target: "first")
        try Files.replaceSymbolicLink(directory("latest"), target: "second")
        try Files.writeAtomically(directory("latest/file"), text: "x")
        #expect(Files.exists(directory("second/file")))
        #expect(try Files.list(directory.path) == ["first", "latest", "second"])
        #expect(throws: SystemError.self) { try Files.replaceSymbolicLink(directory("first"), target: "second") }
        #expect(try Files.list(directory.path) == ["first", "latest", "second"])
    }

    @Test func removingTwiceIsNoError() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("x"), text: "")
        try Files.remove(directory("x"))
        try Files.remove(directory("x"))
        #expect(throws: SystemError.self) { try Files.remove(directory.path) }
    }

    @Test func aDirectoryOfManyNamesIsListed() throws {
        let directory = try TestFolder()
        let long = String(repeating: "n", count: 240)
        for index in 0..<400 { try #require(close(open(directory("\(long)\(index)"), O_CREAT | O_WRONLY, 0o600)) == 0) }
        #expect(try Files.list(directory.path).count == 400)
        #expect(throws: SystemError.self) { try Files.list(directory("missing")) }
    }

    @Test(arguments: [
        ("", 5, []), ("\n", 5, [""]), ("a", 5, ["a"]), ("a\n", 5, ["a"]), ("a\nb\nc\n", 2, ["b", "c"]),
        ("a\n\nb", 2, ["", "b"]),
        ("a\nb", 0, []), ("a\nb", -1, []),
    ])
    func theTailIsTheLastLines(text: String, lines: Int, tail: [String]) throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("log"), text: text)
        #expect(try Files.tail(directory("log"), lines: lines) == tail)
    }

    @Test func theTailOfALargeFileIsBounded() throws {
        let directory = try TestFolder()
        try Files.writeAtomically(directory("log"), text: (0..<100_000).map { "line \($0)\n" }.joined())
        #expect(try Files.tail(directory("log"), lines: 2) == ["line 99998", "line 99999"])
        // 25 bytes hold two whole lines and the end of a third, which is left out.
        #expect(try Files.tail(directory("log"), lines: 9, byteLimit: 25) == ["line 99998", "line 99999"])
        #expect(try Files.tail(directory("log"), lines: 9, byteLimit: 4) == ["999"])
        #expect(throws: SystemError.self) { try Files.tail(directory("missing"), lines: 1) }
    }
}

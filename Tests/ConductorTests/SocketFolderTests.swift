import Glibc
import Runtime
import TestSupport
import Testing

@testable import Conductor

/// What is swept away is what was abandoned, and nothing else.
@Suite struct SocketFolderTests {
    /// A folder of one test's own in the place of /tmp.
    private static func withParent(_ body: (String) throws -> Void) throws {
        let parent = try TestFolder()
        try body(parent.path)
    }

    private static func abandon(_ path: String) throws {
        let folder = try SocketFolder(path)
        try Files.writeAtomically(folder.path + "/node-0.events", text: "")
        // Its lock goes with it, as with a process that is killed.
    }

    /// Sweeps until it is so.
    ///
    /// A process that another test starts just now holds a copy of the lock until it is the program that it starts.
    private static func sweep(_ parent: String, until isSo: () throws -> Bool) throws -> Bool {
        let deadline = MonotonicClock.now() + 30_000_000_000
        while MonotonicClock.now() < deadline {
            SocketFolder.removeAbandoned(in: parent)
            if try isSo() { return true }
            sched_yield()
        }
        return false
    }

    @Test func whatAProcessLeftBehindIsRemoved() throws {
        try Self.withParent { parent in
            try Self.abandon(parent + "/zbed-17")
            #expect(try Files.list(parent + "/zbed-17") == ["node-0.events", SocketFolder.marker])
            #expect(try Self.sweep(parent, until: { try Files.list(parent).isEmpty }))
        }
    }

    @Test func whatIsInUseStaysUntilItsOwnerRemovesIt() throws {
        try Self.withParent { parent in
            let folder = try SocketFolder(parent + "/zbed-17")
            SocketFolder.removeAbandoned(in: parent)
            #expect(try Files.list(folder.path) == [SocketFolder.marker])
            folder.remove()
            #expect(try Files.list(parent).isEmpty)
        }
    }

    @Test func whatIsNotOfThisProductStays() throws {
        try Self.withParent { parent in
            try Files.makeDirectories(parent + "/zbed-1")
            try Self.abandon(parent + "/zbed-name")
            try Self.abandon(parent + "/elsewhere")
            try Files.replaceSymbolicLink(parent + "/zbed-2", target: "elsewhere")
            try Self.abandon(parent + "/zbed-3")
            try Files.writeAtomically(parent + "/zbed-3/letter", text: "dear")
            #expect(try Self.sweep(parent, until: { try Files.list(parent + "/zbed-3") == ["letter"] }))
            #expect(try Files.list(parent) == ["elsewhere", "zbed-1", "zbed-2", "zbed-3", "zbed-name"])
            #expect(try Files.list(parent + "/elsewhere").count == 2)
        }
    }
}

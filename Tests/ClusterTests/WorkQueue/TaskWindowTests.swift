import Testing

@testable import Cluster

/// The tasks that the source keeps.
@Suite struct TaskWindowTests {
    private static func window(_ count: Int, lengthMax: Int = 8, workers: Int = 2) -> TaskWindow {
        var window = TaskWindow(lengthMax: lengthMax)
        for number in 0..<count { window.append(dueNanoseconds: UInt64(100 + number), worker: number % workers) }
        return window
    }

    @Test func itEndsAWindowAfterTheOldestTaskThatIsNotDone() {
        var window = Self.window(8)
        #expect(!window.hasRoom && window.openCount == 8)
        #expect(window.markDone(1) == .worker(1))
        #expect(!window.hasRoom, "one is done, but not the oldest: the span counts")
        #expect(window.markDone(0) == .worker(0))
        #expect(window.hasRoom && window.base == 2 && window.openCount == 6)
    }

    @Test(arguments: [1, 3, 5, 1_000]) func lengthsThatAreNoPowerOfTwoAreKept(lengthMax: Int) {
        var window = TaskWindow(lengthMax: lengthMax)
        for round in 0..<3 {
            while window.hasRoom { window.append(dueNanoseconds: window.end * 7, worker: 0) }
            #expect(window.end - window.base == UInt64(lengthMax))
            for position in window.base..<window.end {
                #expect(window.due(of: position) == position * 7, "round \(round)")
                _ = window.markDone(position)
            }
            #expect(window.isEmpty && window.openCount == 0)
        }
    }

    @Test func whatIsTakenBackIsHandedOutAgainOldestFirst() {
        var window = Self.window(6)
        #expect(window.takeBack(from: 1) == [1, 3, 5])
        #expect(window.takeBack(from: 0) == [0, 2, 4])
        for position: UInt64 in 0..<6 {
            #expect(window.firstAgain() == position && window.holder(of: position) == .nobody)
            window.handAgain(position, to: 7)
            #expect(window.holder(of: position) == .worker(7))
        }
        #expect(window.firstAgain() == nil && !window.mayHaveAgain)
    }

    @Test func whatBecomesDoneWhileItWaitsIsNotHandedOutAgain() {
        var window = Self.window(4)
        _ = window.takeBack(from: 0)
        #expect(window.markDone(0) == .nobody)
        #expect(window.firstAgain() == 2)
        #expect(window.markDone(2) == .nobody)
        #expect(window.firstAgain() == nil)
        #expect(window.base == 1 && window.openCount == 2)
    }

    @Test func aTaskIsDoneOnce() {
        var window = Self.window(2)
        #expect(window.markDone(1) == .worker(1))
        #expect(window.markDone(1) == .done)
        #expect(window.openCount == 1)
    }

    @Test func takingBackFromWhoHasNothingChangesNothing() {
        var window = Self.window(2)
        #expect(window.takeBack(from: 5).isEmpty && !window.mayHaveAgain)
    }
}

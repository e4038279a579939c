import Testing

@testable import Conductor

/// What `perf script` prints, folded.
@Suite struct FoldedStacksTests {
    private static let script = """
        znode
        \t    7f0001 zmq_msg_recv
        \t    55aa01 take
        \t    55aa00 main

        ZMQbg/IO/0
        \t    7f0002 epoll_wait ([kernel.kallsyms])
        \t    7f0003 [unknown]

        znode
        \t    7f0009 zmq_msg_recv
        \t    55aa01 take
        \t    55aa00 main

        """

    @Test func countsStacksFromTheOutermostFrameIn() {
        let stacks = FoldedStacks(script: Self.script)
        #expect(
            stacks.text == """
                ZMQbg/IO/0;[unknown];epoll_wait ([kernel.kallsyms]) 1
                znode;main;take;zmq_msg_recv 2

                """)
    }

    @Test func aSampleWithoutAnEmptyLineAfterItCounts() {
        #expect(FoldedStacks(script: "a\n\t1 x\nb\n\t2 y").counts == ["a;x": 1, "b;y": 1])
    }

    @Test func namesCannotPartAFrame() {
        #expect(FoldedStacks(script: "a\n\t1 f(x; y)\n").counts == ["a;f(x: y)": 1])
    }

    @Test(arguments: ["", "\n\n\n", "\t1 lost\n\n"]) func aTextWithoutSamplesHasNoStacks(text: String) {
        #expect(FoldedStacks(script: text).counts.isEmpty)
    }

    @Test func aFrameWithoutANameIsItsAddress() {
        #expect(FoldedStacks(script: "a\n\t7f00\n").counts == ["a;7f00": 1])
    }

    @Test func eachNameIsMadeReadableOnce() {
        var asked: [String] = []
        let stacks = FoldedStacks(script: Self.script) { name in
            asked.append(name)
            return name.uppercased()
        }
        #expect(asked.count == Set(asked).count)
        #expect(stacks.counts["znode;MAIN;TAKE;ZMQ_MSG_RECV"] == 2)
    }

    @Test func namesOfSwiftAreReadable() {
        #expect(Demangler.readable("5.0% $sSi and $") == "5.0% Swift.Int and $")
        #expect(Demangler.readable("a ($sSS), $sSd!") == "a (Swift.String), Swift.Double!")
        #expect(Demangler.readable("$snothing") == "$snothing", "what stands for no name stays as it is")
        #expect(Demangler.readable("main") == "main")
    }
}

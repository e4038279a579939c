import Testing

/// Files and functions that can be read at one sitting.
@Suite struct SizeTests {
    private static let linesMax = 500
    private static let functionLinesMax = 80
    private static let columnsMax = 120

    @Test func noFileIsTooLong() throws {
        for file in Repository.files {
            let count = file.lines.count
            #expect(
                count <= Self.linesMax,
                "\(file.path) has \(count) lines, more than \(Self.linesMax): give an idea in it a file of its own")
        }
    }

    @Test func noFunctionIsTooLong() throws {
        for file in Repository.swift {
            for function in SwiftText.functions(of: file.code) where function.length > Self.functionLinesMax {
                Issue.record(
                    "\(file.path):\(function.line): \(function.name) has \(function.length) lines, more than \(Self.functionLinesMax): name a part of it"
                )
            }
        }
    }

    @Test func noLineIsTooLong() throws {
        for file in Repository.files {
            let code = file.path.hasSuffix(".swift") ? file.code : []
            for (number, line) in file.lines.enumerated() where line.count > Self.columnsMax {
                // A text in quotes may stand whole: broken in the middle it cannot be searched for.
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                let isText = !isComment && code.indices.contains(number) && code[number].count <= Self.columnsMax
                #expect(
                    isText,
                    "\(file.path):\(number + 1) has \(line.count) columns, more than \(Self.columnsMax): break it")
            }
        }
    }

    @Test func functionsAreMeasuredFromTheirNameToTheirLastBrace() throws {
        let text = """
            struct A {
                init(a: Int) {
                    if a > 0 { b("}") }  // }
                }
                func b<T>(_ t: T) /* { */
                    -> Int
                {
                    let s = \"\"\"
                        } \\" }
                        \"\"\"
                    return s.count
                }
                func c() {}
            }
            """
        let found = SwiftText.functions(of: SwiftText.code(of: text))
        #expect(found.map(\.name) == ["init", "b", "c"])
        #expect(found.map(\.length) == [3, 8, 1])
    }
}

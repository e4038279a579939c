import CLinux
import Glibc

/// The descriptors a child is started with: opened before the start, closed after it, whatever happens in between.
struct ChildOutputs {
    private(set) var output: Int32 = -1
    private(set) var error: Int32 = -1
    private(set) var readingEnd: Int32?
    private var opened: [Int32] = []

    init(_ request: ChildRequest) throws(SystemError) {
        do throws(SystemError) {
            output = try open(request.output)
            guard let errorOutput = request.errorOutput, errorOutput != request.output else {
                // Inheriting means each its own: standard error must not follow standard output then.
                error = output
                return
            }
            error = try open(errorOutput)
        } catch {
            closeChildEnds()
            if let readingEnd { _ = clinux_close(readingEnd) }
            throw error
        }
    }

    func closeChildEnds() {
        for descriptor in opened { _ = clinux_close(descriptor) }
    }

    private mutating func open(_ target: ChildOutput) throws(SystemError) -> Int32 {
        switch target {
        case .inherit:
            return -1
        case .append(let path):
            let descriptor = try Files.openForAppending(path)
            opened.append(descriptor)
            return descriptor
        case .pipe:
            var ends: [Int32] = [-1, -1]
            try check(clinux_pipe(&ends), "make a pipe")
            readingEnd = ends[0]
            opened.append(ends[1])
            return ends[1]
        }
    }
}

/// A NULL-terminated array of C strings, as exec wants it.
final class CStringArray {
    let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        base = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { base[index] = strdup(string) }
        base[count] = nil
    }

    deinit {
        for index in 0..<count { free(base[index]) }
        base.deallocate()
    }

    /// The first string, or NULL when there is none.
    var first: UnsafePointer<CChar>? { base[0].map { UnsafePointer($0) } }
}

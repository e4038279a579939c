internal import CZMQShim

/// The messaging libraries this process runs with.
public enum ZMQLibrary {
    /// The version of libzmq, "4.3.4".
    ///
    /// The corresponding C function is `zmq_version`.
    public static var version: String { text(of: czmqshim_version) }

    /// The version of libczmq, "4.2.1".
    ///
    /// The corresponding C function is `zsys_version`.
    public static var czmqVersion: String { text(of: czmqshim_czmq_version) }

    /// Whether libzmq was built with a capability: "ipc", "curve", "gssapi", "draft".
    ///
    /// The corresponding C function is `zmq_has`.
    public static func has(_ capability: String) -> Bool { czmqshim_has(capability) == 1 }

    private static func text(
        of query: (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Void
    ) -> String {
        var major: Int32 = 0
        var minor: Int32 = 0
        var patch: Int32 = 0
        query(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }
}

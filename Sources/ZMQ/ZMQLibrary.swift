internal import CZMQShim

/// The messaging libraries this process runs with.
public enum ZMQLibrary {
    /// The version of libzmq, "4.3.4".
    ///
    /// The corresponding C function is `zmq_version`.
    public static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        czmqshim_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// The version of libczmq, "4.2.1"; nil when it is not installed.
    ///
    /// Asking loads the library. The corresponding C function is `zsys_version`.
    public static var czmqVersion: String? {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        guard czmqshim_czmq_version(&major, &minor, &patch) == 0 else { return nil }
        return "\(major).\(minor).\(patch)"
    }

    /// Whether libzmq was built with a capability: "ipc", "curve", "gssapi", "draft".
    ///
    /// The corresponding C function is `zmq_has`.
    public static func has(_ capability: String) -> Bool { czmqshim_has(capability) == 1 }
}

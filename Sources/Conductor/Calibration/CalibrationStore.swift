import Reporting
import Runtime

/// Where the calibration of a machine is kept: beside the results that it is about.
enum CalibrationStore {
    static let fileName = "calibration.json"
    /// The largest file that is read.
    private static let bytesMax = 1 << 20

    /// How this program was built: a calibration of the other build says nothing of this one.
    static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    /// The calibration of this machine with these versions; nil when there is none, and `note` says why if one is there
    /// that is of no use.
    static func find(
        results root: String, environment: EnvironmentReport
    ) -> (calibration: Calibration?, note: String?) {
        let path = "\(root)/\(fileName)"
        guard Files.exists(path) else { return (nil, nil) }
        do {
            let calibration = try ReportJSON.decodeCalibration(try Files.readBytes(path, limit: bytesMax))
            guard let why = calibration.objection(to: environment, version: Program.version, build: build) else {
                return (calibration, nil)
            }
            return (nil, "\(path) is another machine's or version's (\(why)): zbed calibrate makes a new one")
        } catch {
            return (nil, "\(path) cannot be used: \(error); zbed calibrate makes a new one")
        }
    }

    /// Keeps a calibration in the place of the one before.
    static func keep(_ calibration: Calibration, results root: String) throws {
        try Files.makeDirectories(root)
        try Files.writeAtomically("\(root)/\(fileName)", try ReportJSON.encode(value: calibration))
    }
}

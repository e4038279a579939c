import Reporting
import Runtime
import Testing

extension SystemTests {
    /// `zbed calibrate`, and what reports make of it.
    @Suite(.serialized) struct CalibrateTests {
        private static func calibrate(_ space: Workspace) throws -> Calibration {
            let ending = try space.run(
                "zbed", "calibrate --duration 2s --quiet --results results --json copy.json".words)
            #expect(ending.code == 0, "\(ending.error)")
            for part in ["CLOCK", "WAITS", "PACING", "ACCOUNTING", "SCHEDULER", "Kept: results/calibration.json"] {
                #expect(ending.output.contains(part))
            }
            let kept = try Files.readBytes(space("results/calibration.json"))
            #expect(try Files.readBytes(space("copy.json")) == kept)
            return try ReportJSON.decodeCalibration(kept)
        }

        @Test func whatWasMeasuredIsInLaterReportsAndAnotherMachinesIsNotTaken() throws {
            let space = try Workspace()
            let before = try space.zbedRun("--transport ipc --rate 200 --duration 500ms --warmup 0s")
            #expect(before.output.contains("INSTRUMENT: not calibrated on this machine"))
            var calibration = try Self.calibrate(space)
            #expect(calibration.waits.map(\.asked) == [100_000, 1_000_000, 10_000_000])
            #expect(calibration.waits.allSatisfy { $0.count > 0 && $0.median <= $0.p99 && $0.p99 <= $0.max })
            #expect(calibration.pacing.map(\.asked) == [1_000, 10_000, 100_000])
            #expect(calibration.pacing.allSatisfy { $0.count > 0 && $0.achieved > 0 })
            #expect(calibration.accounting.bare > 0 && calibration.accounting.node > 0)
            #expect(calibration.clock.reading > 0 && calibration.scheduler.processorsUsable > 0)
            let ending = try space.zbedRun("--transport ipc --rate 200 --duration 500ms --warmup 0s")
            #expect(ending.output.contains("INSTRUMENT: waits end "))
            #expect(try space.report().calibration == calibration)
            space.expectNothingLeft()

            calibration.host = "elsewhere"
            try Files.writeAtomically(space("results/calibration.json"), try ReportJSON.encode(value: calibration))
            let other = try space.zbedRun("--transport ipc --rate 200 --duration 200ms --warmup 0s")
            #expect(other.error.contains("host elsewhere instead of "))
            #expect(try space.report().calibration == nil)
            try Files.writeAtomically(space("results/calibration.json"), text: "{\"schema\": 1")
            let broken = try space.zbedRun("--transport ipc --rate 200 --duration 200ms --warmup 0s")
            #expect(broken.code == other.code)
            #expect(broken.error.contains("results/calibration.json cannot be used: "))
        }

        @Test(arguments: [
            ("--duration 1s", "is out of range: expected 2s to 600s"),
            ("--duration 3s --quick", "exclude each other"), ("--duration soon", "--duration"),
        ])
        func badValuesAreRefused(arguments: String, problem: String) throws {
            let space = try Workspace()
            let ending = try space.run("zbed", ["calibrate"] + arguments.words)
            #expect(ending.code == 64)
            #expect(ending.error.contains(problem), "\(ending.error)")
        }

        @Test func interruptedItKeepsWhatWasThere() throws {
            let space = try Workspace()
            let command = try space.start("zbed", "calibrate --duration 60s --quiet".words)
            // Its folder of sockets is there when it has begun.
            #expect(eventually { Files.exists("/tmp/zbed-\(command.child.pid)/zbed.lock") })
            try command.interrupt()
            let ending = try command.end()
            #expect(ending.code == 2)
            #expect(ending.error.contains("interrupted: an earlier calibration stays as it was"))
            #expect(!Files.exists(space("results/calibration.json")))
            #expect(!Files.exists("/tmp/zbed-\(command.child.pid)"))
        }

        @Test func whatCannotBeKeptIsShownAllTheSame() throws {
            let space = try Workspace()
            let ending = try space.run(
                "zbed", "calibrate --duration 2s --quiet --json /dev/full".words)
            #expect(ending.code == 69)
            #expect(ending.output.contains("ACCOUNTING"))
            #expect(ending.error.contains("No space left on device"))
        }
    }
}

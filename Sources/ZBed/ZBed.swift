import Conductor
import Runtime

/// The `zbed` program.
@main
enum ZBed {
    nonisolated static func main() {
        Program.run("zbed") { try ZBedProgram.main(arguments: Array(CommandLine.arguments.dropFirst())) }
    }
}

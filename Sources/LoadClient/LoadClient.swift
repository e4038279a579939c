import Conductor
import Runtime

/// The `loadclient` program.
@main
enum LoadClient {
    nonisolated static func main() {
        Program.run("loadclient") { try LoadClientProgram.main(arguments: Array(CommandLine.arguments.dropFirst())) }
    }
}

import Runtime

/// The `znode` program.
@main
enum ZNode {
    nonisolated static func main() {
        Program.run("znode") { try NodeProgram.main(arguments: Array(CommandLine.arguments.dropFirst())) }
    }
}

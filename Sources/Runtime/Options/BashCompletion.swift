/// Writes a bash completion script from the tables: flags, their words, files, and subcommands.
struct BashCompletion {
    private struct Command {
        let name: String
        let table: OptionTable
    }

    private let program: String
    private let commands: [Command]

    init(_ table: OptionTable) {
        program = table.program
        commands = [Command(name: "", table: table)]
    }

    init(_ table: CommandTable) {
        program = table.program
        commands = table.commands.map { Command(name: $0.name, table: $0.table) }
    }

    private var hasSubcommands: Bool { commands.first?.name.isEmpty == false }

    /// The script; `source <(PROGRAM --completion bash)` makes it work at once.
    var script: String {
        let function = "_" + String(program.map { $0.isLetter || $0.isNumber ? $0 : "_" }) + "_complete"
        let names = firstWords.joined(separator: " ")
        return """
            # bash completion for \(program). To use it:  source <(\(program) --completion bash)
            \(function)() {
                local current=${COMP_WORDS[COMP_CWORD]} flag='' command='' flags='' words='' files=''
                # Bash makes three words of --flag=value.
                if [[ $current == '=' ]]; then
                    flag=${COMP_WORDS[COMP_CWORD - 1]} current=''
                elif ((COMP_CWORD >= 3)) && [[ ${COMP_WORDS[COMP_CWORD - 1]} == '=' ]]; then
                    flag=${COMP_WORDS[COMP_CWORD - 2]}
                elif ((COMP_CWORD >= 2)); then
                    flag=${COMP_WORDS[COMP_CWORD - 1]}
                fi
            \(hasSubcommands ? findCommand(names) : "")    COMPREPLY=()
                case "$command $flag" in
            \(commands.flatMap(values).map { "        \($0)\n" }.joined())    *)
                    case "$command" in
            \(commands.map { "            \(flags($0))\n" }.joined())        esac
                    if [[ $current == -* ]]; then
                        words=$flags files=''
                    fi ;;
                esac
                # A colon ends a word for bash too: offer what stands behind it.
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
                if [[ -n $files ]]; then
                    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
                    compopt -o filenames 2> /dev/null
                fi
            }
            complete -F \(function) \(program)

            """
    }

    private func findCommand(_ names: String) -> String {
        """
            if ((COMP_CWORD == 1)); then
                mapfile -t COMPREPLY < <(compgen -W '\(names) help --help --version' -- "$current")
                return
            fi
            command=${COMP_WORDS[1]}
            if [[ $command == help ]]; then
                mapfile -t COMPREPLY < <(compgen -W '\(names)' -- "$current")
                return
            fi
        \(groups.map(findMember).joined())
        """
    }

    /// The words that can come first.
    private var firstWords: [String] {
        var words: [String] = []
        for command in commands {
            let first = command.name.split(separator: " ").first.map { String($0) } ?? command.name
            if !words.contains(first) { words.append(first) }
        }
        return words
    }

    /// Those of them that another word must follow.
    private var groups: [String] { firstWords.filter { word in !commands.contains { $0.name == word } } }

    private func findMember(_ group: String) -> String {
        let members = commands.filter { $0.name.hasPrefix(group + " ") }.map { $0.name.dropFirst(group.count + 1) }
        return """
                if [[ $command == \(group) ]]; then
                    if ((COMP_CWORD == 2)); then
                        mapfile -t COMPREPLY < <(compgen -W '\(members.joined(separator: " ")) --help' -- "$current")
                        return
                    fi
                    command+=" ${COMP_WORDS[2]}"
                fi

            """
    }

    /// One case for each option of a command that takes a value.
    private func values(_ command: Command) -> [String] {
        command.table.groups.flatMap(\.options).compactMap { option in
            let pattern = "'\(command.name) --\(option.name)')"
            if option.kind.isFlag { return nil }
            if option.kind.isPath { return "\(pattern) files=1 ;;" }
            return "\(pattern) words='\(Self.stems(option.kind.words))' ;;"
        }
    }

    private func flags(_ command: Command) -> String {
        let flags = command.table.groups.flatMap(\.options).map { "--\($0.name)" }.joined(separator: " ")
        let words = Self.stems(command.table.positionals.flatMap(\.kind.words))
        let files = command.table.positionals.contains { $0.kind.isPath }
        let name = command.name.isEmpty || command.name.contains(" ") ? "'\(command.name)'" : command.name
        return "\(name)) flags='\(flags)' words='\(words)'\(files ? " files=1" : "") ;;"
    }

    /// "tree:K" is typed as far as "tree:".
    private static func stems(_ words: [String]) -> String {
        words.map { word in word.firstIndex(of: ":").map { String(word[...$0]) } ?? word }.joined(separator: " ")
    }
}

/// What settings are called where people read of them.
enum SettingName {
    private static let known = [
        "buffer-size": "Buffer of each link, messages", "work-micros": "Work of a task, µs",
        "outstanding-tasks": "Outstanding tasks, at most", "task-timeout": "Task time-out",
    ]

    /// An option's name in words.
    static func words(_ option: String) -> String {
        if let words = known[option] { return words }
        let words = option.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

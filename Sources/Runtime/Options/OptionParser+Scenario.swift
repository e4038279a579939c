extension OptionParser {
    /// The scenario file to read: an argument beats `--scenario` in the environment.
    var scenarioPath: String? {
        guard table.scenario != nil else { return nil }
        return positionalScenario ?? given["scenario"]?.texts.last
    }

    /// Takes the file's keys.
    ///
    /// Values that something stronger overrides are checked too: a mistake in a file should not wait for the day when
    /// the flag is left out.
    mutating func readScenario(_ file: ScenarioFile) throws(UsageError) {
        let keys = table.scenario ?? ScenarioKeys()
        for section in file.sections where !keys.sections.contains(section.name) {
            throw unknownSection(section, keys, file)
        }
        let known = table.settable.map(\.name).filter { $0 != "scenario" }
        for entry in file.entries {
            let source = OptionSource.file(file.name, line: entry.line)
            guard let option = table.byName[entry.key], known.contains(entry.key) else {
                if keys.ignored.contains(entry.key) { continue }
                if let command = siblings[entry.key] {
                    notes.append("\(file.name):\(entry.line): \(entry.key) is for \(command) and passed over")
                    continue
                }
                let hint = Nearest.hint(for: entry.key, in: known + keys.sections)
                throw UsageError(
                    .unknownName, at: source,
                    "unknown key \(quoted(entry.key))\(hint.isEmpty ? "; expected the name of an option\(seeHelp)" : hint)"
                )
            }
            try readEntry(entry, option, source)
        }
    }

    private mutating func readEntry(
        _ entry: ScenarioFile.Entry, _ option: OptionSpec, _ source: OptionSource
    ) throws(UsageError) {
        guard !entry.isSequence || option.isRepeatable || option.kind.isList else {
            throw UsageError(
                .invalidValue, option: option.name, at: source, "is a list; expected one value, \(option.valueName)")
        }
        // Each element is read at its own line, so that the error names it.
        for value in entry.values {
            _ = try StoredOption(option, texts: [value.text], source: .file(entry.file, line: value.line))
        }
        if given[option.name] == nil { given[option.name] = Given(texts: entry.values.map(\.text), source: source) }
    }

    private func unknownSection(
        _ section: ScenarioFile.Section, _ keys: ScenarioKeys, _ file: ScenarioFile
    ) -> UsageError {
        let source = OptionSource.file(file.name, line: section.line)
        if let option = table.byName[section.name] {
            return UsageError(
                .invalidValue, option: option.name, at: source, "is a section; expected a value, \(option.valueName)")
        }
        let hint = Nearest.hint(for: section.name, in: keys.sections)
        let expected = "; expected one of \(keys.sections.joined(separator: ", "))"
        return UsageError(
            .unknownName, at: source, "unknown section \(quoted(section.name))\(hint.isEmpty ? expected : hint)")
    }
}

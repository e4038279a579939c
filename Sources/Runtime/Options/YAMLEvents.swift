import CYAML

/// What libyaml sees in a document, without what scenario files have no use for.
enum YAMLEvent: Equatable {
    case mappingStart
    case mappingEnd
    case sequenceStart
    case sequenceEnd
    /// `isPlain`: neither quoted nor a block, so that `~`, `null` and nothing at all mean "no value".
    case scalar(String, isPlain: Bool)
    case alias
    case documentEnd
    case streamEnd
}

/// Reads YAML one event at a time.
///
/// The parser and its input live on the heap: libyaml keeps pointers into both.
struct YAMLEventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let name: String

    init(_ bytes: [UInt8], name: String) {
        self.name = name
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        // It can only fail for want of memory, which ends a Swift program anyway.
        precondition(yaml_parser_initialize(parser) == 1, "out of memory")
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event and its line, from 1.
    mutating func next() throws(UsageError) -> (event: YAMLEvent, line: Int) {
        while true {
            var raw = yaml_event_t()
            guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
            defer { yaml_event_delete(&raw) }
            let line = raw.start_mark.line + 1
            switch raw.type {
            case YAML_MAPPING_START_EVENT: return (.mappingStart, line)
            case YAML_MAPPING_END_EVENT: return (.mappingEnd, line)
            case YAML_SEQUENCE_START_EVENT: return (.sequenceStart, line)
            case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, line)
            case YAML_SCALAR_EVENT: return (Self.scalar(raw), line)
            case YAML_ALIAS_EVENT: return (.alias, line)
            case YAML_DOCUMENT_END_EVENT: return (.documentEnd, line)
            // A stream that has ended says nothing more.
            case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return (.streamEnd, line)
            default: continue
            }
        }
    }

    private static func scalar(_ raw: yaml_event_t) -> YAMLEvent {
        let scalar = raw.data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        return .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    }

    private func failure() -> UsageError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "not YAML"
        // An error in the bytes themselves has an offset and no line.
        let line =
            state.error == YAML_READER_ERROR
            ? input.prefix(state.problem_offset).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
            : state.problem_mark.line + 1
        let context = state.context.map { " \(String(cString: $0))" } ?? ""
        return UsageError(.scenarioFile, at: .file(name, line: line), "not YAML: \(problem)\(context)")
    }
}

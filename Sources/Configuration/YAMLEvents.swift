// SPDX-License-Identifier: MIT

private import CYAML

/// A position as libyaml counts it: everything from 0.
struct Mark: Hashable, Comparable {
    let line: Int
    let column: Int

    static func < (left: Mark, right: Mark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// What libyaml reports while it reads a text from its beginning to its end.
struct YAMLEvent {
    enum Content {
        case scalar(text: String, tag: String?, isPlain: Bool)
        case sequenceStart(tag: String?)
        case mappingStart(tag: String?)
        case alias(String)
        case end
        case documentStart
        case documentEnd
        case streamStart
        case streamEnd
    }

    let content: Content
    let anchor: String?
    let mark: Mark
}

/// A text that is not YAML.
struct YAMLSyntaxError: Error, Equatable {
    let message: String
    let mark: Mark
    /// Where the part began that could not be finished, for messages that end in its name.
    var begun: Mark?
}

/// The events of one text.
///
/// Events rather than libyaml's document API: its nodes no longer tell `!!str 12` from `12`, it holds
/// aliased nodes only once (so a cycle is a node inside itself), and its limits are not ours to set.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let length: Int

    /// - Parameter text: The whole document, without a byte order mark.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        length = bytes.count
        input = .allocate(capacity: length)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // Fails only without memory, where the allocations above have already trapped.
        _ = yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, length)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event.
    ///
    /// - Throws: ``YAMLSyntaxError`` at the place where the text stops being YAML.
    func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let mark = Mark(event.start_mark)
        func make(_ content: YAMLEvent.Content, anchor: UnsafeMutablePointer<UInt8>? = nil) -> YAMLEvent {
            YAMLEvent(content: content, anchor: anchor.map { String(cString: $0) }, mark: mark)
        }
        switch event.type {
        case YAML_STREAM_START_EVENT: return make(.streamStart)
        case YAML_DOCUMENT_START_EVENT: return make(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return make(.documentEnd)
        case YAML_ALIAS_EVENT: return make(.alias(event.data.alias.anchor.map { String(cString: $0) } ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = String(decoding: bytes, as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            let tag = scalar.tag.map { String(cString: $0) }
            return make(.scalar(text: text, tag: tag, isPlain: isPlain), anchor: scalar.anchor)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return make(.sequenceStart(tag: start.tag.map { String(cString: $0) }), anchor: start.anchor)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return make(.mappingStart(tag: start.tag.map { String(cString: $0) }), anchor: start.anchor)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return make(.end)
        default: return make(.streamEnd)
        }
    }

    private func syntaxError() -> YAMLSyntaxError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        switch state.error {
        case YAML_READER_ERROR:
            // The reader runs ahead of the scanner, so its problems carry an offset and no line.
            let mark = Mark(offset: state.problem_offset, in: input)
            let character = state.problem_value >= 0 ? " (U+\(hexadecimal(state.problem_value)))" : ""
            return YAMLSyntaxError(message: problem + character, mark: mark)
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            // libyaml counts a line after the last one where a text ends too early.
            let mark = min(Mark(state.problem_mark), Mark(offset: length, in: input))
            if problem == "found character that cannot start any token" {
                return YAMLSyntaxError(message: misplaced(at: state.problem_mark.index), mark: mark)
            }
            guard let context = state.context else { return YAMLSyntaxError(message: problem, mark: mark) }
            let message = "\(problem) \(String(cString: context))"
            return YAMLSyntaxError(message: message, mark: mark, begun: Mark(state.context_mark))
        default:
            return YAMLSyntaxError(message: problem, mark: Mark(line: 0, column: 0))
        }
    }
}

extension YAMLEvents {
    /// What to say about a character that YAML gives no meaning where it stands.
    private func misplaced(at index: Int) -> String {
        let scalars = String(decoding: input, as: UTF8.self).unicodeScalars
        switch scalars.dropFirst(index).first {
        case "\t"?: return "a tab where a value begins; allowed: spaces"
        case let scalar?: return "'\(scalar)' where a value begins; allowed: text in quotes"
        case nil: return "the text ends where a value begins"
        }
    }
}

private func hexadecimal(_ value: Int32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

extension Mark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line, column: mark.column)
    }

    /// The position of a byte; columns count Unicode scalars.
    init(offset: Int, in bytes: some Collection<UInt8>) {
        var line = 0
        var column = 0
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 0
            } else if byte & 0b1100_0000 != 0b1000_0000 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}

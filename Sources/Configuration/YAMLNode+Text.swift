// SPDX-License-Identifier: MIT

extension YAMLNode {
    /// YAML text that is read back as a tree with the same content, comments and spans excepted.
    ///
    /// Mappings and sequences stand in blocks, sequences of scalars on one line. Text is quoted wherever a
    /// reader of YAML 1.1 or 1.2 might take it for something else (`"0777"`, `"no"`), so that the file means
    /// the same to every tool.
    public var yamlText: String {
        switch value {
        case .mapping(let entries) where !entries.isEmpty:
            return YAMLText.lines(of: entries, indent: "").map { $0.text + "\n" }.joined()
        case .sequence(let items) where !items.isEmpty && !items.allSatisfy(\.isScalar):
            return YAMLText.lines(of: items, indent: "").map { $0.text + "\n" }.joined()
        case .scalar, .sequence, .mapping:
            return YAMLText.inline(self) + "\n"
        }
    }

    /// The same text of a mapping with a comment behind each value.
    ///
    /// - Parameter comment: What to say of the value that keys lead to, those of a sequence being its rows: nothing for no
    ///   comment, and asked only of what stands on one line.
    public func yamlText(comment: (_ path: [String]) -> String?) -> String {
        let lines = YAMLText.lines(of: entries, indent: "")
        let comments = lines.map { $0.path.flatMap(comment) }
        // A long line would push all comments to the right.
        let commented = zip(lines, comments).filter { $1 != nil }.map(\.0.text.count)
        let column = min(commented.max() ?? 0, 60)
        return zip(lines, comments).map { line, comment in
            guard let comment else { return line.text + "\n" }
            return line.text + String(repeating: " ", count: max(0, column - line.text.count)) + "  # \(comment.oneLine)\n"
        }.joined()
    }

    fileprivate var isScalar: Bool {
        if case .scalar = value { true } else { false }
    }
}

/// Writes the parts of a tree.
private enum YAMLText {
    /// libyaml accepts a key without `? ` only up to 1024 characters.
    static let longestSimpleKey = 1000

    /// A line, and the keys that lead to the value that ends on it; none where no value does.
    struct Line {
        var text: String
        var path: [String]?
    }

    static func lines(of entries: [YAMLNode.Entry], indent: String, at path: [String] = []) -> [Line] {
        entries.flatMap { entry in
            let key = text(entry.key)
            let path = path + [entry.key]
            if key.unicodeScalars.count <= longestSimpleKey {
                return lines(of: entry.value, after: "\(indent)\(key):", indent: indent + "  ", at: path)
            }
            return [Line(text: "\(indent)? \(key)")]
                + lines(of: entry.value, after: "\(indent):", indent: indent + "  ", at: path)
        }
    }

    static func lines(of items: [YAMLNode], indent: String, at path: [String] = []) -> [Line] {
        items.enumerated().flatMap { row, item in
            let path = path + ["\(row)"]
            // The first line of a block stands behind the dash, where its indentation would be.
            var block = blockLines(of: item, indent: indent + "  ", at: path)
            guard let first = block.first else { return [Line(text: "\(indent)- \(inline(item))", path: path)] }
            block[0].text = "\(indent)- \(first.text.dropFirst(indent.count + 2))"
            return block
        }
    }

    private static func lines(of node: YAMLNode, after key: String, indent: String, at path: [String]) -> [Line] {
        let block = blockLines(of: node, indent: indent, at: path)
        return block.isEmpty ? [Line(text: "\(key) \(inline(node))", path: path)] : [Line(text: key)] + block
    }

    /// The lines of a mapping or sequence that takes several; none for what stands on one line.
    private static func blockLines(of node: YAMLNode, indent: String, at path: [String]) -> [Line] {
        switch node.value {
        case .mapping(let entries): lines(of: entries, indent: indent, at: path)
        case .sequence(let items): items.allSatisfy(\.isScalar) ? [] : lines(of: items, indent: indent, at: path)
        case .scalar: []
        }
    }

    /// A scalar, a sequence of scalars, or an empty mapping, on one line.
    static func inline(_ node: YAMLNode) -> String {
        switch node.value {
        case .scalar(.null), .scalar(.empty): "null"
        case .scalar(.boolean(let value)): "\(value)"
        case .scalar(.integer(let value)): "\(value)"
        case .scalar(.float(let value)): Scalar.plain(value)
        case .scalar(.text(let value)): text(value)
        case .sequence(let items): "[\(items.map(inline).joined(separator: ", "))]"
        case .mapping: "{}"
        }
    }

    // MARK: Text

    static func text(_ text: String) -> String {
        isSafePlain(text) ? text : quotedText(text)
    }

    private static let wordsOfOtherReaders: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null",
    ]

    /// Whether every reader takes the text for text without quotes: words, names and paths.
    private static func isSafePlain(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return false }
        return isLetter(first) && last != " " && scalars.allSatisfy(isSafe)
            && !wordsOfOtherReaders.contains(text.lowercased())
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || ("0"..."9").contains(scalar) || " ._/+-".unicodeScalars.contains(scalar)
    }
}

extension String {
    /// Without ends of lines, behind which a comment would be text.
    fileprivate var oneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}

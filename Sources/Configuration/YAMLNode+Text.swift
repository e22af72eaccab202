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
            return YAMLText.lines(of: entries, indent: "").joined(separator: "\n") + "\n"
        case .sequence(let items) where !items.isEmpty && !items.allSatisfy(\.isScalar):
            return YAMLText.lines(of: items, indent: "").joined(separator: "\n") + "\n"
        case .scalar, .sequence, .mapping:
            return YAMLText.inline(self) + "\n"
        }
    }

    fileprivate var isScalar: Bool {
        if case .scalar = value { true } else { false }
    }
}

/// Writes the parts of a tree.
private enum YAMLText {
    /// libyaml accepts a key without `? ` only up to 1024 characters.
    static let longestSimpleKey = 1000

    static func lines(of entries: [YAMLNode.Entry], indent: String) -> [String] {
        entries.flatMap { entry in
            let key = text(entry.key)
            if key.unicodeScalars.count <= longestSimpleKey {
                return lines(of: entry.value, after: "\(indent)\(key):", indent: indent + "  ")
            }
            return ["\(indent)? \(key)"] + lines(of: entry.value, after: "\(indent):", indent: indent + "  ")
        }
    }

    static func lines(of items: [YAMLNode], indent: String) -> [String] {
        items.flatMap { item in
            // The first line of a block stands behind the dash, where its indentation would be.
            let block = blockLines(of: item, indent: indent + "  ")
            guard let first = block.first else { return ["\(indent)- \(inline(item))"] }
            return ["\(indent)- \(first.dropFirst(indent.count + 2))"] + block.dropFirst()
        }
    }

    private static func lines(of node: YAMLNode, after key: String, indent: String) -> [String] {
        let block = blockLines(of: node, indent: indent)
        return block.isEmpty ? ["\(key) \(inline(node))"] : [key] + block
    }

    /// The lines of a mapping or sequence that takes several; none for what stands on one line.
    private static func blockLines(of node: YAMLNode, indent: String) -> [String] {
        switch node.value {
        case .mapping(let entries): lines(of: entries, indent: indent)
        case .sequence(let items): items.allSatisfy(\.isScalar) ? [] : lines(of: items, indent: indent)
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

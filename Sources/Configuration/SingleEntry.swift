// SPDX-License-Identifier: MIT

/// A value that is chosen by a word: a mapping of that one key, or the bare word.
struct SingleEntry {
    let word: String
    let span: SourceSpan
    /// What the key holds; null for a bare word.
    let body: YAMLNode

    /// None when the node has another form.
    init?(_ node: YAMLNode) {
        switch node.value {
        case .scalar(.text(let word)):
            (self.word, span, body) = (word, node.span, YAMLNode(.empty, span: node.span))
        case .mapping(let entries) where entries.count == 1:
            (word, span, body) = (entries[0].key, entries[0].keySpan, entries[0].value)
        case .scalar, .sequence, .mapping:
            return nil
        }
    }

    /// The choice of a word; none, and a problem, when the node has another form.
    ///
    /// - Parameters:
    ///   - names: The words to choose from, for the report.
    ///   - node: The value.
    ///   - keyPath: The keys that lead to the value.
    ///   - collector: Where problems go.
    /// - Returns: The word and what it holds, known or not.
    static func choose(
        from names: [String], _ node: YAMLNode, at keyPath: String, _ collector: ProblemCollector
    ) -> SingleEntry? {
        if let entry = SingleEntry(node) { return entry }
        let entries = node.entries
        if entries.count > 1 {
            let kind = Problem.Kind.severalAlternatives(found: entries.map(\.key), allowed: names)
            collector.report(kind, at: entries[1].keySpan, keyPath: keyPath)
        } else {
            collector.reportType(of: node, expected: "one of \(names.joined(separator: ", "))", keyPath)
        }
        return nil
    }

    /// What an item of a sequence is called: its `name:` where it has one, and its word otherwise.
    var name: (text: String, span: SourceSpan) {
        guard let node = body["name"], case .scalar(.text(let name)) = node.value else { return (word, span) }
        return (name, node.span)
    }
}

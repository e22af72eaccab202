// SPDX-License-Identifier: MIT

/// A sequence whose items are mappings of a single key, or bare words: `[{adapt: {epochs: 3}}, postprocess]`.
struct NamedItems {
    let node: YAMLNode
    private let items: [YAMLNode]
    /// None for an item of another form, which the decoder reports.
    private let entries: [SingleEntry?]

    /// Nothing where the node is no sequence.
    init?(_ node: YAMLNode) {
        guard case .sequence(let items) = node.value else { return nil }
        self.node = node
        self.items = items
        self.entries = items.map(SingleEntry.init)
    }

    /// The names of the items, each once.
    var names: [String] {
        var seen: Set<String> = []
        return entries.compactMap { $0?.name.text }.filter { seen.insert($0).inserted }
    }

    /// The items of one name, by their rows.
    func rows(named name: String) -> [(row: Int, entry: SingleEntry)] {
        entries.enumerated().compactMap { row, entry in
            guard let entry, entry.name.text == name else { return nil }
            return (row, entry)
        }
    }

    /// The names of the items of a kind, with where they are written.
    func named(ofKind word: String) -> [(text: String, span: SourceSpan)] {
        entries.compactMap { entry in entry.flatMap { $0.word == word ? $0.name : nil } }
    }

    /// The sequence with another value behind an item's word.
    func replacing(_ row: Int, _ entry: SingleEntry, with body: YAMLNode) -> YAMLNode {
        var items = items
        items[row].value = .mapping([YAMLNode.Entry(key: entry.word, keySpan: entry.span, value: body)])
        var node = node
        node.value = .sequence(items)
        return node
    }
}

// SPDX-License-Identifier: MIT

extension NamedItems {
    /// These items with those of a file that builds on them.
    ///
    /// An item of the same name is laid over the one that is here, key by key, in its place. An item of a kind that is
    /// not here is added at the end. An item of a kind that is here under other names could mean either, so it is an
    /// error, as is one that makes a stage into one of another kind.
    ///
    /// - Parameters:
    ///   - changes: The other file's sequence.
    ///   - keyPath: The keys that lead to it.
    func merged(with changes: YAMLNode, at keyPath: String) throws(ConfigurationError) -> YAMLNode {
        var merged = self
        var added: [YAMLNode] = []
        var seen: Set<String> = []
        var problems: [Problem] = []
        for item in changes.items {
            // What is no item, and a name that comes twice, is left for the decoder to report.
            guard let change = SingleEntry(item), seen.insert(change.name.text).inserted else {
                added.append(item)
                continue
            }
            if let problem = problem(of: change, at: keyPath) {
                problems.append(problem)
            } else if let (row, entry) = rows(named: change.name.text).first {
                let body = change.body.isNull ? entry.body : Configuration.merged(change.body, over: entry.body)
                merged = NamedItems(merged.replacing(row, entry, with: body)) ?? merged
            } else {
                added.append(item)
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return YAMLNode(.sequence(merged.node.items + added), span: changes.span)
    }

    /// Why it cannot be told what an item is to change.
    private func problem(of change: SingleEntry, at keyPath: String) -> Problem? {
        let name = change.name.text
        let place = joined(keyPath, name)
        if let (_, entry) = rows(named: name).first {
            guard entry.word != change.word else { return nil }
            let message =
                "'\(shown(name))' is of kind '\(shown(change.word))' here and of kind '\(shown(entry.word))' at "
                + "\(entry.span); allowed: a 'name:' of its own, or the same kind"
            return Problem(.conflict(message), at: change.name.span, keyPath: place)
        }
        let alike = named(ofKind: change.word)
        guard let first = alike.first else { return nil }
        let others = alike.map { "'\(shown($0.text))' (\($0.span))" }.joined(separator: " and ")
        let message =
            "the file that is extended has no stage '\(shown(name))', but \(others) of the same kind; "
            + "allowed: 'name: \(shown(first.text))' to change \(alike.count == 1 ? "it" : "that one"), or all stages "
            + "under 'override: {\(keyPath): […]}' to replace them"
        return Problem(.conflict(message), at: change.name.span, keyPath: place)
    }
}

extension YAMLNode {
    /// The items of a sequence; none for anything else.
    fileprivate var items: [YAMLNode] {
        if case .sequence(let items) = value { items } else { [] }
    }
}

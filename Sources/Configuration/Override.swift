// SPDX-License-Identifier: MIT

/// One value that replaces another: an assignment of the command line, or an entry of a file's `override:`.
struct Override {
    /// One key of the path with its place in the assignment.
    struct Component {
        let name: String
        let span: SourceSpan
    }

    let path: [Component]
    let value: YAMLNode

    /// An assignment `key.path=value`; spans name the argument, and columns count inside it.
    init(argument: String) throws(ConfigurationError) {
        let file = "override '\(shown(argument, limit: .max))'"
        let keys = argument.unicodeScalars.prefix { $0 != "=" }
        guard keys.count < argument.unicodeScalars.count else {
            let start = SourceSpan(file: file, line: 1, column: 1, isFile: false)
            let kind = Problem.Kind.malformedOverride(
                found: "no '=' after the key", allowed: "key=value or key.path=value")
            throw ConfigurationError([Problem(kind, at: start)])
        }
        let offset = keys.count + 1
        path = try Override.path(String(keys)) { SourceSpan(file: file, line: 1, column: $0 + 1, isFile: false) }
        let keyPath = path.map(\.name).joined(separator: ".")
        var composer = Composer(String(argument.unicodeScalars.dropFirst(offset)), keyPath: keyPath) { mark in
            let column = mark.line == 0 ? mark.column + offset : mark.column
            return SourceSpan(file: file, line: mark.line + 1, column: column + 1, isFile: false)
        }
        let end = SourceSpan(file: file, line: 1, column: offset + 1, isFile: false)
        guard let value = try composer.compose(), !value.isEmpty else {
            let kind = Problem.Kind.noValue(allowed: "\(keyPath)=VALUE, or \(keyPath)=null for the default")
            throw ConfigurationError([Problem(kind, at: end, keyPath: keyPath)])
        }
        self.value = value
    }

    /// An entry `key.path: value` of a file's `override:` mapping.
    init(entry: YAMLNode.Entry) throws(ConfigurationError) {
        path = try Override.path(entry.key) { _ in entry.keySpan }
        value = entry.value
        guard !value.isEmpty else {
            let kind = Problem.Kind.noValue(allowed: "a value, or null for the default")
            throw ConfigurationError([Problem(kind, at: value.span, keyPath: entry.key)])
        }
    }

    /// The components of a dotted path; `span` places one by its offset in Unicode scalars.
    private static func path(
        _ text: String, span: (Int) -> SourceSpan
    ) throws(ConfigurationError) -> [Component] {
        var components: [Component] = []
        var offset = 0
        for part in text.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false) {
            guard !part.isEmpty else {
                let found = text.isEmpty ? "no key" : "an empty key in '\(shown(text))'"
                let kind = Problem.Kind.malformedOverride(found: found, allowed: "key or key.path")
                throw ConfigurationError([Problem(kind, at: span(offset))])
            }
            // Paths are followed by recursion; no tree is as deep as this.
            guard components.count < DocumentLimits().depth else {
                let kind = Problem.Kind.malformedOverride(
                    found: "more than \(components.count) keys", allowed: "at most \(components.count)")
                throw ConfigurationError([Problem(kind, at: span(offset))])
            }
            components.append(Component(name: String(part), span: span(offset)))
            offset += part.count + 1
        }
        return components
    }

    // MARK: Applying

    /// Puts the value where the path leads.
    ///
    /// - Throws: ``ConfigurationError`` with the one reason why the path leads nowhere.
    func apply(to tree: inout YAMLNode, stages: String) throws(ConfigurationError) {
        let first = path[0].name
        if first == Composition.extendsKey || first == Composition.overrideKey {
            let kind = Problem.Kind.malformedOverride(
                found: "'\(first)' is no value", allowed: "'\(first)' as a key of a file")
            throw ConfigurationError([Problem(kind, at: path[0].span)])
        }
        let items = tree[stages].flatMap(NamedItems.init)
        if first == stages, path.count > 1, let items {
            let changed = try change(items, path: path.dropFirst(), keyPath: stages)
            set(changed, for: path[0], in: &tree)
        } else if tree[first] == nil, let items, items.names.contains(first) {
            let changed = try change(items, path: path[...], keyPath: "")
            set(changed, for: Component(name: stages, span: path[0].span), in: &tree)
        } else {
            tree = try replacing(tree, path[...], keyPath: "")
        }
        if let kind = DocumentLimits().problem(of: tree) {
            throw ConfigurationError([Problem(kind, at: value.span)])
        }
    }

    /// The sequence with the value put into the item that the path's first component names.
    private func change(
        _ items: NamedItems, path: ArraySlice<Component>, keyPath: String
    ) throws(ConfigurationError) -> YAMLNode {
        guard let wanted = path.first else { return items.node }
        let path = path.dropFirst()
        let itemPath = joined(keyPath, wanted.name)
        let matches = items.rows(named: wanted.name)
        guard let (row, entry) = matches.first else {
            let meant = nearest(to: wanted.name, among: items.names)
            let kind = Problem.Kind.unknownValue(found: wanted.name, allowed: items.names, nearest: meant)
            throw ConfigurationError([Problem(kind, at: wanted.span, keyPath: itemPath)])
        }
        guard matches.count == 1 else {
            let message = "\(matches.count) items have this name; allowed: a 'name:' of its own for each"
            throw ConfigurationError([Problem(.conflict(message), at: wanted.span, keyPath: itemPath)])
        }
        var body = try replacing(entry.body, path, keyPath: itemPath)
        // An item that gets all its keys anew is still the item that was named.
        let name = entry.body.entries.first { $0.key == "name" }
        if path.isEmpty, let name, body["name"] == nil {
            body.value = .mapping([name] + body.entries)
        }
        return items.replacing(row, entry, with: body)
    }

    /// The node with the value put where the rest of the path leads.
    private func replacing(
        _ node: YAMLNode, _ rest: ArraySlice<Component>, keyPath: String
    ) throws(ConfigurationError) -> YAMLNode {
        guard let next = rest.first else { return value }
        let found: String
        switch node.value {
        case .mapping, .scalar(.null), .scalar(.empty):
            let inner = node[next.name] ?? YAMLNode(.null, span: next.span)
            let changed = try replacing(inner, rest.dropFirst(), keyPath: joined(keyPath, next.name))
            var mapping = node.isNull ? YAMLNode(.mapping([]), span: next.span) : node
            set(changed, for: next, in: &mapping)
            return mapping
        case .scalar(let scalar): found = scalar.found
        case .sequence: found = "a sequence"
        }
        let kind = Problem.Kind.wrongType(found: found, expected: "a mapping, for the key '\(next.name)'")
        throw ConfigurationError([Problem(kind, at: next.span, keyPath: keyPath)])
    }

    private func set(_ changed: YAMLNode, for key: Component, in mapping: inout YAMLNode) {
        var entries = mapping.entries
        if let index = entries.firstIndex(where: { $0.key == key.name }) {
            entries[index].value = changed
        } else {
            entries.append(YAMLNode.Entry(key: key.name, keySpan: key.span, value: changed))
        }
        mapping.value = .mapping(entries)
    }
}

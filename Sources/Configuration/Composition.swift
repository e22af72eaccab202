// SPDX-License-Identifier: MIT

internal import Vocabulary

/// Loads a file with the files that it extends.
struct Composition {
    static let extendsKey = "extends"
    static let overrideKey = "override"

    /// What users are told of the keys that files are composed by.
    static let keys = [
        KeyDescription(
            extendsKey, .text(mayBeEmpty: false),
            meaning: KeyMeaning(
                "Another file that this one builds on, relative to this one's folder, with or without `.yaml`.",
                leftOut: "no other file")),
        KeyDescription(
            overrideKey, .other("a mapping of key paths to values"),
            meaning: KeyMeaning(
                "Values by their key paths, such as `adapt.epochs: 3`, that are put in last.", leftOut: "no changes")),
    ]

    let stages: String

    /// A file of the chain, by the path shown to the user and by what it is called on the disk.
    private struct Link {
        let path: String
        let identity: String
    }

    /// The merged tree of the file at `path`.
    func load(_ path: String) throws(ConfigurationError) -> YAMLNode {
        let start = SourceSpan(file: path, line: 1, column: 1)
        return try load(path, after: [], askedAt: start, keyPath: "")
    }

    private func load(
        _ path: String, after chain: [Link], askedAt span: SourceSpan, keyPath: String
    ) throws(ConfigurationError) -> YAMLNode {
        let link = Link(path: path, identity: TextFile.identity(of: path))
        if let first = chain.firstIndex(where: { $0.identity == link.identity }) {
            let kind = Problem.Kind.extendsCycle(chain: chain[first...].map(\.path) + [path])
            throw ConfigurationError([Problem(kind, at: span, keyPath: keyPath)])
        }
        var tree = try Document.parse(text(of: path, askedAt: span, keyPath: keyPath), file: path)
        guard case .mapping = tree.value else {
            let kind = Problem.Kind.wrongType(found: tree.found, expected: "a mapping of keys to values")
            throw ConfigurationError([Problem(kind, at: tree.span)])
        }
        let parent = tree.remove(Composition.extendsKey)
        let overrides = tree.remove(Composition.overrideKey)
        for (key, value, expected) in [
            (Composition.extendsKey, parent, "the name of another file"),
            (Composition.overrideKey, overrides, "a mapping of key paths to values"),
        ] {
            guard let value, value.isEmpty else { continue }
            throw ConfigurationError([Problem(.noValue(allowed: expected), at: value.span, keyPath: key)])
        }
        if let parent, !parent.isNull {
            let parentPath = try self.path(of: parent, relativeTo: path)
            let base = try load(
                parentPath, after: chain + [link], askedAt: parent.span, keyPath: Composition.extendsKey)
            tree = try withStagesMerged(merged(tree, over: base), tree[stages], base[stages])
        }
        if let overrides, !overrides.isNull { try apply(overrides, to: &tree) }
        return tree
    }

    /// The tree with the items of both files' stages in one list, where both have one.
    private func withStagesMerged(
        _ tree: YAMLNode, _ changes: YAMLNode?, _ base: YAMLNode?
    ) throws(ConfigurationError) -> YAMLNode {
        guard let changes, let base, case .sequence = changes.value else { return tree }
        let items = try NamedItems(base)?.merged(with: changes, at: stages) ?? changes
        var tree = tree
        tree.value = .mapping(
            tree.entries.map { entry in
                var entry = entry
                if entry.key == stages { entry.value = items }
                return entry
            })
        return tree
    }

    private func text(
        of path: String, askedAt span: SourceSpan, keyPath: String
    ) throws(ConfigurationError) -> String {
        do throws(TextFileError) {
            return try TextFile.read(path)
        } catch {
            switch error {
            case .notUTF8(let mark):
                let place = SourceSpan(file: path, line: mark.line + 1, column: mark.column + 1)
                throw ConfigurationError([Problem(.unreadable(file: path, reason: "\(error)"), at: place)])
            case .system, .tooLarge:
                let kind = Problem.Kind.unreadable(file: path, reason: "\(error)")
                throw ConfigurationError([Problem(kind, at: span, keyPath: keyPath)])
            }
        }
    }

    private func path(of parent: YAMLNode, relativeTo path: String) throws(ConfigurationError) -> String {
        guard case .scalar(.text(let name)) = parent.value, !name.isEmpty else {
            let kind = Problem.Kind.wrongType(found: parent.found, expected: "the name of another file")
            throw ConfigurationError([Problem(kind, at: parent.span, keyPath: Composition.extendsKey)])
        }
        return Document.file(name, besides: path)
    }

    private func apply(_ overrides: YAMLNode, to tree: inout YAMLNode) throws(ConfigurationError) {
        guard case .mapping(let entries) = overrides.value else {
            let expected = "a mapping of key paths to values"
            let kind = Problem.Kind.wrongType(found: overrides.found, expected: expected)
            throw ConfigurationError([Problem(kind, at: overrides.span, keyPath: Composition.overrideKey)])
        }
        tree = try Document.overriding(tree, with: entries, stages: stages)
    }
}

extension Document {
    /// The path of a file that another one names: relative to that one, with or without `.yaml`.
    package static func file(_ name: String, besides path: String) -> String {
        let file = FileEnding.yaml.areOf(name) ? name : name + ".yaml"
        guard !file.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return file }
        return path[...slash] + file
    }
}

/// The child's tree laid over its parent's: mappings key by key, anything else replaced.
///
/// The keys of the parent come first, in its order.
func merged(_ child: YAMLNode, over parent: YAMLNode) -> YAMLNode {
    guard case .mapping(let changes) = child.value, case .mapping(let base) = parent.value else {
        return child
    }
    let changed = Dictionary(changes.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Set(base.map(\.key))
    let kept = base.map { entry in
        guard let change = changed[entry.key] else { return entry }
        let value = merged(change.value, over: entry.value)
        return YAMLNode.Entry(key: change.key, keySpan: change.keySpan, value: value)
    }
    return YAMLNode(.mapping(kept + changes.filter { !known.contains($0.key) }), span: child.span)
}

extension YAMLNode {
    /// The value as a report names it.
    var found: String {
        switch value {
        case .scalar(let scalar): scalar.found
        case .sequence(let items): items.isEmpty ? "an empty sequence" : "a sequence"
        case .mapping(let entries): entries.isEmpty ? "an empty mapping" : "a mapping"
        }
    }

    /// Takes a key out of a mapping and returns its value.
    fileprivate mutating func remove(_ key: String) -> YAMLNode? {
        let removed = self[key]
        value = .mapping(entries.filter { $0.key != key })
        return removed
    }
}

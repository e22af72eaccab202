// SPDX-License-Identifier: MIT

internal import Configuration

/// Where the fields that determine a stage's result are written: in the experiment's file, in one that it extends, or
/// in an override.
public struct FieldPlaces: Sendable {
    private let document: YAMLNode

    /// - Throws: `ConfigurationError`.
    public init(path: String, overrides: [String]) throws {
        document = try Document.overriding(Document.load(path), with: overrides)
    }

    init(_ document: YAMLNode) {
        self.document = document
    }

    /// The place of a field as a stage's plan names it, such as `settings.adapt.epochs`; nil for one that is not
    /// written, as its default holds.
    ///
    /// A key that the stage leaves out may be the experiment's, as its backbone is.
    public func place(stage: String, field: String) -> String? {
        var keys = field.split(separator: ".").map(String.init)
        guard keys.first == "settings" else { return place(of: keys, in: document) }
        keys.removeFirst()
        if let (kind, body) = item(named: stage), keys.first == kind {
            let inherited = keys.last.flatMap { document[$0] }
            return place(of: Array(keys.dropFirst()), in: body) ?? inherited.flatMap { place(of: [], in: $0) }
        }
        return place(of: keys, in: document)
            ?? document.entries.lazy.compactMap { place(of: keys, in: $0.value) }.first
    }

    private func place(of keys: [String], in node: YAMLNode) -> String? {
        var node = node
        var list: (item: YAMLNode, holder: YAMLNode)?
        for key in keys {
            // `weights[1]`: the second of a list; `weights[0]` where one stands without a list is that.
            let parts = key.split { "[]".contains($0) }
            guard let name = parts.first, let next = node[String(name)] else {
                // What an item leaves out is said beside the list, for all of its items, or else where the item is.
                return list.flatMap { place(of: [], in: $0.holder[key] ?? $0.item) }
            }
            let holder = node
            node = next
            guard parts.count == 2, let index = Int(parts[1]) else { continue }
            if case .sequence(let items) = next.value {
                guard items.indices.contains(index) else { return nil }
                node = items[index]
            }
            list = (node, holder)
        }
        return node.span == .generated ? nil : "\(node.span)"
    }

    /// The kind and the keys of the stage with this name, or of the one whose kind is its name.
    func item(named stage: String) -> (kind: String, body: YAMLNode)? {
        guard case .sequence(let items)? = document["stages"]?.value else { return nil }
        return items.lazy.flatMap(\.entries).first { item in
            guard case .scalar(let name)? = item.value["name"]?.value else { return stage == item.key }
            return name == .text(stage)
        }.map { ($0.key, $0.value) }
    }
}

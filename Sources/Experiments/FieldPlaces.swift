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
    public func place(stage: String, field: String) -> String? {
        var keys = field.split(separator: ".").map(String.init)
        var node = document
        if keys.first == "settings" {
            keys.removeFirst()
            if let kind = keys.first, StageKind(rawValue: kind) != nil {
                guard let body = body(of: stage, kind: kind) else { return nil }
                keys.removeFirst()
                node = body
            } else if keys == ["backbone"], let own = ownBackbone(of: stage) {
                return "\(own.span)"
            } else if keys == ["protocol"] {
                keys = ["data", "protocol"]
            }
        }
        for key in keys {
            guard let next = node[key] else { return nil }
            node = next
        }
        return node.span == .generated ? nil : "\(node.span)"
    }

    /// The backbone that a stage has instead of the experiment's.
    private func ownBackbone(of stage: String) -> YAMLNode? {
        body(of: stage, kind: StageKind.pretrain.rawValue)?["backbone"]
            ?? body(of: stage, kind: StageKind.postprocess.rawValue)?["camera"]?["backbone"]
    }

    /// The keys of a stage: of the item with this name, or of the one whose kind is its name.
    private func body(of stage: String, kind: String) -> YAMLNode? {
        guard case .sequence(let items)? = document["stages"]?.value else { return nil }
        return items.lazy.compactMap { $0[kind] }.first { body in
            guard case .scalar(let name)? = body["name"]?.value else { return stage == kind }
            return name == .text(stage)
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Configuration
public import Data

/// A dataset as an experiment says it: a name, and a place of its own where it has one.
public struct DatasetPlace<Role: DatasetRole>: Sendable, Equatable {
    let role: Role
    /// Its folder or table, or a folder that has it under one of its names; nothing where `data.location` has it.
    let path: String?

    init(_ role: Role, path: String? = nil) {
        self.role = role
        self.path = path
    }

    public var dataset: Dataset { role.dataset }
    /// What experiments call the dataset.
    public var name: String { role.rawValue }

    /// As a file has it.
    var node: YAMLNode {
        guard let path else { return YAMLNode(name) }
        return YAMLNode(["kind": YAMLNode(name), "path": YAMLNode(path)])
    }

    /// A name, or `{kind: NAME, path: PATH}`.
    static var reader: ValueReader<DatasetPlace> {
        let form = ValueForm.either([name.form, mapping.form])
        return ValueReader(expected: "\(name.expected), or {kind: …, path: …}", form: form) { node, keyPath, collector in
            if case .mapping = node.value { return mapping.value(node, at: keyPath, collector) }
            return name.value(node, at: keyPath, collector).map { DatasetPlace($0) }
        }
    }

    private static var name: ValueReader<Role> { .choice(orMatching: Role.withdrawn) }

    private static var mapping: ValueReader<DatasetPlace> {
        let keys = [
            KeyDescription(
                "kind", name.form, meaning: "What lies there, and so how it is read. `folder` is images of your own.",
                standard: YAMLNode(Role.folder.rawValue)),
            KeyDescription(
                "path", .path,
                meaning: KeyMeaning(
                    "The dataset's folder, or a table of images, or the folder that holds the dataset's under one of its names.",
                    leftOut: "the place that `location` says")),
        ]
        return .mapping(keys) { mapping in
            DatasetPlace(
                mapping.optional("kind", name)?.value ?? .folder, path: mapping.optional("path", .path)?.value)
        }
    }
}

extension ValueReader where Value == DatasetPlace<SourceDataset>? {
    /// A dataset, or `none`.
    static var sourceOrNone: ValueReader {
        let dataset = DatasetPlace<SourceDataset>.reader
        let words = SourceDataset.allCases.map(\.rawValue) + [DataChoice.noSource]
        let form = ValueForm.either([
            .word(words, orMatching: SourceDataset.withdrawn), .mapping(dataset.form.keys),
        ])
        return ValueReader(expected: "\(DataChoice.noSource), \(dataset.expected)", form: form) { node, keyPath, collector in
            if case .scalar(.text(DataChoice.noSource)) = node.value { return .some(nil) }
            return dataset.value(node, at: keyPath, collector).map(Optional.some)
        }
    }
}

// SPDX-License-Identifier: MIT

public import Configuration
internal import Data

extension Experiment {
    /// The document with paths that lead to the same files wherever the program is started: what a run keeps. Names that mean
    /// the same everywhere, `data` and those of published weights, stay as they are.
    public var lastingDocument: YAMLNode {
        let reference = ExperimentReference()
        var root = document.withLastingPaths(reference.keys)
        root.value = .mapping(
            root.entries.map { entry in
                guard entry.key == "stages", case .sequence(let items) = entry.value.value else { return entry }
                let lasting = items.map { item in
                    let kinds = item.entries.map { entry in
                        let method = reference.methods.first { method in
                            method.kind.rawValue == entry.key && entry.value["method"]?.flowText == method.name
                        }
                        return YAMLNode.Entry(key: entry.key, value: entry.value.withLastingPaths(method?.keys ?? []))
                    }
                    return YAMLNode(.mapping(kinds))
                }
                return YAMLNode.Entry(key: entry.key, value: YAMLNode(lasting))
            })
        return root
    }
}

extension YAMLNode {
    fileprivate func withLastingPaths(_ keys: [KeyDescription]) -> YAMLNode {
        guard case .mapping(let entries) = value else { return self }
        return YAMLNode(
            .mapping(
                entries.map { entry in
                    guard let form = keys.first(where: { $0.key == entry.key })?.form else { return entry }
                    return Entry(key: entry.key, value: entry.value.withLastingPaths(form))
                }))
    }

    private func withLastingPaths(_ form: ValueForm) -> YAMLNode {
        switch (form, value) {
        case (.path, .scalar(.text(let path))):
            path == "data" || InitialWeights.isPublished(path) ? self : YAMLNode(absolutePath(path))
        case (.list(let element, _), .sequence(let items)): YAMLNode(items.map { $0.withLastingPaths(element) })
        case (.either(let forms), .scalar), (.either(let forms), .sequence):
            forms.first { $0.holds(self) }.map { withLastingPaths($0) } ?? self
        default: withLastingPaths(form.keys)
        }
    }
}

extension ValueForm {
    /// Whether a value is a path of this form, or a list of some.
    fileprivate func holds(_ node: YAMLNode) -> Bool {
        switch (self, node.value) {
        case (.path, .scalar(.text)), (.list(of: .path, _), .sequence): true
        default: false
        }
    }
}

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
                    guard case .path = form, case .scalar(.text(let path)) = entry.value.value else {
                        return Entry(key: entry.key, value: entry.value.withLastingPaths(form.keys))
                    }
                    let isName = path == "data" || InitialWeights.isPublished(path)
                    return Entry(key: entry.key, value: isName ? entry.value : YAMLNode(absolutePath(path)))
                }))
    }
}

// SPDX-License-Identifier: MIT

internal import Configuration
internal import Data

extension Experiment {
    /// The document with paths that lead to the same files wherever the program is started: what a run keeps. Names that mean
    /// the same everywhere, those of the program's data and of published weights, stay as they are.
    ///
    /// - Parameter dataFolder: The folder of all data beside the program.
    func lastingDocument(in dataFolder: String) throws -> YAMLNode {
        let reference = ExperimentReference()
        var settings = settings
        settings.data = try settings.data.lasting(in: dataFolder)
        let document = document(of: settings)
        let entries = document.entries.map { entry in
            // The data know better than their text what is a name.
            guard entry.key != "data" else { return entry }
            guard entry.key == "stages", case .sequence(let items) = entry.value.value else {
                return entry.lasting(among: reference.keys)
            }
            let lasting = items.map { item in
                let kinds = item.entries.map { entry in
                    let method = reference.methods.first { method in
                        method.kind.rawValue == entry.key && entry.value["method"]?.flowText == method.name
                    }
                    return YAMLNode.Entry(key: entry.key, value: entry.value.lasting(.mapping(method?.keys ?? [])))
                }
                return YAMLNode(.mapping(kinds))
            }
            return YAMLNode.Entry(key: entry.key, value: YAMLNode(lasting))
        }
        return YAMLNode(.mapping(entries))
    }
}

extension YAMLNode.Entry {
    /// With a lasting value, where the key is one of these.
    fileprivate func lasting(among keys: [KeyDescription]) -> YAMLNode.Entry {
        guard let form = keys.first(where: { $0.key == key })?.form else { return self }
        return YAMLNode.Entry(key: key, value: value.lasting(form))
    }
}

extension YAMLNode {
    /// The same value with absolute paths.
    fileprivate func lasting(_ form: ValueForm) -> YAMLNode {
        switch (form, value) {
        case (.path, .scalar(.text(let path))):
            InitialWeights.isPublished(path) ? self : YAMLNode(absolutePath(path))
        case (.list(let element, _), .sequence(let items)): YAMLNode(items.map { $0.lasting(element) })
        case (.either(let forms), _): forms.reduce(self) { $0.lasting($1) }
        case (_, .mapping(let entries)): YAMLNode(.mapping(entries.map { $0.lasting(among: form.keys) }))
        default: self
        }
    }
}

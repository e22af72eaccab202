// SPDX-License-Identifier: MIT

internal import Configuration
internal import Data
internal import Foundation

extension Experiment {
    /// The document with paths that lead to the same files wherever the program is started: what a run keeps. Names that
    /// mean the same everywhere, those of the program's data and of published weights, stay as they are.
    ///
    /// - Parameter dataFolder: The folder of all data beside the program.
    func lastingDocument(in dataFolder: String) throws -> YAMLNode {
        var settings = settings
        settings.data = try settings.data.lasting(in: dataFolder)
        let document = document(of: settings)
        // The data know better than their text what is a name.
        let lasting = document.lastingExperiment(ExperimentReference())
        return YAMLNode(.mapping(zip(document.entries, lasting.entries).map { $0.key == "data" ? $0 : $1 }))
    }
}

extension YAMLNode {
    /// An experiment as it is written, with paths that lead to the same files wherever the text is read: a sweep keeps it,
    /// and overrides still find the keys that are there and no others.
    ///
    /// - Parameter reference: The keys that hold paths.
    func lastingExperiment(_ reference: ExperimentReference) -> YAMLNode {
        mapEntries { entry in
            switch (entry.key, entry.value.value) {
            case ("data", _): entry.value.lasting(among: reference.keys, at: entry.key).lastingLocation(entry.value)
            case ("stages", .sequence(let items)):
                entry.value.replaced(.sequence(items.map { $0.lastingStage(reference) }))
            default: entry.value.lasting(among: reference.keys, at: entry.key)
            }
        }
    }

    private func lastingStage(_ reference: ExperimentReference) -> YAMLNode {
        mapEntries { entry in
            let methods = reference.methods.filter { $0.kind.rawValue == entry.key }
            let method = methods.first { $0.name == entry.value["method"]?.flowText } ?? methods.first
            return entry.value.lasting(.mapping(method?.keys ?? []))
        }
    }

    /// The same data, of which `data` alone is the folder of that name beside the file that says so, where there is one, and
    /// else stays the program's.
    ///
    /// - Parameter written: The data as they are in the file.
    private func lastingLocation(_ written: YAMLNode) -> YAMLNode {
        guard let folder = written["location"]?["folder"], DataChoice.isProgramData(folder) else { return self }
        let besideFile = folder.span.lastingPath("./data")
        let place = isFolder(besideFile) ? folder.replaced(.scalar(.text(besideFile))) : folder
        return mapEntries { entry in
            guard entry.key == "location" else { return entry.value }
            return entry.value.mapEntries { $0.key == "folder" ? place : $0.value }
        }
    }

    /// A key's value with absolute paths.
    private func lasting(among keys: [KeyDescription], at key: String) -> YAMLNode {
        keys.first { $0.key == key }.map { lasting($0.form) } ?? self
    }

    /// The same value with absolute paths.
    private func lasting(_ form: ValueForm) -> YAMLNode {
        switch (form, value) {
        case (.path, .scalar(.text(let path))):
            InitialWeights.isPublished(path) ? self : replaced(.scalar(.text(span.lastingPath(path))))
        case (.list(let element, _), .sequence(let items)): replaced(.sequence(items.map { $0.lasting(element) }))
        case (.either(let forms), _): forms.reduce(self) { $0.lasting($1) }
        case (_, .mapping): mapEntries { $0.value.lasting(among: form.keys, at: $0.key) }
        default: self
        }
    }

    /// A mapping with other values; anything else as it is.
    private func mapEntries(_ change: (Entry) -> YAMLNode) -> YAMLNode {
        guard case .mapping(let entries) = value else { return self }
        return replaced(
            .mapping(entries.map { Entry(key: $0.key, keySpan: $0.keySpan, value: change($0)) }))
    }

    /// Another value in the same place.
    private func replaced(_ value: Value) -> YAMLNode { YAMLNode(value, span: span) }
}

extension SourceSpan {
    /// Where a path leads that is written here, whatever folder the program was started in and by whichever way it came to
    /// the file.
    fileprivate func lastingPath(_ path: String) -> String {
        guard isFile, !path.hasPrefix("/") else { return absolutePath(path) }
        // The file is there, and its folder has one true name: `a/../b` may be `b`.
        let folder = trueName(of: absolutePath(resolving(".")))
        return SourceSpan(file: "\(folder)/file", line: 1, column: 1).resolving(path)
    }
}

/// A folder's path without links and detours.
private func trueName(of folder: String) -> String {
    guard let resolved = realpath(folder, nil) else { return folder }
    defer { free(resolved) }
    return String(cString: resolved)
}

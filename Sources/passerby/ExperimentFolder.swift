// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// A folder of YAML files that are named on a command line.
struct ExperimentFolder {
    private let folder: URL
    private let kind: String

    /// - Parameter kind: What a file of the folder holds: `experiment`.
    init(_ folder: URL, holding kind: String) {
        self.folder = folder
        self.kind = kind
    }

    /// The file of a name, or of a path, shown relative to the current folder where it lies below it; and the name.
    ///
    /// - Throws: ``CommandError/unknownExperiment(kind:name:looked:known:)``.
    func file(named name: String) throws -> (path: String, name: String) {
        let manager = FileManager.default
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            guard manager.fileExists(atPath: name) else { throw unknown(name, looked: name) }
            return (name, ((name as NSString).lastPathComponent as NSString).deletingPathExtension)
        }
        let file = folder.appendingPathComponent("\(name).yaml")
        guard manager.fileExists(atPath: file.path) else { throw unknown(name, looked: shown(file)) }
        return (shown(file), name)
    }

    private func shown(_ file: URL) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        let path = file.standardizedFileURL.path
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    /// Sweeps and tables lie among experiments, and are none.
    private static func isOfAnotherKind(_ file: String) -> Bool {
        ["sweeps/", "tables/"].contains { file.hasPrefix($0) }
    }

    private func unknown(_ name: String, looked: String) -> CommandError {
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let known = files.filter { $0.hasSuffix(".yaml") && !Self.isOfAnotherKind($0) }.map { String($0.dropLast(5)) }
        return .unknownExperiment(kind: kind, name: name, looked: looked, known: known.sorted())
    }
}

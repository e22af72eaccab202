// SPDX-License-Identifier: MIT

internal import Configuration
internal import Foundation
internal import Vocabulary

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
    /// - Throws: ``CommandError/unknownExperiment(kind:name:looked:known:)``, ``CommandError/otherEnding(kind:path:)``.
    func file(named name: String) throws -> (path: String, name: String) {
        let manager = FileManager.default
        if FileEnding.yaml.areOf(name) {
            guard manager.fileExists(atPath: name) else { throw unknown(name, looked: name) }
            return (name, ((name as NSString).lastPathComponent as NSString).deletingPathExtension)
        }
        let file = folder.appendingPathComponent("\(name).yaml")
        guard manager.fileExists(atPath: file.path) else {
            throw Self.isPath(name) ? CommandError.otherEnding(kind: kind, path: name) : unknown(name, looked: shown(file))
        }
        return (shown(file), name)
    }

    /// The names of its files, in order.
    var names: [String] {
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".yaml") && !Self.isOfAnotherKind($0) }.map { String($0.dropLast(5)) }.sorted()
    }

    /// Whether somebody has given a file's path, by its look or because there is such a file.
    private static func isPath(_ name: String) -> Bool {
        var isFolder = ObjCBool(false)
        let isThere = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
        return isThere && !isFolder.boolValue || !(name as NSString).pathExtension.isEmpty || name.hasPrefix("/")
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

    /// The name that a misspelt one most likely means, as a whole or behind its last slash.
    static func nearestName(to name: String, among names: [String]) -> String? {
        let last = { (name: String) in (name as NSString).lastPathComponent }
        return nearest(to: name, among: names)
            ?? nearest(to: last(name), among: names.map(last)).flatMap { found in names.first { last($0) == found } }
    }

    private func unknown(_ name: String, looked: String) -> CommandError {
        .unknownExperiment(kind: kind, name: name, looked: looked, known: names)
    }
}

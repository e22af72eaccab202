// SPDX-License-Identifier: MIT

import Foundation

extension Dataset {
    /// When the data folder itself may be taken for the dataset's own folder.
    enum RootRule {
        /// Unless the folder's name is that of another dataset; own images may have any.
        case unlessNamedOtherwise
        /// Only if the folder's name is that of this dataset.
        case ifNamedSo
    }

    /// Finds the dataset below a folder under any of its known spellings, or in the folder itself.
    ///
    /// - Parameter root: The folder that holds the datasets, or the dataset's own; for ``folder`` also a CSV
    ///   table. A relative path begins in the current folder.
    /// - Returns: The first of the known folders that holds at least one split of a known layout, in the layout of
    ///   which the most splits are there.
    /// - Throws: ``DataError/missingFolder(dataset:lookedFor:layouts:)`` with every path that was looked for, those
    ///   inside a folder only where the folder is there; ``DataError/namedOtherwise(folder:dataset:other:)`` where the
    ///   folder itself could be the dataset's, but for its name; ``DataError/foreignFormats(folder:found:)`` for own images
    ///   of which none is in a format that is read.
    public func find(in root: String) throws(DataError) -> FoundDataset {
        try find(in: root, rootRule: .unlessNamedOtherwise)
    }

    /// Finds the dataset without guessing: in a folder of some other name only its known spellings count.
    ///
    /// - Returns: nil where it is not there.
    public func listed(in root: String) -> FoundDataset? {
        try? find(in: root, rootRule: .ifNamedSo)
    }

    private func find(in root: String, rootRule: RootRule) throws(DataError) -> FoundDataset {
        let root = absolutePath(root)
        var lookedFor: [String] = []
        for folder in candidates(root, rootRule) {
            guard isFolder(folder) || ImageTable.isTable(folder) else {
                lookedFor.append(folder)
                continue
            }
            if let found = layout(in: folder) { return found }
            lookedFor += definition.editions.flatMap(\.splits).flatMap { $0.missing(in: folder) }
        }
        if let other = otherOwner(of: root), layout(in: trimmed(root)) != nil {
            throw .namedOtherwise(folder: trimmed(root), dataset: definition.title, other: other.rawValue)
        }
        if self == .folder, isFolder(root) {
            let walk = try ImageWalk(root, isDeep: true)
            if walk.paths.isEmpty, !walk.foreign.isEmpty { throw .foreignFormats(folder: root, found: walk.leftOut) }
        }
        var seen: Set<String> = []
        throw .missingFolder(
            dataset: definition.title, lookedFor: lookedFor.filter { seen.insert($0).inserted },
            layouts: definition.editions.flatMap(\.layouts))
    }

    /// The layout of a folder: the one of which the most splits are there, as layouts may share some.
    private func layout(in folder: String) -> FoundDataset? {
        var best: FoundDataset?
        for edition in definition.editions {
            let found = FoundDataset(dataset: self, folder: folder, edition: edition)
            if found.splits.count > best?.splits.count ?? 0 { best = found }
        }
        return best
    }

    /// The folders in which the dataset may lie, the data folder itself being the last.
    private func candidates(_ root: String, _ rule: RootRule) -> [String] {
        let names = definition.folders.filter { $0 != "." }
        let outer = names.map { joined(root, $0) }
        let inner = outer.filter(isFolder).flatMap { folder in names.map { joined(folder, $0) } }
        let isAccepted =
            switch rule {
            case _ where definition.folders.contains("."): true
            case .ifNamedSo: ownNames.contains(name(of: root))
            case .unlessNamedOtherwise: otherOwner(of: root) == nil
            }
        return outer + inner + (isAccepted ? [trimmed(root)] : [])
    }

    /// Another dataset whose name a folder has; own images may be called as they like.
    private func otherOwner(of root: String) -> Dataset? {
        let name = name(of: root)
        guard self != .folder, !ownNames.contains(name) else { return nil }
        return Dataset.allCases.first { $0.ownNames.contains(name) }
    }

    private func name(of root: String) -> String {
        URL(fileURLWithPath: root).standardizedFileURL.lastPathComponent
    }

    private func trimmed(_ root: String) -> String {
        root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    /// The names that the dataset's own folder may have.
    private var ownNames: Set<String> { Set(definition.folders).subtracting(["."]) }
}

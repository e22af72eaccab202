// SPDX-License-Identifier: MIT

import Foundation

extension Dataset {
    /// When the data folder itself may be taken for the dataset's own folder.
    enum RootRule {
        /// Unless the folder's name is that of another dataset.
        case unlessNamedOtherwise
        /// Only if the folder's name is that of this dataset.
        case ifNamedSo
    }

    /// Finds the dataset below a folder under any of its known spellings, or in the folder itself.
    ///
    /// - Parameter root: The folder that holds the datasets, or the dataset's own; for ``folder`` also a CSV
    ///   table.
    /// - Returns: The first of the known folders that holds at least one split of a known layout, in the layout of
    ///   which the most splits are there.
    /// - Throws: ``DataError/missingFolder(dataset:lookedFor:layouts:)`` with every path that was looked for, those
    ///   inside a folder only where the folder is there.
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
        var lookedFor: [String] = []
        for folder in candidates(root, rootRule) {
            guard isFolder(folder) || ImageTable.isTable(folder) else {
                lookedFor.append(folder)
                continue
            }
            if let found = layout(in: folder) { return found }
            lookedFor += definition.editions.flatMap(\.splits).flatMap { $0.missing(in: folder) }
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
        let trimmed = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
        let known = definition.folders.map { $0 == "." ? trimmed : joined(root, $0) }
        let name = URL(fileURLWithPath: root).standardizedFileURL.lastPathComponent
        let isOwn = ownNames.contains(name)
        let isAccepted = switch rule {
        case .ifNamedSo: isOwn
        case .unlessNamedOtherwise: isOwn || !Dataset.allCases.contains { $0.ownNames.contains(name) }
        }
        return isAccepted ? known + [trimmed] : known
    }

    /// The names that the dataset's own folder may have.
    private var ownNames: Set<String> {
        Set(definition.folders.flatMap { $0.split(separator: "/").map(String.init) })
    }
}

// SPDX-License-Identifier: MIT

/// What is known of a dataset, and whether it is there.
public struct DatasetOverview: Sendable, Equatable, Encodable {
    /// A split of a layout.
    public struct Split: Sendable, Equatable, Encodable {
        public let layout: String
        public let split: DatasetSplit
        /// Several where published numbers differ, none for data of the user's own.
        public let published: [PublishedCounts]
        /// Whether it is there.
        public let found: Bool
    }

    public let dataset: Dataset
    public let title: String
    /// Where its authors publish it.
    public let home: String
    /// Whether its authors took it back.
    public let withdrawn: Bool
    public let found: Bool
    /// The folder in which it was found; nil where it is not there.
    public let folder: String?
    /// The layout in which it was found.
    public let layout: String?
    /// The splits of the layout that was found, or of all layouts.
    public let splits: [Split]

    /// Looks for a dataset.
    ///
    /// - Parameter root: The folder of all datasets, or that of one.
    public init(_ dataset: Dataset, in root: String) {
        let definition = dataset.definition
        let found = dataset.listed(in: root)
        self.dataset = dataset
        title = definition.title
        home = definition.home
        withdrawn = definition.standing == .withdrawn
        self.found = found != nil
        folder = found?.folder
        layout = found?.layout
        let present = Set(found?.splits ?? [])
        splits = (found.map { [$0.edition] } ?? definition.editions).flatMap { edition in
            edition.splits.map { split in
                Split(
                    layout: edition.name, split: split.split, published: split.published,
                    found: present.contains(split.split))
            }
        }
    }
}

extension DatasetOverview: CustomStringConvertible {
    /// A line that says where it is, and one for each split: whether it is there, and its published counts.
    public var description: String {
        let mark = withdrawn ? " (withdrawn)" : ""
        let place = folder.map { "in \($0)" } ?? "not found"
        let isOneLayout = Set(splits.map(\.layout)).count == 1
        let lines = splits.compactMap { split in
            let counts = split.published.map(\.description).joined(separator: ", or ")
            let facts =
                (folder == nil ? [] : [split.found ? "there" : "not there"])
                + (counts.isEmpty ? [] : ["published: \(counts)"])
            return facts.isEmpty
                ? nil
                : "  \(isOneLayout ? "" : "\(split.layout): ")\(split.split.rawValue): \(facts.joined(separator: "; "))"
        }
        return (["\(dataset.rawValue): \(title)\(mark), \(place)"] + lines).joined(separator: "\n")
    }
}

// SPDX-License-Identifier: MIT

/// A dataset in the folder where it was found.
public struct FoundDataset: Sendable {
    public let dataset: Dataset
    /// The dataset's own folder, or the table of images that was given in its place.
    public let folder: String
    let edition: DatasetEdition

    /// The name of the layout.
    public var layout: String { edition.name }

    /// The splits that are there.
    public var splits: [DatasetSplit] {
        edition.splits.filter { $0.missing(in: folder).isEmpty }.map(\.split)
    }

    /// The files that list its images.
    public var indexFiles: [String] {
        Set(edition.splits.flatMap(\.needs).map { ImageTable.located($0, in: folder) })
            .filter { exists($0) && !isFolder($0) }.sorted()
    }

    /// What a split should hold; several where published numbers differ, none for data of the user's own.
    public func published(_ split: DatasetSplit) -> [PublishedCounts] {
        edition.split(split)?.published ?? []
    }

    /// Whether the dataset says who is seen in the images of a split.
    public func hasIdentities(_ split: DatasetSplit) -> Bool {
        edition.split(split)?.hasIdentities ?? false
    }

    /// The images of a split with their identities, in the dataset's order.
    ///
    /// - Throws: As ``unlabelled(_:)``, and ``DataError/noIdentities(dataset:split:)`` where the dataset does not
    ///   say who is seen.
    public func labelled(_ split: DatasetSplit) throws(DataError) -> [LabelledImage] {
        try labelled(rows(split), split)
    }

    /// The training images with their identities, and how many show nobody of interest.
    ///
    /// The latter are left out: taken for one person, they would be a class of everybody.
    ///
    /// - Throws: As ``labelled(_:)``.
    public func training() throws(DataError) -> (images: [LabelledImage], backgroundCount: Int) {
        let all = try labelled(rows(.train), .train)
        let people = all.filter { $0.identity != edition.background }
        return (people, all.count - people.count)
    }

    private func labelled(
        _ listing: DatasetListing, _ split: DatasetSplit
    ) throws(DataError) -> [LabelledImage] {
        var images: [LabelledImage] = []
        for image in listing.images {
            guard let identity = image.identity else {
                throw .noIdentities(dataset: dataset.definition.title, split: split.rawValue)
            }
            images.append(LabelledImage(path: image.path, identity: identity, camera: image.camera))
        }
        return images
    }

    /// The images of a split without their identities, which are dropped here where the dataset tells them.
    ///
    /// - Throws: ``DataError/missingFolder(dataset:lookedFor:layouts:)`` where the split is not there,
    ///   ``DataError/missingImage(path:listedIn:line:)`` where one of its images is not, and the errors of a
    ///   listing: ``DataError/noImages(folder:)``, ``DataError/malformedName(path:expected:)``,
    ///   ``DataError/malformedLine(file:line:found:expected:)``,
    ///   ``DataError/unknownIdentity(path:found:allowed:)``, ``DataError/unknownCamera(path:found:allowed:)``,
    ///   ``DataError/unreadable(path:reason:)``.
    public func unlabelled(_ split: DatasetSplit) throws(DataError) -> [UnlabelledImage] {
        try rows(split).images.map { UnlabelledImage(path: $0.path, camera: $0.camera) }
    }

    /// The queries and galleries that say who is seen, as they are listed, whether the files are there or not. What
    /// cannot be listed is left out.
    public var labelledQueries: [(split: DatasetSplit, query: [LabelledImage], gallery: [LabelledImage])] {
        splits.compactMap { split in
            guard let other = split.gallery, let query = try? listing(split), let gallery = try? listing(other) else {
                return nil
            }
            let (seen, there) = (query.labelled, gallery.labelled)
            // A test set without identities has none in the one or the other.
            return seen.isEmpty || there.isEmpty ? nil : (split, seen, there)
        }
    }

    /// A split whose files are all there.
    private func rows(_ split: DatasetSplit) throws(DataError) -> DatasetListing {
        let listing = try listing(split)
        try listing.requireFiles()
        return listing
    }

    /// A split as it is listed, whether the files are there or not.
    func listing(_ split: DatasetSplit) throws(DataError) -> DatasetListing {
        let title = "\(dataset.definition.title), \(split.rawValue)"
        guard let definition = edition.split(split) else {
            let others = dataset.definition.editions.filter { $0.split(split) != nil }
            guard !others.isEmpty else {
                let known = DatasetSplit.allCases.filter { split in
                    dataset.definition.editions.contains { $0.split(split) != nil }
                }
                throw .noSuchSplit(
                    dataset: dataset.definition.title, split: split.rawValue, allowed: known.map(\.rawValue))
            }
            throw .missingFolder(
                dataset: title, lookedFor: others.flatMap { $0.split(split)?.missing(in: folder) ?? [] },
                layouts: others.flatMap(\.layouts))
        }
        let missing = definition.missing(in: folder)
        guard missing.isEmpty else {
            throw .missingFolder(dataset: title, lookedFor: missing, layouts: edition.layouts)
        }
        return try definition.list(folder)
    }
}

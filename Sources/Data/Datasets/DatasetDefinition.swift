// SPDX-License-Identifier: MIT

import Vocabulary

/// What is known of a dataset: where it may lie, how each of its layouts is read, what it should hold.
public struct DatasetDefinition: Sendable {
    /// Whether its authors still hand it out.
    public enum Standing: Sendable, Equatable {
        case available
        /// Its authors took it back; it is read where it is there, and suggested nowhere.
        case withdrawn
    }

    /// The name that papers use.
    public let title: String
    /// Where its authors publish it.
    public let home: String
    public let standing: Standing
    /// Names of folders that may hold it, in order of preference: each below the data folder, or in another of them, as
    /// an archive that is unpacked into a folder of its own leaves it. `.` is the data folder itself, for layouts that
    /// no other dataset has.
    let folders: [String]
    /// The layouts in which it is found, in order of preference.
    let editions: [DatasetEdition]

    init(
        title: String, home: String, standing: Standing = .available, folders: [String], editions: [DatasetEdition]
    ) {
        self.title = title
        self.home = home
        self.standing = standing
        self.folders = folders
        self.editions = editions
    }

    /// Whether some layout has training images with identities.
    public var canBeSource: Bool {
        editions.contains { $0.splits.contains { $0.split == .train && $0.hasIdentities } }
    }

    /// Whether it says which camera took an image.
    public var hasCameras: Bool { editions.allSatisfy(\.hasCameras) }

    /// Whether some layout has training images, queries and a gallery.
    public var canBeTarget: Bool {
        editions.contains { edition in
            Set(edition.splits.map(\.split)).isSuperset(of: [.train, .query, .gallery])
        }
    }

    /// Whether some layout has queries and a gallery that say who is seen.
    public var hasQueries: Bool {
        editions.contains { edition in
            let labelled = edition.splits.filter(\.hasIdentities).map(\.split)
            return Set(labelled).isSuperset(of: [.query, .gallery])
        }
    }

    /// Whether some layout has a test set of which only its organisers know who is seen, so that a ranking of it is sent in.
    public var hasTestSet: Bool {
        editions.contains { edition in
            Set(edition.splits.map(\.split)).isSuperset(of: [.testQuery, .testGallery])
        }
    }
}

/// One layout of a dataset.
struct DatasetEdition: Sendable {
    /// How training identities relate to those of queries and galleries.
    enum Numbering: Sendable {
        /// One numbering for all, so that equal numbers mean equal people: training must show others.
        case shared
        /// Every split counts from the start, so that equal numbers mean nothing.
        case separate
    }

    /// The layout's name.
    let name: String
    /// The layout as a person would write it down, `FOLDER` being the dataset's folder.
    let layouts: [String]
    var numbering = Numbering.shared
    /// Whether the dataset says which camera took an image; where it does not, all are 0.
    var hasCameras = true
    /// Whether the splits of the user's own data are found only by reading all of it, so that some may be empty.
    var mayLackSplits = false
    /// The identity of images that show nobody of interest, where the dataset has such a number.
    var background: Identity?
    let splits: [SplitDefinition]

    func split(_ split: DatasetSplit) -> SplitDefinition? {
        splits.first { $0.split == split }
    }
}

/// How one split of a layout is found and read.
struct SplitDefinition: Sendable {
    let split: DatasetSplit
    /// The files and folders below the dataset's folder that the split is made of. None means: images directly
    /// in the folder.
    let needs: [String]
    /// The folders whose images are the split's, below the dataset's own; none where a list or table names them.
    var imageFolders: [String] = []
    /// Whether the images of folders below are the split's too.
    var isDeep = false
    var hasIdentities = true
    /// What the split should hold; several where published numbers differ, none for data of the user's own.
    var published: [PublishedCounts] = []
    /// Lists the split of a dataset that lies in the folder; files that an index lists need not be there.
    let list: @Sendable (_ folder: String) throws(DataError) -> DatasetListing

    /// The needed paths that are not below the folder.
    func missing(in folder: String) -> [String] {
        if needs.isEmpty { return holdsImages(folder) ? [] : [joined(folder, "*.jpg")] }
        return needs.map { ImageTable.located($0, in: folder) }.filter { !exists($0) }
    }
}

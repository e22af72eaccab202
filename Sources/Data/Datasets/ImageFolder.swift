// SPDX-License-Identifier: MIT

import Vocabulary

extension DatasetDefinition {
    /// Images of the user's own, in one of three forms: a table `images.csv`; folders for training, queries and
    /// gallery; or one folder of training images.
    ///
    /// In folders, names begin with `IDENTITY_cCAMERA` as Market-1501's do; −1 is junk and 0 background. Cameras may
    /// have any numbers from 0; readers number them by their rank among all of the dataset's.
    static var folder: DatasetDefinition {
        DatasetDefinition(
            title: "own images",
            home: "your own",
            folders: ["folder"],
            editions: [.table, .tree("train", "query", "gallery")]
                + [
                    .tree("bounding_box_train", "query", "bounding_box_test"),
                    .tree("image_train", "image_query", "image_test"), .flat,
                ])
    }
}

extension DatasetEdition {
    /// A table of images.
    fileprivate static var table: DatasetEdition {
        ownImages(
            "table", "FOLDER/images.csv with the columns path, id, camera and split (train, query, gallery)",
            [.train, .query, .gallery].map { split in (split, [ImageTable.name]) }, imageFolders: { _ in [] }
        ) { root throws(DataError) in
            try ImageTable.read(ImageTable.located(ImageTable.name, in: root))
        }
    }

    /// Three folders, each with any folders below.
    fileprivate static func tree(_ train: String, _ query: String, _ gallery: String) -> DatasetEdition {
        let folders: [(DatasetSplit, String)] = [(.train, train), (.query, query), (.gallery, gallery)]
        return ownImages(
            "\(train), \(query), \(gallery)",
            "FOLDER/{\(train),\(query),\(gallery)}/…/0001_c1….jpg",
            folders.map { ($0, [$1]) }
        ) { root throws(DataError) in
            var rows: [DatasetSplit: DatasetListing] = [:]
            for (split, name) in folders where isFolder(joined(root, name)) {
                do throws(DataError) {
                    rows[split] = try OwnNames.list(below: joined(root, name))
                } catch .noImages {
                    // The other splits are what they are.
                    continue
                }
            }
            return rows
        }
    }

    /// Training images directly in the folder, or in folders below it.
    fileprivate static var flat: DatasetEdition {
        ownImages("one folder", "FOLDER/0001_c1….jpg", [(.train, [])], imageFolders: { _ in [""] }) {
            root throws(DataError) in
            [.train: try OwnNames.list(below: root)]
        }
    }

    /// Splits that are listed together, since the numbers of the cameras are ranked over all of them.
    private static func ownImages(
        _ name: String, _ layout: String, _ splits: [(DatasetSplit, needs: [String])],
        imageFolders: (_ needs: [String]) -> [String] = { $0 },
        _ list: @escaping @Sendable (String) throws(DataError) -> [DatasetSplit: DatasetListing]
    ) -> DatasetEdition {
        DatasetEdition(
            name: name, layouts: [layout], mayLackSplits: true, background: .background,
            splits: splits.map { split, needs in
                SplitDefinition(
                    split: split, needs: needs, imageFolders: imageFolders(needs), isDeep: true
                ) { root throws(DataError) in
                    let listings = try list(root)
                    guard let listing = listings[split] else {
                        throw .noImages(folder: needs.first.map { joined(root, $0) } ?? "\(root), \(split.rawValue)")
                    }
                    let cameras = Set(listings.values.flatMap { $0.images.map(\.camera) }).sorted()
                    let ranks = Dictionary(uniqueKeysWithValues: cameras.enumerated().map { ($1, $0) })
                    return DatasetListing(
                        listing.images.map { image in
                            DatasetImage(
                                path: image.path, identity: image.identity?.rawValue,
                                camera: ranks[image.camera] ?? 0, place: image.place)
                        }, junkCount: listing.junkCount)
                }
            })
    }
}

/// Names that begin with `IDENTITY_cCAMERA`, anywhere below a folder.
private enum OwnNames {
    /// The images in the order of their paths, cameras as they are numbered.
    static func list(below folder: String) throws(DataError) -> DatasetListing {
        var images: [DatasetImage] = []
        var junkCount = 0
        for name in try imagePaths(below: folder) {
            let path = joined(folder, name)
            guard let pattern = FileNamePattern(lastComponent(path)) else {
                throw .malformedName(path: path, expected: "IDENTITY_cCAMERA…, such as 0001_c2_17.jpg")
            }
            guard pattern.identity >= FileNamePattern.junk else {
                throw .unknownIdentity(path: path, found: pattern.identity, allowed: "0 or more, or -1")
            }
            guard pattern.camera >= 0 else {
                throw .malformedName(path: path, expected: "IDENTITY_cCAMERA… with a camera of 0 or more")
            }
            if pattern.identity == FileNamePattern.junk {
                junkCount += 1
            } else {
                images.append(DatasetImage(path: path, identity: pattern.identity, camera: pattern.camera))
            }
        }
        return DatasetListing(images, junkCount: junkCount)
    }
}

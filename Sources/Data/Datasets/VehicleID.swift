// SPDX-License-Identifier: MIT

import Randomness
import Vocabulary

extension DatasetDefinition {
    /// VehicleID: vehicles from the front and from behind, without any word on the cameras.
    ///
    /// There are three test sets, of 800, 1,600 and 2,400 vehicles. Of each vehicle one image is drawn into the
    /// gallery and the others are queries; the draw is fixed here, so that all that read the dataset read the same
    /// split. Every camera is 0: only a protocol that takes no account of cameras can score it.
    ///
    /// - SeeAlso: Liu et al., "Deep relative distance learning: tell the difference between similar vehicles",
    ///   CVPR 2016.
    static var vehicleid: DatasetDefinition {
        DatasetDefinition(
            title: "VehicleID",
            home: "https://www.pkuml.org/resources/pku-vehicleid.html",
            folders: ["VehicleID_V1.0", "VehicleID", "vehicleid", "VehicleID_v1.0"],
            editions: [
                DatasetEdition(
                    name: "VehicleID_V1.0",
                    layouts: [
                        "FOLDER/train_test_split/{train_list,test_list_800,test_list_1600,test_list_2400}.txt with "
                            + "FOLDER/image/NAME.jpg"
                    ],
                    hasCameras: false,
                    splits: [
                        SplitDefinition(
                            split: .train, needs: VehicleIDList.needs("train_list"),
                            published: [PublishedCounts(images: 113_346, identities: 13_164, cameras: 1)]
                        ) { root throws(DataError) in
                            DatasetListing(try VehicleIDList.rows("train_list", in: root)).sortedByPath()
                        }
                    ]
                        + VehicleIDList.test(.query, .gallery, size: 800, queries: 5_693)
                        + VehicleIDList.test(.query1600, .gallery1600, size: 1_600)
                        + VehicleIDList.test(.query2400, .gallery2400, size: 2_400))
            ])
    }
}

/// The list files of VehicleID: the name of an image without its ending, and an identity, on each line.
private enum VehicleIDList {
    static func needs(_ list: String) -> [String] { ["train_test_split/\(list).txt", "image"] }

    /// Queries and gallery of one test set.
    static func test(
        _ query: DatasetSplit, _ gallery: DatasetSplit, size: Int, queries: Int? = nil
    ) -> [SplitDefinition] {
        let list = "test_list_\(size)"
        let queryCounts = PublishedCounts(images: queries, identities: size, cameras: 1)
        let galleryCounts = PublishedCounts(images: size, identities: size, cameras: 1)
        return [
            SplitDefinition(split: query, needs: needs(list), published: [queryCounts]) { root throws(DataError) in
                DatasetListing(try drawn(list, in: root).query)
            },
            SplitDefinition(split: gallery, needs: needs(list), published: [galleryCounts]) {
                root throws(DataError) in DatasetListing(try drawn(list, in: root).gallery)
            },
        ]
    }

    /// One image of each identity for the gallery, all others as queries, both in the order of their paths.
    private static func drawn(
        _ list: String, in root: String
    ) throws(DataError) -> (query: [DatasetImage], gallery: [DatasetImage]) {
        let images = DatasetListing(try rows(list, in: root)).sortedByPath().images
        var chosen: Set<Int> = []
        for (identity, rows) in Dictionary(grouping: images.indices, by: { images[$0].identity?.rawValue ?? 0 }) {
            var stream = RandomKey(seed: 1).stream("vehicleid.gallery", index: identity)
            chosen.insert(rows[stream.below(rows.count)])
        }
        return (
            images.indices.filter { !chosen.contains($0) }.map { images[$0] },
            chosen.sorted().map { images[$0] }
        )
    }

    static func rows(_ list: String, in root: String) throws(DataError) -> [DatasetImage] {
        let index = try IndexFile(path: joined(root, needs(list)[0]))
        guard !index.lines.isEmpty else { throw .noImages(folder: index.path) }
        var rows: [DatasetImage] = []
        for line in index.lines {
            guard line.columns.count == 2, let identity = Int(line.columns[1]), identity >= 0 else {
                throw index.malformed(line, expected: "NAME IDENTITY")
            }
            rows.append(
                DatasetImage(
                    path: joined(root, "image/\(line.columns[0]).jpg"), identity: identity, camera: 0,
                    place: index.place(line)))
        }
        return rows
    }
}

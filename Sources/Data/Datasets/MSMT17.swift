// SPDX-License-Identifier: MIT

extension DatasetDefinition {
    /// MSMT17: people on a campus before 15 cameras. In its second version faces are blurred, which gives other
    /// numbers.
    ///
    /// The training set is `list_train.txt` and `list_val.txt` together, as the papers use it. Training and test
    /// folders number their people each from 0.
    ///
    /// - SeeAlso: Wei et al., "Person transfer GAN to bridge domain gap for person re-identification", CVPR 2018.
    static var msmt17: DatasetDefinition {
        DatasetDefinition(
            title: "MSMT17",
            home: "https://www.pkuvmc.com/dataset.html",
            folders: ["MSMT17_V1", "MSMT17_V2", "MSMT17", "msmt17", "msmt17v1", "msmt17v2"],
            editions: [
                .msmt17("MSMT17_V1", train: "train", test: "test"),
                .msmt17("MSMT17_V2", train: "mask_train_v2", test: "mask_test_v2"),
            ])
    }
}

extension DatasetEdition {
    fileprivate static func msmt17(_ name: String, train: String, test: String) -> DatasetEdition {
        func split(
            _ split: DatasetSplit, _ lists: [String], in images: String, _ published: PublishedCounts
        ) -> SplitDefinition {
            SplitDefinition(split: split, needs: lists + [images], published: [published]) { root throws(DataError) in
                var rows: [DatasetImage] = []
                for list in lists {
                    rows += try MSMT17List.rows(joined(root, list), images: joined(root, images))
                }
                let listing = DatasetListing(rows)
                return split == .train ? listing.sortedByPath() : listing
            }
        }
        return DatasetEdition(
            name: name,
            layouts: [
                "FOLDER/list_{train,val,query,gallery}.txt with FOLDER/\(train) and FOLDER/\(test), holding "
                    + "0000/0000_000_01_0303morning_0008_0.jpg"
            ],
            numbering: .separate,
            splits: [
                split(
                    .train, ["list_train.txt", "list_val.txt"], in: train,
                    PublishedCounts(images: 32_621, identities: 1_041, cameras: 15)),
                split(
                    .query, ["list_query.txt"], in: test,
                    PublishedCounts(images: 11_659, identities: 3_060, cameras: 15)),
                split(
                    .gallery, ["list_gallery.txt"], in: test,
                    PublishedCounts(images: 82_161, identities: 3_060, cameras: 15)),
            ])
    }
}

/// A list file of MSMT17: a path below the image folder and an identity on each line.
private enum MSMT17List {
    static let cameras = CameraNumbers(1...15)

    /// The rows in the order of the file. The identity is told twice, by the file's name and by the second column,
    /// which must agree.
    static func rows(_ path: String, images: String) throws(DataError) -> [DatasetImage] {
        let index = try IndexFile(path: path)
        guard !index.lines.isEmpty else { throw .noImages(folder: path) }
        var rows: [DatasetImage] = []
        for line in index.lines {
            guard line.columns.count == 2, let label = Int(line.columns[1]) else {
                throw index.malformed(line, expected: "PATH IDENTITY")
            }
            let image = joined(images, String(line.columns[0]))
            let numbers = lastComponent(image).split(separator: "_", maxSplits: 3).prefix(3).map { Int($0) }
            guard numbers.count == 3, let identity = numbers[0], let camera = numbers[2] else {
                throw .malformedName(
                    path: image, expected: "IDENTITY_NUMBER_CAMERA_…, such as 0000_000_01_0303morning_0008_0.jpg")
            }
            guard identity == label else {
                throw index.malformed(line, expected: "the file name's identity \(identity)")
            }
            rows.append(
                DatasetImage(
                    path: image, identity: identity,
                    camera: try cameras.position(of: camera, at: "\(path):\(line.number)"), place: index.place(line)))
        }
        return rows
    }
}

// SPDX-License-Identifier: MIT

import Vocabulary

extension DatasetDefinition {
    /// The target domain of the VisDA-2020 challenge: real images of five cameras.
    ///
    /// The lists of the validation and test sets fix the order that submissions refer to. There is no camera 3.
    /// Training images have cameras and no identities, test images neither.
    ///
    /// - SeeAlso: The VisDA-2020 challenge's public data kit.
    static var visdaTarget: DatasetDefinition {
        DatasetDefinition(
            title: "VisDA-2020 target",
            home: "https://github.com/Simon4Yan/VisDA2020",
            folders: ["visda2020", "VisDA2020", "visda-target", "."],
            editions: [
                DatasetEdition(
                    name: "VisDA-2020",
                    layouts: [
                        "FOLDER/target_training/label_target_training.txt with "
                            + "FOLDER/target_training/image_train/NAME.jpg",
                        "FOLDER/index_{validation,test}_{query,gallery}.txt with "
                            + "FOLDER/target_{validation,test}/image_{query,gallery}/NAME.jpg",
                    ],
                    background: .background,
                    splits: [
                        training,
                        validation(.query, "query", PublishedCounts(images: 377, identities: 100, cameras: 5)),
                        validation(.gallery, "gallery", PublishedCounts(images: 3_600, identities: 101, cameras: 5)),
                        test(.testQuery, "query", PublishedCounts(images: 1_578)),
                        test(.testGallery, "gallery", PublishedCounts(images: 24_006)),
                    ])
            ])
    }

    private static var training: SplitDefinition {
        let list = "target_training/label_target_training.txt"
        return SplitDefinition(
            split: .train, needs: [list, "target_training/image_train"], hasIdentities: false,
            published: [PublishedCounts(images: 13_198, cameras: 5)]
        ) { root throws(DataError) in
            try VisDAIndex(joined(root, list), images: joined(root, "target_training/image_train")).training()
        }
    }

    private static func validation(
        _ split: DatasetSplit, _ part: String, _ published: PublishedCounts
    ) -> SplitDefinition {
        let (list, images) = ("index_validation_\(part).txt", "target_validation/image_\(part)")
        return SplitDefinition(split: split, needs: [list, images], published: [published]) {
            root throws(DataError) in
            try VisDAIndex(joined(root, list), images: joined(root, images)).validation()
        }
    }

    private static func test(
        _ split: DatasetSplit, _ part: String, _ published: PublishedCounts
    ) -> SplitDefinition {
        let (list, images) = ("index_test_\(part).txt", "target_test/image_\(part)")
        return SplitDefinition(
            split: split, needs: [list, images], hasIdentities: false, published: [published]
        ) { root throws(DataError) in
            try VisDAIndex(joined(root, list), images: joined(root, images)).test()
        }
    }
}

/// One of the challenge's lists, and the folder of the images it lists.
struct VisDAIndex {
    /// The cameras' numbers in names and lists; readers number them by their position here.
    static let cameras = CameraNumbers([1, 2, 4, 5, 6])

    private let index: IndexFile
    private let images: String

    /// - Throws: ``DataError/unreadable(path:reason:)``, ``DataError/noImages(folder:)``.
    init(_ path: String, images: String) throws(DataError) {
        index = try IndexFile(path: path)
        self.images = images
        guard !index.lines.isEmpty else { throw .noImages(folder: path) }
    }

    /// Lines `NAME CAMERA`; further columns are ignored. In the order of the paths.
    ///
    /// - Throws: ``DataError/malformedLine(file:line:found:expected:)``,
    ///   ``DataError/unknownCamera(path:found:allowed:)``.
    func training() throws(DataError) -> DatasetListing {
        var rows: [DatasetImage] = []
        for line in index.lines {
            guard line.columns.count >= 2, let number = Int(line.columns[1]) else {
                throw index.malformed(line, expected: "NAME CAMERA")
            }
            rows.append(row(line, identity: nil, camera: try camera(number, line)))
        }
        return DatasetListing(rows).sortedByPath()
    }

    /// Lines `NAME CAMERA IDENTITY POSITION`. Identity and camera are read from the name, as the authors' code does,
    /// and must agree with the columns. In the order of the lines.
    ///
    /// - Throws: As ``training()``, and ``DataError/malformedName(path:expected:)``.
    func validation() throws(DataError) -> DatasetListing {
        var rows: [DatasetImage] = []
        for (position, line) in index.lines.enumerated() {
            guard line.columns.count == 4, let camera = Int(line.columns[1]), let identity = Int(line.columns[2])
            else { throw index.malformed(line, expected: "NAME CAMERA IDENTITY POSITION") }
            let name = String(line.columns[0])
            guard let pattern = FileNamePattern(name) else {
                throw .malformedName(
                    path: joined(images, name), expected: "IDENTITY_cCAMERA…, such as 0077_c5s1_003471_01.jpg")
            }
            guard pattern.camera == camera, pattern.identity == identity else {
                let expected = "the file name's camera \(pattern.camera) and identity \(pattern.identity)"
                throw index.malformed(line, expected: expected)
            }
            try requirePosition(position, line)
            rows.append(row(line, identity: identity, camera: try self.camera(camera, line)))
        }
        return DatasetListing(rows)
    }

    /// Lines `NAME POSITION`. In the order of the lines.
    ///
    /// - Throws: ``DataError/malformedLine(file:line:found:expected:)``.
    func test() throws(DataError) -> DatasetListing {
        var rows: [DatasetImage] = []
        for (position, line) in index.lines.enumerated() {
            guard line.columns.count == 2 else { throw index.malformed(line, expected: "NAME POSITION") }
            try requirePosition(position, line)
            rows.append(row(line, identity: nil, camera: 0))
        }
        return DatasetListing(rows)
    }

    /// A submission names gallery rows by their position: a list with a line too few or too many would score others.
    private func requirePosition(_ position: Int, _ line: IndexFile.Line) throws(DataError) {
        guard let last = line.columns.last, Int(last) == position else {
            throw index.malformed(line, expected: "the position \(position) in the last column")
        }
    }

    private func row(_ line: IndexFile.Line, identity: Int?, camera: Int) -> DatasetImage {
        DatasetImage(
            path: joined(images, String(line.columns[0])), identity: identity, camera: camera,
            place: index.place(line))
    }

    private func camera(_ number: Int, _ line: IndexFile.Line) throws(DataError) -> Int {
        try Self.cameras.position(of: number, at: "\(index.path):\(line.number)")
    }
}

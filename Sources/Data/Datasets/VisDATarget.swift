// SPDX-License-Identifier: MIT

import Vocabulary

/// The target domain of the VisDA-2020 challenge: real images of five cameras.
///
/// Published counts: 13,198 training images, 377 queries and 3,600 gallery images of 100 people, 656 of the
/// gallery being background (identity 0).
///
/// - SeeAlso: The VisDA-2020 challenge's public data kit.
public struct VisDATarget: Sendable {
    /// The cameras' numbers in file names and index files; the readers' cameras are the positions in this
    /// list. There is no camera 3.
    public static let cameraNumbers = [1, 2, 4, 5, 6]

    /// Lists the training images, whose identities nobody knows.
    ///
    /// `target_training/label_target_training.txt` has a line `NAME CAMERA` for each image of `image_train/`;
    /// further columns are ignored.
    ///
    /// - Parameter root: The folder that holds `target_training`.
    /// - Returns: The images in the order of their paths; cameras are positions in ``cameraNumbers``.
    /// - Throws: ``DataError/missingFolder(dataset:lookedFor:layouts:)``,
    ///   ``DataError/malformedLine(file:line:found:expected:)``,
    ///   ``DataError/missingImage(path:listedIn:line:)``, ``DataError/unknownCamera(path:found:allowed:)``.
    public static func training(root: String) throws(DataError) -> [UnlabelledImage] {
        let folder = try DatasetFolder(
            dataset: "VisDA-2020 target, training",
            root: root,
            candidates: ["target_training"],
            layouts: [
                "ROOT/target_training/label_target_training.txt with "
                    + "ROOT/target_training/image_train/NAME.jpg"
            ]
        ).resolved()
        let index = try IndexFile(path: joined(folder, "label_target_training.txt"))
        var list: [UnlabelledImage] = []
        for line in index.lines {
            guard line.columns.count >= 2, let number = Int(line.columns[1]) else {
                throw index.malformed(line, expected: "NAME CAMERA")
            }
            let path = joined(folder, "image_train/\(line.columns[0])")
            let camera = try camera(number, of: "\(index.path):\(line.number)")
            try index.requireImage(path, of: line)
            list.append(UnlabelledImage(path: path, camera: camera))
        }
        guard !list.isEmpty else { throw .noImages(folder: folder) }
        return list.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Lists the validation images in the order of the published index files, which submissions refer to.
    ///
    /// `index_validation_query.txt` and `index_validation_gallery.txt` have lines `NAME CAMERA IDENTITY
    /// POSITION`. Identity and camera are read from the name, `0077_c5s1_003471_01.jpg`, and must agree with
    /// the columns.
    ///
    /// - Parameter root: The folder that holds the index files and `target_validation`.
    /// - Returns: The queries and the gallery; identity 0 is background.
    /// - Throws: As ``training(root:)``, and ``DataError/malformedName(path:expected:)``.
    public static func validation(
        root: String
    ) throws(DataError) -> (query: [LabelledImage], gallery: [LabelledImage]) {
        let folder = try DatasetFolder(
            dataset: "VisDA-2020 target, validation",
            root: root,
            candidates: ["target_validation"],
            layouts: [
                "ROOT/index_validation_query.txt with ROOT/target_validation/image_query/NAME.jpg, and "
                    + "ROOT/index_validation_gallery.txt with "
                    + "ROOT/target_validation/image_gallery/NAME.jpg"
            ]
        ).resolved()
        return (
            query: try listed(
                in: joined(root, "index_validation_query.txt"), images: "\(folder)/image_query"
            ),
            gallery: try listed(
                in: joined(root, "index_validation_gallery.txt"), images: "\(folder)/image_gallery"
            )
        )
    }

    private static func listed(in path: String, images: String) throws(DataError) -> [LabelledImage] {
        let index = try IndexFile(path: path)
        var list: [LabelledImage] = []
        for line in index.lines {
            guard line.columns.count == 4, let camera = Int(line.columns[1]),
                let identity = Int(line.columns[2])
            else { throw index.malformed(line, expected: "NAME CAMERA IDENTITY POSITION") }
            let name = String(line.columns[0])
            guard let pattern = FileNamePattern(name) else {
                throw .malformedName(
                    path: joined(images, name), expected: "IDENTITY_cCAMERA…, such as 0077_c5s1_003471_01.jpg"
                )
            }
            guard pattern.camera == camera, pattern.identity == identity else {
                let expected = "the file name's camera \(pattern.camera) and identity \(pattern.identity)"
                throw index.malformed(line, expected: expected)
            }
            let image = joined(images, name)
            try index.requireImage(image, of: line)
            list.append(
                LabelledImage(
                    path: image,
                    identity: Identity(rawValue: identity),
                    camera: try self.camera(camera, of: "\(path):\(line.number)")
                )
            )
        }
        guard !list.isEmpty else { throw .noImages(folder: images) }
        return list
    }

    private static func camera(_ number: Int, of place: String) throws(DataError) -> Camera {
        guard let position = cameraNumbers.firstIndex(of: number) else {
            throw .unknownCamera(path: place, found: number, allowed: cameraNumbers)
        }
        return Camera(rawValue: position)
    }
}

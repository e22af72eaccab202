// SPDX-License-Identifier: MIT

import Vocabulary

/// PersonX as VisDA-2020 hands it out: renders of 700 people by six cameras, or translated copies of them.
///
/// Published counts: 20,280 images of 700 identities. `personX_sda` and `personX_spgan` hold the same names.
///
/// - SeeAlso: Sun and Zheng, "Dissecting person re-identification from the viewpoint of viewpoint", CVPR
///   2019.
public struct PersonX: Sendable {
    /// The greatest identity in the training set.
    public static let greatestIdentity = 700
    /// The camera numbers that file names may have; the readers' cameras are one less.
    public static let cameraNumbers = 1...12

    /// Lists the training images.
    ///
    /// The identity and the camera come from the file name, `0001_c3s1_24.jpg`. Identity −1 is junk and left
    /// out.
    ///
    /// - Parameters:
    ///   - root: The folder that holds the datasets, or the dataset's own.
    ///   - folder: The dataset's folder below it: `personX`, `personX_sda`, `personX_spgan`.
    /// - Returns: The images in the order of (path, identity, camera); cameras are zero-based.
    /// - Throws: ``DataError/missingFolder(dataset:lookedFor:layouts:)``, ``DataError/noImages(folder:)``,
    ///   ``DataError/malformedName(path:expected:)``, ``DataError/unknownIdentity(path:found:allowed:)``,
    ///   ``DataError/unknownCamera(path:found:allowed:)``.
    public static func read(root: String, folder: String = "personX") throws(DataError) -> [LabelledImage] {
        let example = "image_train/0001_c3s1_24.jpg"
        let images = try DatasetFolder(
            dataset: "PersonX",
            root: root,
            candidates: ["\(folder)/image_train", "image_train"],
            layouts: ["ROOT/\(folder)/\(example)", "ROOT/\(example)"]
        ).resolved()
        var list: [LabelledImage] = []
        for name in try imageNames(in: images) {
            let path = joined(images, name)
            guard let pattern = FileNamePattern(name) else {
                throw .malformedName(path: path, expected: "IDENTITY_cCAMERA…, such as 0001_c3s1_24.jpg")
            }
            if pattern.identity == -1 { continue }
            guard (0...greatestIdentity).contains(pattern.identity) else {
                throw .unknownIdentity(
                    path: path, found: pattern.identity, allowed: "0 to \(greatestIdentity), or -1"
                )
            }
            guard cameraNumbers.contains(pattern.camera) else {
                throw .unknownCamera(path: path, found: pattern.camera, allowed: Array(cameraNumbers))
            }
            list.append(
                LabelledImage(
                    path: path,
                    identity: Identity(rawValue: pattern.identity),
                    camera: Camera(rawValue: pattern.camera - 1)
                )
            )
        }
        return list
    }
}

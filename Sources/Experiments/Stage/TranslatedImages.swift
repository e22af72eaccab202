// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation

/// The source's images, translated: in one folder under the names of the images they were made from, showing whom those
/// show.
struct TranslatedImages {
    /// As PersonX has it, so that a translated PersonX can be taken for a dataset of its own.
    private static let subfolder = "image_train"

    /// What stages call the artefact.
    static let artefact = "translated"

    /// The artefact.
    let folder: String

    /// The path below the folder of what is made of an image.
    static func name(of original: String) -> String { "\(subfolder)/\((original as NSString).lastPathComponent)" }

    // MARK: Reading

    /// - Parameter skipsMissing: Whether an image that was left out is to be left out here too. A stage's folder is held
    ///   against its digest before anybody reads it, so nothing else can be missing.
    func images(of source: [LabelledImage], skipsMissing: Bool) -> [LabelledImage] {
        let images = source.map { image in
            LabelledImage(
                path: "\(folder)/\(Self.name(of: image.path))", identity: image.identity, camera: image.camera)
        }
        return skipsMissing ? images.filter { FileManager.default.fileExists(atPath: $0.path) } : images
    }

    // MARK: Writing

    /// What is to be made of each image, by its path below the folder.
    ///
    /// - Throws: `DataError.malformedName(path:expected:)` where two images would be translated to the same file, as images
    ///   of different folders may.
    static func names(of samples: [Sample]) throws(DataError) -> [String] {
        let names = samples.map { name(of: $0.path) }
        var seen: Set<String> = []
        for (sample, name) in zip(samples, names) where !seen.insert(name).inserted {
            throw .malformedName(path: sample.path, expected: "a name that no other source image has")
        }
        return names
    }
}

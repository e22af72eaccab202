// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pipeline

/// The source's images, translated: in one folder under the names of the images they were made from, showing whom those
/// show.
struct TranslatedImages {
    /// As PersonX has it, so that a translated PersonX can be taken for a dataset of its own.
    private static let subfolder = "image_train"

    /// What stages call the artefact.
    static let artefact = "translated"

    /// The artefact.
    let folder: String

    private func path(of original: String) -> String {
        "\(folder)/\(Self.subfolder)/\((original as NSString).lastPathComponent)"
    }

    // MARK: Reading

    /// - Parameter skipsMissing: Whether an image that was left out is to be left out here too. A stage's folder is held
    ///   against its digest before anybody reads it, so nothing else can be missing.
    func images(of source: [LabelledImage], skipsMissing: Bool) -> [LabelledImage] {
        let images = source.map { image in
            LabelledImage(path: path(of: image.path), identity: image.identity, camera: image.camera)
        }
        return skipsMissing ? images.filter { FileManager.default.fileExists(atPath: $0.path) } : images
    }

    // MARK: Writing

    /// Checks that no two images would be translated to the same file, as images of different folders may.
    func requireDistinctNames(_ samples: [Sample]) throws(DataError) {
        var seen: Set<String> = []
        for sample in samples where !seen.insert(path(of: sample.path)).inserted {
            throw .malformedName(path: sample.path, expected: "a name that no other source image has")
        }
    }

    /// Makes the folder.
    func create() throws {
        let folder = URL(fileURLWithPath: folder).appendingPathComponent(Self.subfolder)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw PipelineError.inputOutput(
                operation: "create", path: folder.path, reason: error.localizedDescription)
        }
    }

    /// Writes what a file from elsewhere holds.
    func copy(_ file: String, of original: Sample) throws {
        let bytes: Foundation.Data
        do {
            bytes = try Foundation.Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw PipelineError.inputOutput(operation: "read", path: file, reason: error.localizedDescription)
        }
        try write(Array(bytes), of: original)
    }

    /// - Parameters:
    ///   - bytes: Those of an image file.
    ///   - original: What was translated.
    func write(_ bytes: [UInt8], of original: Sample) throws {
        let path = path(of: original.path)
        do {
            try Foundation.Data(bytes).write(to: URL(fileURLWithPath: path))
        } catch {
            throw PipelineError.inputOutput(operation: "write", path: path, reason: error.localizedDescription)
        }
    }
}

// SPDX-License-Identifier: MIT

package import Backbones
package import Data
internal import Foundation
package import Training
internal import Vocabulary

/// Images whose embeddings stand under one beginning of names in a feature file.
package struct FeatureExtraction {
    /// Empty, `query.` or `gallery.`.
    private let name: String
    package let samples: [Sample]
    private let identities: [Identity]?
    /// The folder below which images have their names: one file name may be in several of its folders.
    private let folder: String

    private init(_ samples: [Sample], below folder: String, name: String = "", identities: [Identity]? = nil) {
        self.name = name
        self.samples = samples
        self.folder = folder
        self.identities = identities
    }

    private init(_ images: [LabelledImage], below folder: String, name: String = "") {
        self.init(
            images.map { Sample(path: $0.path, camera: $0.camera) }, below: folder, name: name,
            identities: images.map(\.identity))
    }

    /// All JPEG and PNG files below a folder, in the order of their paths.
    package static func folder(_ folder: String) throws -> FeatureExtraction {
        let paths = try imagePaths(below: folder)
        let samples = paths.map { Sample(path: "\(folder)/\($0)", camera: Camera(rawValue: 0)) }
        return FeatureExtraction(samples, below: folder)
    }

    /// One split of a dataset, or its queries and gallery. A split of which some images do not say who is seen has no
    /// identities.
    package static func parts(of found: FoundDataset, _ split: DatasetSplit?) throws -> [FeatureExtraction] {
        guard let split else {
            return [
                FeatureExtraction(try found.labelled(.query), below: found.root, name: "query."),
                FeatureExtraction(try found.labelled(.gallery), below: found.root, name: "gallery."),
            ]
        }
        if found.hasIdentities(split), let images = try found.labelledThroughout(split) {
            return [FeatureExtraction(images, below: found.root)]
        }
        return [FeatureExtraction(try found.unlabelled(split).map { Sample($0) }, below: found.root)]
    }

    /// Embeddings and what is known of the images, ready to be written.
    ///
    /// - Parameters:
    ///   - flip: Averages each image's embedding with its mirror image's.
    ///   - progress: Told of so many forward passes more that are done.
    package func features(
        by network: EmbeddingNetwork, _ extractor: FeatureExtractor, flip: Bool, progress: (Int) throws -> Void
    ) throws -> FeatureFile.Part {
        FeatureFile.Part(
            name: name,
            features: try extractor.features(of: samples, by: network, flip: flip, progress: progress),
            identities: identities, cameras: identities == nil ? nil : samples.map(\.camera),
            names: names)
    }

    /// What images are called in the file, in their order.
    var names: [String] { samples.map(name(of:)) }

    /// Whether the file will say who is seen.
    var hasIdentities: Bool { identities != nil }

    /// The path from the folder to an image; of one that lies elsewhere, as a table may have it, the whole path.
    private func name(of sample: Sample) -> String {
        // However many slashes the folder was typed with.
        let beginning = folder.reversed().drop { $0 == "/" }.reversed()
        guard sample.path.hasPrefix(String(beginning) + "/") else { return sample.path }
        return String(sample.path.dropFirst(beginning.count).drop { $0 == "/" })
    }
}

extension FoundDataset {
    /// A split's images with their identities; nothing where some do not say who is seen, as training images of a target
    /// need not.
    fileprivate func labelledThroughout(_ split: DatasetSplit) throws -> [LabelledImage]? {
        do {
            return try labelled(split)
        } catch {
            guard case .noIdentities = error else { throw error }
            return nil
        }
    }

    /// The folder of the dataset, or of the table that lists it.
    fileprivate var root: String {
        indexFiles.contains(folder) ? (folder as NSString).deletingLastPathComponent : folder
    }
}

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

    private init(_ samples: [Sample], name: String = "", identities: [Identity]? = nil) {
        self.name = name
        self.samples = samples
        self.identities = identities
    }

    private init(_ images: [LabelledImage], name: String = "") {
        self.init(
            images.map { Sample(path: $0.path, camera: $0.camera) }, name: name, identities: images.map(\.identity))
    }

    /// All JPEG and PNG files below a folder, in the order of their paths.
    package static func folder(_ folder: String) throws -> FeatureExtraction {
        let paths = try imagePaths(below: folder)
        return FeatureExtraction(paths.map { Sample(path: "\(folder)/\($0)", camera: Camera(rawValue: 0)) })
    }

    /// One split of a dataset, or its queries and gallery.
    package static func parts(of found: FoundDataset, _ split: DatasetSplit?) throws -> [FeatureExtraction] {
        guard let split else {
            return [
                FeatureExtraction(try found.labelled(.query), name: "query."),
                FeatureExtraction(try found.labelled(.gallery), name: "gallery."),
            ]
        }
        guard found.hasIdentities(split) else {
            return [FeatureExtraction(try found.unlabelled(split).map { Sample($0) })]
        }
        return [FeatureExtraction(try found.labelled(split))]
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
            names: samples.map { ($0.path as NSString).lastPathComponent })
    }
}

// SPDX-License-Identifier: MIT

public import Backbones
public import Data
public import Layers
public import Retrieval
internal import Tensor

// Shapes: N images · D embedding.

/// Turns images into embeddings with networks that are no longer trained.
public struct FeatureExtractor: Sendable {
    private let images: ImageSource
    private let batchSize: Int
    private let precision: Folding.Precision

    /// - Parameter precision: What convolutions compute in: float32, as for all published numbers, or bfloat16.
    public init(_ images: ImageSource, batchSize: Int = 64, precision: Folding.Precision = .float32) {
        self.images = images
        self.batchSize = batchSize
        self.precision = precision
    }

    /// Unit-norm embeddings z of images, in order. Where bad images are skipped, an image that cannot be read has the
    /// embedding of the one in its place, so that clustering puts the two together.
    ///
    /// - Parameters:
    ///   - domain: Whose normalisation statistics to use, where the network keeps them by domain.
    ///   - flip: Averages each image's embedding with its mirror image's, before normalising.
    ///   - progress: Told of so many forward passes more that are done; may throw to end the extraction.
    /// - Returns: `[N, D]`.
    /// - Complexity: One forward pass an image, two with `flip`, and a copy of the weights.
    public func features(
        of samples: [Sample], by network: EmbeddingNetwork, domain: Domain = .target, flip: Bool = false,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> Features<UnitNorm> {
        let folded = try network.folded(Folding(domain: domain, precision: precision))
        var embeddings = try rows(of: samples, by: folded, mirrored: false, progress)
        if flip {
            let mirrored = try rows(of: samples, by: folded, mirrored: true, progress)
            for index in embeddings.indices { embeddings[index] = (embeddings[index] + mirrored[index]) / 2 }
        }
        return try Features<Raw>(embeddings, count: samples.count, dimension: network.dimension).normalised()
    }

    /// How far features in this extractor's precision are from those in float32: the cosine of each pair.
    ///
    /// - Parameter samples: A batch of them is looked at.
    /// - Returns: The mean and the least cosine.
    public func agreement(
        on samples: [Sample], by network: EmbeddingNetwork, domain: Domain = .target
    ) throws -> (mean: Double, least: Double) {
        let sample = Array(samples.prefix(batchSize))
        let found = try features(of: sample, by: network, domain: domain)
        let exact = try FeatureExtractor(images, batchSize: batchSize).features(of: sample, by: network, domain: domain)
        let cosines = (0..<sample.count).map { row in
            zip(found[row], exact[row]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return (cosines.reduce(0, +) / Double(cosines.count), cosines.min() ?? 1)
    }

    private func rows(
        of samples: [Sample], by network: FoldedNetwork, mirrored: Bool, _ progress: (Int) throws -> Void
    ) throws -> [Float] {
        let size = images.size
        let transform = Transform.evaluation(height: size.height, width: size.width, mirrored: mirrored)
        let loader = images.loader(samples, transform, purpose: "extract")
        var rows: [Float] = []
        let batches = loader.all(batchSize: batchSize)
        while let batch = try batches.next() {
            rows += try network(batch.images(size: size)).embedding.floats()
            try progress(batch.count)
        }
        return rows
    }
}

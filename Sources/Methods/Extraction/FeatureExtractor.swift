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

    public init(_ images: ImageSource, batchSize: Int = 64) {
        self.images = images
        self.batchSize = batchSize
    }

    /// Unit-norm embeddings z of images, in order.
    ///
    /// - Parameters:
    ///   - domain: Whose normalisation statistics to use, where the network keeps them by domain.
    ///   - flip: Averages each image's embedding with its mirror image's, before normalising.
    /// - Returns: `[N, D]`.
    /// - Complexity: One forward pass an image, two with `flip`.
    public func features(
        of samples: [Sample], by network: EmbeddingNetwork, domain: Domain = .target, flip: Bool = false
    ) throws -> Features<UnitNorm> {
        var embeddings = try rows(of: samples, by: network, domain, mirrored: false)
        if flip {
            let mirrored = try rows(of: samples, by: network, domain, mirrored: true)
            for index in embeddings.indices { embeddings[index] = (embeddings[index] + mirrored[index]) / 2 }
        }
        return try Features<Raw>(embeddings, count: samples.count, dimension: network.dimension).normalised()
    }

    private func rows(
        of samples: [Sample], by network: EmbeddingNetwork, _ domain: Domain, mirrored: Bool
    ) throws -> [Float] {
        let size = images.size
        let loader = Loader(
            samples: samples,
            transform: Transform.evaluation(height: size.height, width: size.width, mirrored: mirrored),
            workers: images.workers, key: images.random, purpose: "extract")
        var rows: [Float] = []
        rows.reserveCapacity(samples.count * network.dimension)
        let batches = loader.all(batchSize: batchSize)
        while let batch = try batches.next() {
            rows += try withoutGradients {
                try network(batch.images(size: size), .inference(domain)).embedding.floats()
            }
        }
        return rows
    }
}

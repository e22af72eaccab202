// SPDX-License-Identifier: MIT

public import Backbones
public import Data
public import Layers
public import Retrieval
public import Tensor

// Shapes: N images · D embedding.

/// Turns images into embeddings with networks that are no longer trained.
public struct FeatureExtractor: Sendable {
    private let images: ImageSource
    /// The size that images are resized to.
    public var imageSize: ImageSize { images.size }
    private let batchSize: Int
    private let precision: TrainingPrecision
    /// Batches whose embeddings stay where they are made: a card that is asked for them has nothing to do meanwhile.
    private static var mostUnread: Int { Engine.device == .cpu ? 1 : 16 }

    /// - Parameter precision: What convolutions compute in: single precision by default, as for all published numbers, also where
    ///   networks train in less.
    public init(_ images: ImageSource, batchSize: Int = 64, precision: TrainingPrecision = .fp32) {
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
        let folded = try network.folded(Folding(domain: domain, precision: Folding.Precision(precision)))
        let embeddings = try computing {
            var embeddings = try rows(of: samples, by: folded, mirrored: false, progress)
            if flip {
                let mirrored = try rows(of: samples, by: folded, mirrored: true, progress)
                for index in embeddings.indices { embeddings[index] = (embeddings[index] + mirrored[index]) / 2 }
            }
            return embeddings
        }
        return try Features<Raw>(embeddings, count: samples.count, dimension: network.dimension).normalised()
    }

    /// How near features in this extractor's precision come to those in float32.
    ///
    /// Kernels are chosen by the size of a batch, so a batch of each size that ``features(of:by:domain:flip:progress:)``
    /// makes of these images is looked at: the first, and the last where it is smaller.
    ///
    /// - Parameter samples: All that are to be extracted together, at least one.
    public func agreement(
        on samples: [Sample], by network: EmbeddingNetwork, domain: Domain = .target
    ) throws -> PrecisionAgreement {
        let (first, rest) = (samples.prefix(batchSize), samples.dropFirst(batchSize))
        let batches = [Array(first), Array(rest.suffix(rest.count % batchSize))].filter { !$0.isEmpty }
        let (rounded, exact) = (
            try network.folded(Folding(domain: domain, precision: Folding.Precision(precision))),
            try network.folded(Folding(domain: domain))
        )
        return try batches.map { batch in
            let (found, wanted) = (try outputs(of: batch, by: rounded), try outputs(of: batch, by: exact))
            return try zip(found, wanted).map { try PrecisionAgreement(of: $0, with: $1) }
        }.joined().reduce(PrecisionAgreement(pooled: [], embeddings: []), +)
    }

    private func computing<Result>(_ body: () throws -> Result) throws -> Result {
        try precision == .fp32 ? Engine.withWholeFactors(body) : body()
    }

    private func outputs(of samples: [Sample], by network: FoldedNetwork) throws -> [EmbeddingNetwork.Output] {
        var outputs: [EmbeddingNetwork.Output] = []
        try forEachBatch(of: samples, mirrored: false) { outputs.append(try network($0)) }
        return outputs
    }

    private func rows(
        of samples: [Sample], by network: FoldedNetwork, mirrored: Bool, _ progress: (Int) throws -> Void
    ) throws -> [Float] {
        var (rows, unread) = ([Float](), [Tensor]())
        func read() throws {
            for embeddings in unread { rows += try embeddings.floats() }
            unread = []
        }
        try forEachBatch(of: samples, mirrored: mirrored) { images in
            unread.append(try network(images).embedding)
            if unread.count >= Self.mostUnread { try read() }
            try progress(images.shape[0])
        }
        try read()
        return rows
    }

    private func forEachBatch(of samples: [Sample], mirrored: Bool, _ body: (Tensor) throws -> Void) throws {
        let batches = images.plainBatches(samples, mirrored: mirrored, batchSize: batchSize, purpose: "extract")
        while let batch = try batches.next() { try body(batch.images()) }
    }
}

extension TrainingSetting {
    /// Embeds the images that training learns from, in the precision that it trains in; a card in batches that fill it.
    package var extractor: FeatureExtractor {
        FeatureExtractor(
            images, batchSize: Engine.device == .cpu ? 64 : 256,
            precision: Engine.trainingPrecision)
    }
}

// SPDX-License-Identifier: MIT

public import Layers
public import Randomness
public import Tensor

// Shapes: N images · D channels of the last map · E embedding, D where there is no embedding layer.

/// The network of re-ID: a backbone, pooling and a batch-normalised neck.
///
/// - SeeAlso: Luo et al., CVPRW 2019, arXiv:1903.07071, §3.5 (the neck).
public final class EmbeddingNetwork {
    /// What one forward pass gives.
    public struct Output {
        /// x, the pooled feature, `[N, D]`; triplet losses are taken on it.
        public let pooled: Tensor
        /// z, the output of the neck, `[N, E]`; classifiers and tests use it.
        public let embedding: Tensor
    }

    public let shape: NetworkShape
    public let store: ParameterStore
    private let precision: TrainingPrecision
    let base: any FeatureMap
    let head: EmbeddingHead

    /// - Parameters:
    ///   - random: Where initial values come from; without it the network waits for its stored values to be loaded.
    ///   - elementType: What parameters and statistics are made of; images must be of the same.
    ///   - precision: What the backbone computes in while it trains; pooling and the neck compute in `elementType`.
    public init(
        _ shape: NetworkShape, random: RandomKey?, elementType: ElementType = .float32,
        precision: TrainingPrecision = Engine.trainingPrecision
    ) throws {
        self.shape = shape
        self.precision = precision
        store = ParameterStore(random: random, elementType: elementType)
        base = try shape.backbone.make(statistics: shape.statistics, at: store.root)
        head = try EmbeddingHead(shape, at: store.root)
    }

    public var backbone: Backbone { shape.backbone }
    /// The length of an embedding, E.
    public var dimension: Int { shape.dimension }

    /// - Parameter images: ImageNet-normalised, `[N, 3, H, W]`.
    public func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Output {
        try mode == .training ? withinStep(images, mode) : head(base(images, mode), mode)
    }

    /// The same in the precision of training, whatever the mode: where a loss of another network's looks through this one.
    public func withinStep(_ images: Tensor, _ mode: Mode) throws -> Output {
        let maps = try precision.computing { try base(images, mode) }
        return try head(maps.converted(to: images.elementType), mode)
    }

    /// A read-only copy for fast inference, with the present values of one domain.
    ///
    /// - Complexity: One pass over the weights, and their memory once more.
    public func folded(_ folding: Folding) throws -> FoldedNetwork {
        try withoutGradients { FoldedNetwork(folding, base: try base.folded(folding), head: try head.folded(folding)) }
    }
}

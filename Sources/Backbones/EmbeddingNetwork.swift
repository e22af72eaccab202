// SPDX-License-Identifier: MIT

public import Layers
public import Randomness
public import Tensor

// Shapes: N images · D embedding.

/// The network of re-ID: a backbone, GeM pooling and a batch-normalised neck.
///
/// - SeeAlso: Luo et al., CVPRW 2019, arXiv:1903.07071, §3.5 (the neck).
public final class EmbeddingNetwork {
    /// What one forward pass gives.
    public struct Output {
        /// x, the pooled feature before the neck, `[N, D]`; triplet losses are taken on it.
        public let pooled: Tensor
        /// z, the output of the neck, `[N, D]`; classifiers and tests use it.
        public let embedding: Tensor
    }

    public let backbone: Backbone
    public let store: ParameterStore
    private let base: any FeatureMap
    private let pooling: GeneralisedMeanPooling
    private let neck: BatchNormalisation

    public init(_ backbone: Backbone, domains: NormalisationDomains, random: RandomKey) throws {
        self.backbone = backbone
        store = ParameterStore(random: random)
        base = try backbone.make(domains: domains, at: store.root)
        pooling = try GeneralisedMeanPooling(at: store.root / "gap")
        neck = try BatchNormalisation(
            backbone.dimension, domains: domains, frozenBias: true, at: store.root / "feat_bn")
    }

    /// - Parameter images: ImageNet-normalised, `[N, 3, H, W]`.
    public func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Output {
        let pooled = try pooling(base(images, mode))
        return Output(pooled: pooled, embedding: try neck(pooled, mode))
    }
}

// SPDX-License-Identifier: MIT

import Layers
import Tensor

// Shapes: N images · D channels of the last map · E embedding.

/// Pooling, an embedding layer where there is one, and the batch-normalised neck.
struct EmbeddingHead {
    private var pooling: GlobalPooling
    private var reduction: Linear?
    private var neck: BatchNormalisation

    init(_ shape: NetworkShape, at path: Path) throws {
        pooling = try GlobalPooling(shape.pooling, at: path / "gap")
        reduction = try shape.embedding.map { try Linear(shape.backbone.dimension, $0, at: path / "feat") }
        neck = try BatchNormalisation(
            shape.dimension, statistics: shape.statistics, frozenBias: true, at: path / "feat_bn")
    }

    /// `[N, D, H, W]` to `[N, D]` and `[N, E]`.
    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> EmbeddingNetwork.Output {
        let pooled = try pooling(maps)
        return EmbeddingNetwork.Output(pooled: pooled, embedding: try neck(reduction?(pooled) ?? pooled, mode))
    }

    func folded(_ folding: Folding) throws -> EmbeddingHead {
        var copy = self
        copy.pooling = try pooling.copied()
        copy.reduction = try reduction?.copied()
        copy.neck = try neck.folded(folding)
        return copy
    }
}

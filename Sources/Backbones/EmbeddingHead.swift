// SPDX-License-Identifier: MIT

import Layers
import Tensor

// Shapes: N images · D channels of the last map · E embedding.

/// Pooling, an embedding layer where there is one, and the batch-normalised neck.
struct EmbeddingHead {
    private var pooling: GlobalPooling
    private var reduction: Linear?
    private var neck: BatchNormalisation

    init(
        _ channels: Int, pooling: GlobalPooling.Kind, embedding: Int?, domains: NormalisationDomains, at path: Path
    ) throws {
        self.pooling = try GlobalPooling(pooling, at: path / "gap")
        reduction = try embedding.map { try Linear(channels, $0, at: path / "feat") }
        neck = try BatchNormalisation(
            embedding ?? channels, domains: domains, frozenBias: true, at: path / "feat_bn")
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

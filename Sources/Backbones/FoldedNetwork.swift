// SPDX-License-Identifier: MIT

public import Layers
public import Tensor

/// An embedding network for inference alone, its batch normalisations folded into the convolutions before them.
///
/// It holds values of its own, which nothing changes: training the network it was made from does not reach it.
public final class FoldedNetwork {
    public let folding: Folding
    private let base: any FeatureMap
    private let head: EmbeddingHead

    init(_ folding: Folding, base: any FeatureMap, head: EmbeddingHead) {
        self.folding = folding
        self.base = base
        self.head = head
    }

    /// - Parameter images: ImageNet-normalised float32, `[N, 3, H, W]`.
    /// - Returns: float32 values without gradients, equal to those of the network's inference but for roundings.
    public func callAsFunction(_ images: Tensor) throws -> EmbeddingNetwork.Output {
        try withoutGradients {
            let mode = Mode.inference(folding.domain)
            let maps = try base(images.channelsLast().converted(to: folding.precision.elementType), mode)
            return try head(maps.converted(to: .float32), mode)
        }
    }
}

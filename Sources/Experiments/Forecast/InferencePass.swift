// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// A batch of numbers that goes through a network for inference, for measuring how long that takes.
struct InferencePass {
    private let network: FoldedNetwork
    /// `[N, 3, H, W]`.
    private let images: Tensor

    /// A network of drawn weights, with the average as pooling, in the experiment's precision.
    init(of batch: Int, _ settings: ExperimentSettings) throws {
        let random = RandomKey(seed: 1)
        var stream = random.stream("images")
        network = try EmbeddingNetwork(NetworkShape(backbone: settings.backbone, pooling: .average), random: random)
            .folded(Folding(domain: .target, precision: Folding.Precision(settings.precision)))
        let shape = [batch, settings.image.height, settings.image.width, 3]
        images = try Tensor(InitialValues.normal(deviation: 1).values(shape: shape, &stream), shape: shape)
            .permuted([0, 3, 1, 2])
    }

    func callAsFunction() throws { _ = try network(images) }
}

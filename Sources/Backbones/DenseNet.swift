// SPDX-License-Identifier: MIT

import Layers
import Tensor

/// Densely connected networks (DenseNet-BC) with IBN-a, as the authors of IBN-Net name and build them.
///
/// In the first three blocks the first normalisation of every third layer is instance-batch. The last map has 1/32 of
/// the image's sides: the last stride stays, as in the reference code.
///
/// - SeeAlso: Huang et al., CVPR 2017, arXiv:1608.06993, table 1; Pan et al., ECCV 2018, arXiv:1807.09441 (IBN-a).
struct DenseNet: FeatureMap {
    /// An architecture as data.
    struct Variant {
        let layerCounts: [Int]
        /// Channels that a layer adds, k.
        let growth: Int
        let stem: Int

        static let densenet121IBNa = Variant(layerCounts: [6, 12, 24, 16], growth: 32, stem: 64)
        static let densenet169IBNa = Variant(layerCounts: [6, 12, 32, 32], growth: 32, stem: 64)

        /// Each block adds `growth` channels a layer; each transition between blocks halves them.
        var dimension: Int {
            layerCounts.dropLast().reduce(stem) { ($0 + $1 * growth) / 2 } + layerCounts[layerCounts.count - 1] * growth
        }
    }

    private var stem: NormalisedConvolution
    private var parts: [any FeatureMap]
    private var last: BatchNormalisation

    init(_ variant: Variant, statistics: BatchStatistics, at path: Path) throws {
        let path = path / "features"
        stem = NormalisedConvolution(
            try Convolution(3, variant.stem, kernel: 7, stride: 2, padding: 3, at: path / "conv0"),
            try BatchNormalisation(variant.stem, statistics: statistics, at: path / "norm0"))
        parts = []
        var channels = variant.stem
        for (block, count) in variant.layerCounts.enumerated() {
            for layer in 0..<count {
                parts.append(
                    try DenseLayer(
                        channels, growth: variant.growth, instanceBatch: block < 3 && layer % 3 == 0,
                        statistics: statistics, at: path / "denseblock\(block + 1)" / "denselayer\(layer + 1)"))
                channels += variant.growth
            }
            guard block + 1 < variant.layerCounts.count else { continue }
            parts.append(try Transition(channels, statistics: statistics, at: path / "transition\(block + 1)"))
            channels /= 2
        }
        last = try BatchNormalisation(channels, statistics: statistics, at: path / "norm5")
    }

    func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Tensor {
        let entrance = try stem.rectified(images, mode).maxPooled(kernel: 3, stride: 2, padding: 1)
        return try last.rectified(parts.reduce(entrance) { maps, part in try part(maps, mode) }, mode)
    }

    func folded(_ folding: Folding) throws -> DenseNet {
        var copy = self
        copy.stem = try stem.folded(folding)
        copy.parts = try parts.map { try $0.folded(folding) }
        copy.last = try last.folded(folding)
        return copy
    }
}

/// Appends `growth` channels to its input: normalisation, 1×1 to 4·growth, 3×3.
private struct DenseLayer: FeatureMap {
    private var entrance: Normalisation
    private var bottleneck: NormalisedConvolution
    private var convolution: Convolution

    init(
        _ channels: Int, growth: Int, instanceBatch: Bool, statistics: BatchStatistics, at path: Path
    ) throws {
        entrance =
            instanceBatch
            ? .instanceBatch(
                try InstanceBatchNormalisation(
                    channels, split: .lastTwoFifths, statistics: statistics, at: path / "norm1"))
            : .batch(try BatchNormalisation(channels, statistics: statistics, at: path / "norm1"))
        bottleneck = NormalisedConvolution(
            try Convolution(channels, 4 * growth, kernel: 1, at: path / "conv1"),
            try BatchNormalisation(4 * growth, statistics: statistics, at: path / "norm2"))
        convolution = try Convolution(4 * growth, growth, kernel: 3, padding: 1, at: path / "conv2")
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let reduced = try bottleneck.rectified(entrance.rectified(maps, mode), mode)
        return try Tensor.concatenated([maps, convolution(reduced)], along: 1)
    }

    func folded(_ folding: Folding) throws -> DenseLayer {
        var copy = self
        copy.entrance = try entrance.folded(folding)
        copy.bottleneck = try bottleneck.folded(folding)
        copy.convolution = try convolution.folded(folding)
        return copy
    }
}

/// Halves channels and sides between two blocks.
private struct Transition: FeatureMap {
    private var normalisation: BatchNormalisation
    private var convolution: Convolution

    init(_ channels: Int, statistics: BatchStatistics, at path: Path) throws {
        normalisation = try BatchNormalisation(channels, statistics: statistics, at: path / "norm")
        convolution = try Convolution(channels, channels / 2, kernel: 1, at: path / "conv")
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        try convolution(normalisation.rectified(maps, mode)).averagePooled(kernel: 2, stride: 2)
    }

    func folded(_ folding: Folding) throws -> Transition {
        var copy = self
        copy.normalisation = try normalisation.folded(folding)
        copy.convolution = try convolution.folded(folding)
        return copy
    }
}

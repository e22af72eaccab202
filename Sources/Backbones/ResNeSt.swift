// SPDX-License-Identifier: MIT

import Layers
import Tensor

// Shapes: N images · C channels · H, W height and width of the map.

/// Split-attention networks as their authors name and build them: radix 2, cardinality 1, the deep stem and the
/// averaging shortcut of ResNet-D, strides by average pooling.
///
/// The last map has 1/32 of the image's sides: the last stride stays, as in the re-ID reference code.
///
/// - SeeAlso: Zhang et al., CVPRW 2022, arXiv:2004.08955, §3; stem and shortcut:
///   He et al., CVPR 2019, arXiv:1812.01187, figure 2.
struct ResNeSt: FeatureMap {
    /// An architecture as data.
    struct Variant {
        let blockCounts: [Int]
        /// Channels of the stem's first two convolutions; its third has twice as many.
        let stem: Int

        static let resnest50 = Variant(blockCounts: [3, 4, 6, 3], stem: 32)
        static let resnest101 = Variant(blockCounts: [3, 4, 23, 3], stem: 64)

        var dimension: Int { 2048 }
    }

    private var stem: [NormalisedConvolution]
    private var blocks: [any FeatureMap]

    init(_ variant: Variant, statistics: BatchStatistics, at path: Path) throws {
        let width = variant.stem
        stem = [
            NormalisedConvolution(
                try Convolution(3, width, kernel: 3, stride: 2, padding: 1, at: path / "conv1" / 0),
                try BatchNormalisation(width, statistics: statistics, at: path / "conv1" / 1)),
            NormalisedConvolution(
                try Convolution(width, width, kernel: 3, padding: 1, at: path / "conv1" / 3),
                try BatchNormalisation(width, statistics: statistics, at: path / "conv1" / 4)),
            NormalisedConvolution(
                try Convolution(width, 2 * width, kernel: 3, padding: 1, at: path / "conv1" / 6),
                try BatchNormalisation(2 * width, statistics: statistics, at: path / "bn1")),
        ]
        blocks = []
        var input = 2 * width
        for (stage, count) in variant.blockCounts.enumerated() {
            for block in 0..<count {
                blocks.append(
                    try SplitAttentionBlock(
                        input: input, planes: 64 << stage, stride: block == 0 && stage > 0 ? 2 : 1,
                        statistics: statistics, at: path / "layer\(stage + 1)" / block))
                input = 4 * (64 << stage)
            }
        }
    }

    func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Tensor {
        let entrance = try stem.reduce(images) { maps, layer in try layer.rectified(maps, mode) }
            .maxPooled(kernel: 3, stride: 2, padding: 1)
        return try blocks.reduce(entrance) { maps, block in try block(maps, mode) }
    }

    func folded(_ folding: Folding) throws -> ResNeSt {
        var copy = self
        copy.stem = try stem.map { try $0.folded(folding) }
        copy.blocks = try blocks.map { try $0.folded(folding) }
        return copy
    }
}

/// 1×1, split attention and 1×1 around a shortcut.
private struct SplitAttentionBlock: FeatureMap {
    private let stride: Int
    private var reduction: NormalisedConvolution
    private var attention: SplitAttention
    private var expansion: NormalisedConvolution
    private var shortcut: NormalisedConvolution?

    init(input: Int, planes: Int, stride: Int, statistics: BatchStatistics, at path: Path) throws {
        self.stride = stride
        let output = 4 * planes
        reduction = NormalisedConvolution(
            try Convolution(input, planes, kernel: 1, at: path / "conv1"),
            try BatchNormalisation(planes, statistics: statistics, at: path / "bn1"))
        attention = try SplitAttention(planes, statistics: statistics, at: path / "conv2")
        expansion = NormalisedConvolution(
            try Convolution(planes, output, kernel: 1, at: path / "conv3"),
            try BatchNormalisation(output, statistics: statistics, at: path / "bn3"))
        guard stride != 1 || input != output else { return }
        // Index 0 is the average pooling, which has no parameters.
        shortcut = NormalisedConvolution(
            try Convolution(input, output, kernel: 1, at: path / "downsample" / 1),
            try BatchNormalisation(output, statistics: statistics, at: path / "downsample" / 2))
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        var inner = try attention(reduction.rectified(maps, mode), mode)
        if stride > 1 { inner = try inner.averagePooled(kernel: 3, stride: stride, padding: 1) }
        return try expansion.rectified(inner, mode, adding: beside(maps, mode))
    }

    private func beside(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        guard let shortcut else { return maps }
        guard stride > 1 else { return try shortcut(maps, mode) }
        return try shortcut(
            maps.averagePooled(kernel: stride, stride: stride, partial: true, countsPadding: false), mode)
    }

    func folded(_ folding: Folding) throws -> SplitAttentionBlock {
        var copy = self
        copy.reduction = try reduction.folded(folding)
        copy.attention = try attention.folded(folding)
        copy.expansion = try expansion.folded(folding)
        copy.shortcut = try shortcut?.folded(folding)
        return copy
    }
}

/// Two alternative maps of C channels, mixed by weights that the image's averages choose for each channel.
///
/// - SeeAlso: arXiv:2004.08955, eq. 1 and 2, with radix 2 and one cardinal group.
private struct SplitAttention: FeatureMap {
    private let channels: Int
    private var alternatives: NormalisedConvolution
    private var squeeze: NormalisedConvolution
    private var excitation: Convolution

    init(_ channels: Int, statistics: BatchStatistics, at path: Path) throws {
        self.channels = channels
        let inner = max(channels / 2, 32)
        alternatives = NormalisedConvolution(
            try Convolution(channels, 2 * channels, kernel: 3, padding: 1, groups: 2, at: path / "conv"),
            try BatchNormalisation(2 * channels, statistics: statistics, at: path / "bn0"))
        squeeze = NormalisedConvolution(
            try Convolution(channels, inner, kernel: 1, bias: true, at: path / "fc1"),
            try BatchNormalisation(inner, statistics: statistics, at: path / "bn1"))
        excitation = try Convolution(inner, 2 * channels, kernel: 1, bias: true, at: path / "fc2")
    }

    /// `[N, C, H, W] → [N, C, H, W]`.
    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let both = try alternatives.rectified(maps, mode)
        let averages = try both.globallyAveraged()
        let joint = try half(0, of: averages) + half(1, of: averages)
        // A card's softmax of bfloat16 is float32, and so would be the maps that it weighs.
        let weights = try excitation(squeeze.rectified(joint, mode))
            .reshaped([maps.shape[0], 2, channels]).softmax(along: 1).reshaped([maps.shape[0], 2 * channels, 1, 1])
            .converted(to: both.elementType)
        return try (half(0, of: both) * half(0, of: weights) + half(1, of: both) * half(1, of: weights)).channelsLast()
    }

    private func half(_ index: Int, of maps: Tensor) throws -> Tensor {
        try maps.slice(index * channels..<(index + 1) * channels, along: 1)
    }

    func folded(_ folding: Folding) throws -> SplitAttention {
        var copy = self
        copy.alternatives = try alternatives.folded(folding)
        copy.squeeze = try squeeze.folded(folding)
        copy.excitation = try excitation.folded(folding)
        return copy
    }
}

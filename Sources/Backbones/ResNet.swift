// SPDX-License-Identifier: MIT

import Layers
import Tensor

/// Residual networks as torchvision names and builds them (v1.5: the stride of a bottleneck is on its 3×3), with the
/// last stride removed, with the 3×3 in groups (ResNeXt) and with IBN-a where the variant asks for it.
///
/// The last stride: the first block of `layer4` keeps its resolution, so a 256×128 image ends in a 16×8 map. In the
/// two-convolution block that concerns its first convolution and the shortcut together; the reference code changes
/// only the shortcut there, which breaks the block, so it never ran with ResNet-18 or 34.
///
/// - SeeAlso: He et al., CVPR 2016, arXiv:1512.03385, table 1; Xie et al., CVPR 2017, arXiv:1611.05431, figure 3c;
///   Luo et al., CVPRW 2019, arXiv:1903.07071, §3.4 (last stride); Pan et al., ECCV 2018, arXiv:1807.09441 (IBN-a).
struct ResNet: FeatureMap {
    /// An architecture as data.
    struct Variant {
        enum Block {
            /// Two 3×3 convolutions.
            case basic
            /// 1×1, 3×3 and 1×1; the 3×3 in groups whose width is given for 64 planes.
            case bottleneck(groups: Int, width: Int)
        }

        let blockCounts: [Int]
        let block: Block
        let instanceBatch: Bool

        static let resnet18 = Variant(blockCounts: [2, 2, 2, 2], block: .basic, instanceBatch: false)
        static let resnet34 = Variant(blockCounts: [3, 4, 6, 3], block: .basic, instanceBatch: false)
        static let resnet50 = Variant(blockCounts: [3, 4, 6, 3], block: .plain, instanceBatch: false)
        static let resnet101 = Variant(blockCounts: [3, 4, 23, 3], block: .plain, instanceBatch: false)
        static let resnet18IBNa = Variant(blockCounts: [2, 2, 2, 2], block: .basic, instanceBatch: true)
        static let resnet50IBNa = Variant(blockCounts: [3, 4, 6, 3], block: .plain, instanceBatch: true)
        static let resnet101IBNa = Variant(blockCounts: [3, 4, 23, 3], block: .plain, instanceBatch: true)
        static let resnext101IBNa = Variant(
            blockCounts: [3, 4, 23, 3], block: .bottleneck(groups: 32, width: 4), instanceBatch: true)

        var dimension: Int { 512 * block.expansion }
    }

    private var stem: NormalisedConvolution
    private var blocks: [any FeatureMap]

    init(_ variant: Variant, statistics: BatchStatistics, at path: Path) throws {
        stem = NormalisedConvolution(
            try Convolution(3, 64, kernel: 7, stride: 2, padding: 3, at: path / "conv1"),
            try BatchNormalisation(64, statistics: statistics, at: path / "bn1"))
        blocks = []
        var input = 64
        for (stage, count) in variant.blockCounts.enumerated() {
            let planes = 64 << stage
            for block in 0..<count {
                let shape = BlockShape(
                    input: input, planes: planes, output: planes * variant.block.expansion,
                    stride: block == 0 && (stage == 1 || stage == 2) ? 2 : 1,
                    instanceBatch: variant.instanceBatch && stage < 3)
                let place = path / "layer\(stage + 1)" / block
                switch variant.block {
                case .basic:
                    blocks.append(try BasicBlock(shape, statistics: statistics, at: place))
                case .bottleneck(let groups, let width):
                    blocks.append(
                        try Bottleneck(shape, groups: groups, width: width, statistics: statistics, at: place))
                }
                input = shape.output
            }
        }
    }

    func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Tensor {
        let entrance = try stem.rectified(images, mode).maxPooled(kernel: 3, stride: 2, padding: 1)
        return try blocks.reduce(entrance) { maps, block in try block(maps, mode) }
    }

    func folded(_ folding: Folding) throws -> ResNet {
        var copy = self
        copy.stem = try stem.folded(folding)
        copy.blocks = try blocks.map { try $0.folded(folding) }
        return copy
    }
}

extension ResNet.Variant.Block {
    /// The bottleneck of the original networks, all in one group.
    fileprivate static let plain = bottleneck(groups: 1, width: 64)

    fileprivate var expansion: Int {
        switch self {
        case .basic: 1
        case .bottleneck: 4
        }
    }
}

/// What a residual block turns into what.
private struct BlockShape {
    let input: Int
    let planes: Int
    let output: Int
    let stride: Int
    let instanceBatch: Bool
}

/// Two 3×3 convolutions around a shortcut.
private struct BasicBlock: FeatureMap {
    private var first: NormalisedConvolution
    private var second: NormalisedConvolution
    private var shortcut: NormalisedConvolution?

    init(_ shape: BlockShape, statistics: BatchStatistics, at path: Path) throws {
        first = NormalisedConvolution(
            try Convolution(shape.input, shape.planes, kernel: 3, stride: shape.stride, padding: 1, at: path / "conv1"),
            try firstNormalisation(shape.planes, shape, statistics: statistics, at: path / "bn1"))
        second = NormalisedConvolution(
            try Convolution(shape.planes, shape.output, kernel: 3, padding: 1, at: path / "conv2"),
            try BatchNormalisation(shape.output, statistics: statistics, at: path / "bn2"))
        shortcut = try projection(shape, statistics: statistics, at: path / "downsample")
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let beside = try shortcut?(maps, mode) ?? maps
        return try second.rectified(first.rectified(maps, mode), mode, adding: beside)
    }

    func folded(_ folding: Folding) throws -> BasicBlock {
        var copy = self
        copy.first = try first.folded(folding)
        copy.second = try second.folded(folding)
        copy.shortcut = try shortcut?.folded(folding)
        return copy
    }
}

/// 1×1, 3×3 and 1×1 convolutions around a shortcut.
private struct Bottleneck: FeatureMap {
    private var reduction: NormalisedConvolution
    private var middle: NormalisedConvolution
    private var expansion: NormalisedConvolution
    private var shortcut: NormalisedConvolution?

    init(_ shape: BlockShape, groups: Int, width: Int, statistics: BatchStatistics, at path: Path) throws {
        let inner = shape.planes * width / 64 * groups
        reduction = NormalisedConvolution(
            try Convolution(shape.input, inner, kernel: 1, at: path / "conv1"),
            try firstNormalisation(inner, shape, statistics: statistics, at: path / "bn1"))
        middle = NormalisedConvolution(
            try Convolution(
                inner, inner, kernel: 3, stride: shape.stride, padding: 1, groups: groups, at: path / "conv2"),
            try BatchNormalisation(inner, statistics: statistics, at: path / "bn2"))
        expansion = NormalisedConvolution(
            try Convolution(inner, shape.output, kernel: 1, at: path / "conv3"),
            try BatchNormalisation(shape.output, statistics: statistics, at: path / "bn3"))
        shortcut = try projection(shape, statistics: statistics, at: path / "downsample")
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let beside = try shortcut?(maps, mode) ?? maps
        let inner = try middle.rectified(reduction.rectified(maps, mode), mode)
        return try expansion.rectified(inner, mode, adding: beside)
    }

    func folded(_ folding: Folding) throws -> Bottleneck {
        var copy = self
        copy.reduction = try reduction.folded(folding)
        copy.middle = try middle.folded(folding)
        copy.expansion = try expansion.folded(folding)
        copy.shortcut = try shortcut?.folded(folding)
        return copy
    }
}

/// The one normalisation of a block that IBN-a changes.
private func firstNormalisation(
    _ channels: Int, _ shape: BlockShape, statistics: BatchStatistics, at path: Path
) throws -> Normalisation {
    shape.instanceBatch
        ? .instanceBatch(try InstanceBatchNormalisation(channels, statistics: statistics, at: path))
        : .batch(try BatchNormalisation(channels, statistics: statistics, at: path))
}

/// Nothing where shapes agree, otherwise a normalised 1×1 convolution (option B of the paper).
private func projection(
    _ shape: BlockShape, statistics: BatchStatistics, at path: Path
) throws -> NormalisedConvolution? {
    guard shape.stride != 1 || shape.input != shape.output else { return nil }
    return NormalisedConvolution(
        try Convolution(shape.input, shape.output, kernel: 1, stride: shape.stride, at: path / 0),
        try BatchNormalisation(shape.output, statistics: statistics, at: path / 1))
}

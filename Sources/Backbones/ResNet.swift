// SPDX-License-Identifier: MIT

import Layers
import Tensor

/// Residual networks as torchvision names and builds them (v1.5: the stride of a bottleneck is on its 3×3), with the
/// last stride removed, and with IBN-a where the variant asks for it.
///
/// The last stride: the first block of `layer4` keeps its resolution, so a 256×128 image ends in a 16×8 map. In the
/// two-convolution block that concerns its first convolution and the shortcut together; the reference code changes
/// only the shortcut there, which breaks the block, so it never ran with ResNet-18.
///
/// - SeeAlso: He et al., CVPR 2016, arXiv:1512.03385, table 1; Luo et al., CVPRW 2019, arXiv:1903.07071, §3.4 (last
///   stride); Pan et al., ECCV 2018, arXiv:1807.09441 (IBN-a).
struct ResNet: FeatureMap {
    /// An architecture as data.
    struct Variant {
        let blockCounts: [Int]
        let bottleneck: Bool
        let instanceBatch: Bool

        static let resnet18 = Variant(blockCounts: [2, 2, 2, 2], bottleneck: false, instanceBatch: false)
        static let resnet50 = Variant(blockCounts: [3, 4, 6, 3], bottleneck: true, instanceBatch: false)
        static let resnet50IBNa = Variant(blockCounts: [3, 4, 6, 3], bottleneck: true, instanceBatch: true)

        var expansion: Int { bottleneck ? 4 : 1 }
        var dimension: Int { 512 * expansion }
    }

    private let convolution: Convolution
    private let normalisation: BatchNormalisation
    private let blocks: [any FeatureMap]

    init(_ variant: Variant, domains: NormalisationDomains, at path: Path) throws {
        convolution = try Convolution(3, 64, kernel: 7, stride: 2, padding: 3, at: path / "conv1")
        normalisation = try BatchNormalisation(64, domains: domains, at: path / "bn1")
        var blocks: [any FeatureMap] = []
        var input = 64
        for (stage, count) in variant.blockCounts.enumerated() {
            let width = 64 << stage
            for block in 0..<count {
                let shape = BlockShape(
                    input: input, width: width, output: width * variant.expansion,
                    stride: block == 0 && (stage == 1 || stage == 2) ? 2 : 1,
                    instanceBatch: variant.instanceBatch && stage < 3)
                let place = path / "layer\(stage + 1)" / block
                blocks.append(
                    variant.bottleneck
                        ? try Bottleneck(shape, domains: domains, at: place)
                        : try BasicBlock(shape, domains: domains, at: place))
                input = shape.output
            }
        }
        self.blocks = blocks
    }

    func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Tensor {
        let stem = try normalisation(convolution(images), mode).relu().maxPooled(kernel: 3, stride: 2, padding: 1)
        return try blocks.reduce(stem) { maps, block in try block(maps, mode) }
    }
}

/// What a residual block turns into what.
private struct BlockShape {
    let input: Int
    let width: Int
    let output: Int
    let stride: Int
    let instanceBatch: Bool
}

/// Two 3×3 convolutions around a shortcut.
private struct BasicBlock: FeatureMap {
    private let convolutions: (Convolution, Convolution)
    private let normalisations: (BatchNormalisation, BatchNormalisation)
    private let shortcut: Shortcut

    init(_ shape: BlockShape, domains: NormalisationDomains, at path: Path) throws {
        convolutions.0 = try Convolution(
            shape.input, shape.width, kernel: 3, stride: shape.stride, padding: 1, at: path / "conv1")
        normalisations.0 = try BatchNormalisation(shape.width, domains: domains, at: path / "bn1")
        convolutions.1 = try Convolution(shape.width, shape.output, kernel: 3, padding: 1, at: path / "conv2")
        normalisations.1 = try BatchNormalisation(shape.output, domains: domains, at: path / "bn2")
        shortcut = try Shortcut(shape, domains: domains, at: path / "downsample")
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let inner = try normalisations.0(convolutions.0(maps), mode).relu()
        return try (normalisations.1(convolutions.1(inner), mode) + shortcut(maps, mode)).relu()
    }
}

/// 1×1, 3×3 and 1×1 convolutions around a shortcut.
private struct Bottleneck: FeatureMap {
    private let convolutions: (Convolution, Convolution, Convolution)
    private let first: FirstNormalisation
    private let normalisations: (BatchNormalisation, BatchNormalisation)
    private let shortcut: Shortcut

    init(_ shape: BlockShape, domains: NormalisationDomains, at path: Path) throws {
        convolutions.0 = try Convolution(shape.input, shape.width, kernel: 1, at: path / "conv1")
        first = try FirstNormalisation(shape, domains: domains, at: path / "bn1")
        convolutions.1 = try Convolution(
            shape.width, shape.width, kernel: 3, stride: shape.stride, padding: 1, at: path / "conv2")
        normalisations.0 = try BatchNormalisation(shape.width, domains: domains, at: path / "bn2")
        convolutions.2 = try Convolution(shape.width, shape.output, kernel: 1, at: path / "conv3")
        normalisations.1 = try BatchNormalisation(shape.output, domains: domains, at: path / "bn3")
        shortcut = try Shortcut(shape, domains: domains, at: path / "downsample")
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let reduced = try first(convolutions.0(maps), mode).relu()
        let inner = try normalisations.0(convolutions.1(reduced), mode).relu()
        return try (normalisations.1(convolutions.2(inner), mode) + shortcut(maps, mode)).relu()
    }
}

/// The normalisation after a bottleneck's first convolution, the one that IBN-a replaces.
private enum FirstNormalisation {
    case batch(BatchNormalisation)
    case instanceBatch(InstanceBatchNormalisation)

    init(_ shape: BlockShape, domains: NormalisationDomains, at path: Path) throws {
        self = shape.instanceBatch
            ? .instanceBatch(try InstanceBatchNormalisation(shape.width, domains: domains, at: path))
            : .batch(try BatchNormalisation(shape.width, domains: domains, at: path))
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        switch self {
        case .batch(let layer): try layer(maps, mode)
        case .instanceBatch(let layer): try layer(maps, mode)
        }
    }
}

/// The identity where shapes agree, otherwise a normalised 1×1 convolution (option B of the paper).
private struct Shortcut {
    private let projection: (convolution: Convolution, normalisation: BatchNormalisation)?

    init(_ shape: BlockShape, domains: NormalisationDomains, at path: Path) throws {
        guard shape.stride != 1 || shape.input != shape.output else {
            projection = nil
            return
        }
        projection = (
            try Convolution(shape.input, shape.output, kernel: 1, stride: shape.stride, at: path / 0),
            try BatchNormalisation(shape.output, domains: domains, at: path / 1)
        )
    }

    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        guard let projection else { return maps }
        return try projection.normalisation(projection.convolution(maps), mode)
    }
}

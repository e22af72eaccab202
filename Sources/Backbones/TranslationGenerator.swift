// SPDX-License-Identifier: MIT

public import Layers
public import Randomness
public import Tensor

// Shapes: N images · H, W height and width.

/// CycleGAN's residual generator.
///
/// Keys, initial values and layers are those of the authors' `resnet_9blocks` at `channels: 64, blocks: 9`
/// (11,378,179 parameters): all convolutions with bias, instance normalisation without parameters, weights
/// N(0, 0.02²). As in their program, normalisation may be left out.
///
/// - SeeAlso: Zhu et al., ICCV 2017, arXiv:1703.10593, §7.1.
public final class TranslationGenerator {
    /// What the last map ends in.
    public enum Output: Sendable {
        /// A sigmoid: from 0 to 1.
        case unit
        /// A hyperbolic tangent: from −1 to 1.
        case symmetric
    }

    /// What is done to the maps between convolutions.
    public enum MapNormalisation: String, Sendable, CaseIterable {
        /// Each map of each image to mean 0 and variance 1.
        case instance
        /// Nothing: how bright and colourful an image is passes through, which the other takes out of small images.
        case none
    }

    public let store: ParameterStore
    private let output: Output
    private let precision: TrainingPrecision
    private let normalisation: MapNormalisation
    private let entrance: Convolution
    private let narrowing: [Convolution]
    private let blocks: [(Convolution, Convolution)]
    private let widening: [UpsamplingConvolution]
    private let exit: Convolution

    /// - Parameters:
    ///   - channels: Width of the first map, 64 in the paper.
    ///   - blockCount: Residual blocks, 9 in the paper.
    ///   - output: The range of what it gives.
    ///   - normalisation: That of all maps but the last.
    ///   - elementType: What parameters are made of; images must be of the same.
    ///   - precision: What it computes in while it trains.
    public init(
        channels: Int, blockCount: Int, output: Output = .unit, normalisation: MapNormalisation = .instance,
        random: RandomKey, elementType: ElementType = .float32, precision: TrainingPrecision = Engine.trainingPrecision
    ) throws {
        self.output = output
        self.precision = precision
        self.normalisation = normalisation
        store = ParameterStore(random: random, elementType: elementType)
        let path = store.root / "model"
        let initial = InitialValues.normal(deviation: 0.02)
        entrance = try Convolution(3, channels, kernel: 7, bias: true, initial: initial, at: path / 1)
        narrowing = try [(1, 4), (2, 7)].map { factor, index in
            try Convolution(
                channels * factor, channels * factor * 2, kernel: 3, stride: 2, padding: 1, bias: true,
                initial: initial, at: path / index)
        }
        let width = channels * 4
        blocks = try (0..<blockCount).map { block in
            let place = path / (10 + block) / "conv_block"
            return (
                try Convolution(width, width, kernel: 3, bias: true, initial: initial, at: place / 1),
                try Convolution(width, width, kernel: 3, bias: true, initial: initial, at: place / 5)
            )
        }
        let after = 10 + blockCount
        widening = try [(4, after), (2, after + 3)].map { factor, index in
            try UpsamplingConvolution(channels * factor, channels * factor / 2, initial: initial, at: path / index)
        }
        exit = try Convolution(channels, 3, kernel: 7, bias: true, initial: initial, at: path / (after + 7))
    }

    /// Translates while the network trains.
    ///
    /// - Parameter images: `[N, 3, H, W]`, H and W divisible by 4.
    /// - Returns: Images in the range of ``Output``, `[N, 3, H, W]`, of the given ones' elements.
    public func callAsFunction(_ images: Tensor) throws -> Tensor {
        try ended(precision.computing { try lastMaps(images) }.converted(to: images.elementType))
    }

    /// Translates images that are kept: the same in single precision, whatever the network trained in.
    public func translated(_ images: Tensor) throws -> Tensor { try ended(lastMaps(images)) }

    private func lastMaps(_ images: Tensor) throws -> Tensor {
        var maps = try rectified(entrance(images.reflectionPadded(3)))
        for convolution in narrowing { maps = try rectified(convolution(maps)) }
        for (first, second) in blocks {
            let inner = try rectified(first(maps.reflectionPadded(1)))
            maps = try maps + normalised(second(inner.reflectionPadded(1)))
        }
        for convolution in widening { maps = try rectified(convolution(maps)) }
        return try exit(maps.reflectionPadded(3))
    }

    private func ended(_ last: Tensor) throws -> Tensor {
        switch output {
        case .unit: return try last.sigmoid()
        // tanh x = 2σ(2x) − 1.
        case .symmetric: return try 2 * (2 * last).sigmoid() - 1
        }
    }

    private func normalised(_ maps: Tensor) throws -> Tensor {
        switch normalisation {
        case .instance: try maps.instanceNormalised()
        case .none: maps
        }
    }

    private func rectified(_ maps: Tensor) throws -> Tensor {
        switch normalisation {
        case .instance: try maps.instanceNormalised(rectified: true)
        case .none: try maps.relu()
        }
    }
}

/// The 70×70 PatchGAN discriminator: five 4×4 convolutions, one logit for each patch.
///
/// Keys and layers are those of the authors' `basic` at `channels: 64` (2,764,737 parameters).
///
/// - SeeAlso: Isola et al., CVPR 2017, arXiv:1611.07004, §3.2.2.
public final class PatchDiscriminator {
    public let store: ParameterStore
    private let precision: TrainingPrecision
    private let layers: [Convolution]

    /// - Parameters:
    ///   - channels: Width of the first map, 64 in the paper.
    ///   - elementType: What parameters are made of; images must be of the same.
    ///   - precision: What it computes in.
    public init(
        channels: Int, random: RandomKey, elementType: ElementType = .float32,
        precision: TrainingPrecision = Engine.trainingPrecision
    ) throws {
        self.precision = precision
        store = ParameterStore(random: random, elementType: elementType)
        let path = store.root / "model"
        let table = [
            (index: 0, input: 3, output: channels, stride: 2),
            (index: 2, input: channels, output: channels * 2, stride: 2),
            (index: 5, input: channels * 2, output: channels * 4, stride: 2),
            (index: 8, input: channels * 4, output: channels * 8, stride: 1),
            (index: 11, input: channels * 8, output: 1, stride: 1),
        ]
        layers = try table.map { row in
            try Convolution(
                row.input, row.output, kernel: 4, stride: row.stride, padding: 1, bias: true,
                initial: .normal(deviation: 0.02), at: path / row.index)
        }
    }

    /// - Parameter images: `[N, 3, H, W]`, H and W at least 32.
    /// - Returns: A logit for each patch, `[N, 1, H/8 − 2, W/8 − 2]`, of the images' elements.
    public func callAsFunction(_ images: Tensor) throws -> Tensor {
        try precision.computing {
            var maps = try layers[0](images).leakyRelu(slope: 0.2)
            for layer in layers[1..<4] { maps = try layer(maps).instanceNormalised().leakyRelu(slope: 0.2) }
            return try layers[4](maps)
        }.converted(to: images.elementType)
    }
}

extension Tensor {
    /// Instance normalisation without parameters.
    fileprivate func instanceNormalised(rectified: Bool = false) throws -> Tensor {
        try instanceNormalised(epsilon: 1e-5, rectified: rectified)
    }
}

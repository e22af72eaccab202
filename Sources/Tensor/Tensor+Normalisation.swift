// SPDX-License-Identifier: MIT

internal import CTorch

// Shapes: N images · C channels · H, W height and width of the map.

extension Tensor {
    /// Batch normalisation of `[N, C]` or `[N, C, H, W]` by statistics that are given.
    public func batchNormalised(
        weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Double
    ) throws -> Tensor {
        try result("batchNormalised", self, weight) {
            pt_batch_norm(handle, weight.handle, bias.handle, mean.handle, variance.handle, epsilon, $0)
        }
    }

    /// Each channel of each image of `[N, C, H, W]` at mean 0 and variance 1, then scaled and shifted, and rectified where
    /// that is asked for.
    public func instanceNormalised(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double, rectified: Bool = false
    ) throws -> Tensor {
        try normalised(
            [.byInstance(0..<shape[1], weight: weight, bias: bias)], momentum: 0, epsilon: epsilon, rectified: rectified)
    }

    /// Normalisation of `[N, C]` or `[N, C, H, W]` in training, by what the maps are at the moment; then a sum and a rectifier,
    /// where they are asked for.
    ///
    /// - Parameters:
    ///   - channels: All of them, in their order.
    ///   - momentum: The weight of the new statistics where any run, 0.1 in all reference code.
    ///   - addend: Maps of the same shape that are added to the normalised ones.
    ///   - rectified: Whether ReLU comes last.
    /// - Complexity: On the processor several groups or kinds of channels copy the maps once more than one does, and their
    ///   gradient too. On a card maps are read twice and written once, and read four to six times for their gradient.
    public func normalised(
        _ channels: [NormalisedChannels], momentum: Double, epsilon: Double, adding addend: Tensor? = nil,
        rectified: Bool = false
    ) throws -> Tensor {
        precondition(
            channels.first?.range.lowerBound == 0 && channels.last?.range.upperBound == shape[1]
                && zip(channels, channels.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound },
            "\(channels.map(\.range)) of \(shape)")
        precondition(
            channels.allSatisfy { shape[0] % ($0.parts.count * $0.groupSize) == 0 },
            "\(shape[0]) images in groups of \(channels.map(\.groupSize)) for \(channels.map(\.parts.count)) parts")
        precondition(addend.map { $0.shape == shape } ?? true, "\(addend?.shape ?? []) is added to \(shape)")
        let tensors = channels.flatMap { $0.parts.flatMap { $0 } }
        return Tensor(
            owning: try Tensor.making("normalised in groups of \(channels.map(\.groupSize))", [self] + tensors) {
                pt_normalise(
                    handle, addend?.handle, rectified, channels.map(\.layout), Int32(channels.count), tensors.map(\.handle),
                    momentum, epsilon, $0)
            })
    }
}

/// Neighbouring channels of maps that are normalised alike in training.
public struct NormalisedChannels {
    let range: Range<Int>
    /// Consecutive images that are normalised together.
    let groupSize: Int
    /// Weight and bias, mean, variance and count of each part of the batch, or those of them that there are.
    fileprivate let parts: [[Tensor]]
    private let weighs: Bool
    private let runs: Bool

    /// Each group of consecutive images by its own mean and variance.
    ///
    /// - Parameters:
    ///   - size: Images in a group; divides each part of the batch.
    ///   - parts: One for each of the equal consecutive parts that the batch is made of. Running statistics are updated by
    ///     the first group of their part.
    public static func byBatch(
        _ range: Range<Int>, inGroupsOf size: Int, _ parts: [BatchNormalisationPart]
    ) -> NormalisedChannels {
        NormalisedChannels(
            range: range, groupSize: size,
            parts: parts.map { [$0.weight, $0.bias, $0.runningMean, $0.runningVariance, $0.batchCount] }, weighs: true,
            runs: true)
    }

    /// Each image by itself.
    ///
    /// - Parameters:
    ///   - weight: `[C]`; nothing for ones.
    ///   - bias: The same; nothing where there is no weight.
    public static func byInstance(_ range: Range<Int>, weight: Tensor?, bias: Tensor?) -> NormalisedChannels {
        precondition((weight == nil) == (bias == nil), "a weight or a bias alone")
        let learned = [weight, bias].compactMap { $0 }
        return NormalisedChannels(range: range, groupSize: 1, parts: [learned], weighs: !learned.isEmpty, runs: false)
    }

    fileprivate var layout: pt_channels {
        pt_channels(
            first: Int64(range.lowerBound), count: Int64(range.count), group_size: Int64(groupSize),
            parts: Int32(parts.count), weighs: weighs, runs: runs)
    }
}

/// What a part of a batch is normalised by, and what is kept of its statistics: `[C]` each but the count, a single integer.
public struct BatchNormalisationPart {
    public let weight, bias: Tensor
    public let runningMean, runningVariance, batchCount: Tensor

    public init(weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, batchCount: Tensor) {
        self.weight = weight
        self.bias = bias
        self.runningMean = runningMean
        self.runningVariance = runningVariance
        self.batchCount = batchCount
    }
}

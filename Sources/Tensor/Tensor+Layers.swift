// SPDX-License-Identifier: MIT

internal import CTorch

// Shapes: N images · C channels in · F channels out · H, W height and width of the map · K kernel side.

extension Tensor {
    /// Convolution of maps `[N, C, H, W]` with `[F, C / groups, K, K]`.
    public func convolved(
        with weight: Tensor, bias: Tensor?, stride: Int, padding: Int, groups: Int = 1
    ) throws -> Tensor {
        try result("convolved", self, weight) {
            pt_conv2d(handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), Int64(groups), $0)
        }
    }

    /// Convolution, then ReLU where `rectified`, in one pass over memory where the engine has one.
    ///
    /// Records no gradient. Weight and bias are of this tensor's element type.
    ///
    /// - Parameter sum: Maps to which the convolution is added before the ReLU; the result overwrites them and shares
    ///   their elements.
    public func convolvedFused(
        with weight: Tensor, bias: Tensor?, stride: Int, padding: Int, groups: Int, into sum: Tensor?,
        rectified: Bool
    ) throws -> Tensor {
        try result("convolvedFused", self, weight) {
            pt_conv2d_fused(
                handle, weight.handle, bias?.handle, sum?.handle, rectified, Int64(stride), Int64(padding),
                Int64(groups), $0)
        }
    }

    /// Transposed convolution of maps `[N, C, H, W]` with `[C, F, K, K]`.
    public func convolvedTransposed(
        with weight: Tensor, bias: Tensor?, stride: Int, padding: Int, outputPadding: Int
    ) throws -> Tensor {
        try result("convolvedTransposed", self, weight) {
            pt_conv_transpose2d(
                handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), Int64(outputPadding), $0)
        }
    }

    /// Batch normalisation of `[N, C]` or `[N, C, H, W]` by statistics that are given.
    public func batchNormalised(
        weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Double
    ) throws -> Tensor {
        try result("batchNormalised", self, weight) {
            pt_batch_norm(handle, weight.handle, bias.handle, mean.handle, variance.handle, epsilon, $0)
        }
    }

    /// Batch normalisation of `[N, C]` or `[N, C, H, W]` in training, each group of consecutive images by the mean and variance
    /// of its own; then a sum and a rectifier, where they are asked for.
    ///
    /// - Parameters:
    ///   - size: Images in a group; divides each part of the batch.
    ///   - parts: One for each of the equal consecutive parts that the batch is made of. Running statistics are updated by
    ///     the first group of their part.
    ///   - momentum: The weight of the new statistics, 0.1 in all reference code.
    ///   - addend: Maps of the same shape that are added to the normalised ones.
    ///   - rectified: Whether ReLU comes last.
    /// - Complexity: On the processor several groups copy the maps once more than one group does, and their gradient too. On
    ///   a card maps are read twice and written once, and read four to six times for their gradient.
    public func batchNormalised(
        inGroupsOf size: Int, by parts: [BatchNormalisationPart], momentum: Double, epsilon: Double,
        adding addend: Tensor? = nil, rectified: Bool = false
    ) throws -> Tensor {
        precondition(
            shape[0] % (parts.count * size) == 0, "\(shape[0]) images in groups of \(size) for \(parts.count) parts")
        precondition(addend.map { $0.shape == shape } ?? true, "\(addend?.shape ?? []) is added to \(shape)")
        return Tensor(
            owning: try Tensor.making("batchNormalised in groups of \(size)", [self] + parts.map(\.weight)) {
                pt_batch_norm_of_groups(
                    handle, addend?.handle, rectified, Int64(size), parts.map(\.weight.handle), parts.map(\.bias.handle),
                    parts.map(\.runningMean.handle), parts.map(\.runningVariance.handle), parts.map(\.batchCount.handle),
                    Int32(parts.count), momentum, epsilon, $0)
            })
    }

    /// Each channel of each image of `[N, C, H, W]` at mean 0 and variance 1, then scaled and shifted.
    public func instanceNormalised(weight: Tensor?, bias: Tensor?, epsilon: Double) throws -> Tensor {
        try result("instanceNormalised", self) {
            pt_instance_norm(handle, weight?.handle, bias?.handle, epsilon, $0)
        }
    }

    public func maxPooled(kernel: Int, stride: Int, padding: Int) throws -> Tensor {
        try result("maxPooled", self) {
            pt_max_pool2d(handle, Int64(kernel), Int64(stride), Int64(padding), $0)
        }
    }

    /// Means of square windows of maps `[N, C, H, W]`.
    ///
    /// - Parameters:
    ///   - partial: Keeps a last window that the map fills only partly, instead of dropping those rows or columns.
    ///   - countsPadding: Divides by the window's whole area, zeros of the padding included.
    public func averagePooled(
        kernel: Int, stride: Int, padding: Int = 0, partial: Bool = false, countsPadding: Bool = true
    ) throws -> Tensor {
        try result("averagePooled", self) {
            pt_avg_pool2d(handle, Int64(kernel), Int64(stride), Int64(padding), partial, countsPadding, $0)
        }
    }

    /// The mean of each channel's map, `[N, C, H, W] → [N, C, 1, 1]`.
    public func globallyAveraged() throws -> Tensor { try unary("globallyAveraged", pt_global_average) }
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

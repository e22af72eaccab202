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

    /// Batch normalisation of `[N, C]` or `[N, C, H, W]`; training updates both running statistics in place.
    ///
    /// - Parameter momentum: The weight of the new statistics, 0.1 in all reference code.
    public func batchNormalised(
        weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, training: Bool,
        momentum: Double, epsilon: Double
    ) throws -> Tensor {
        try result("batchNormalised", self, weight) {
            pt_batch_norm(
                handle, weight.handle, bias.handle, runningMean.handle, runningVariance.handle, training, momentum,
                epsilon, $0)
        }
    }

    /// Batch normalisation in training, each group of consecutive images by the mean and variance of its own.
    ///
    /// - Parameters:
    ///   - size: Images in a group; divides each part of the batch.
    ///   - weights, biases, runningMeans, runningVariances: As many tensors each, `[C]`: one for each of the equal
    ///     consecutive parts that the batch is made of. Running statistics are updated by the first group of their part.
    /// - Complexity: The maps are copied once more than by one group, and their gradient too.
    public func batchNormalised(
        inGroupsOf size: Int, weights: [Tensor], biases: [Tensor], runningMeans: [Tensor], runningVariances: [Tensor],
        momentum: Double, epsilon: Double
    ) throws -> Tensor {
        precondition(
            [biases.count, runningMeans.count, runningVariances.count].allSatisfy { $0 == weights.count }
                && shape[0] % (weights.count * size) == 0,
            "\(shape[0]) images in groups of \(size) for \(weights.count) weights, \(biases.count) biases, "
                + "\(runningMeans.count) means, \(runningVariances.count) variances")
        return Tensor(
            owning: try Tensor.making("batchNormalised in groups of \(size)", [self] + weights) {
                pt_batch_norm_in_groups(
                    handle, Int64(size), weights.map(\.handle), biases.map(\.handle), runningMeans.map(\.handle),
                    runningVariances.map(\.handle), Int32(weights.count), momentum, epsilon, $0)
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

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
}

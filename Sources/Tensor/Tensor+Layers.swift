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

    /// Of each channel's map `(mean of max(x, 1e-6)^power)^(1/power)`, `[N, C, H, W] → [N, C]`.
    ///
    /// - Parameter power: One number, which may learn.
    /// - Complexity: On a card maps are read once, and read and written once for their gradient.
    public func generalisedMeans(power: Tensor) throws -> Tensor {
        try result("generalisedMeans", self, power) { pt_generalised_mean(handle, power.handle, $0) }
    }
}

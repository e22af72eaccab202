// SPDX-License-Identifier: MIT

public import Tensor

/// A convolution of maps `[N, C, H, W]` with a square kernel.
public struct Convolution {
    let weight: Tensor
    let bias: Tensor?
    let stride: Int
    let padding: Int

    /// - Parameters:
    ///   - input, output: Channels C and F.
    ///   - initial: How the weight `[F, C, K, K]` is drawn.
    ///   - bias: Whether there is a bias `[F]`, zero at first.
    public init(
        _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = false,
        initial: InitialValues = .kaimingNormalFanOut, at path: Path
    ) throws {
        weight = try path.make("weight", shape: [output, input, kernel, kernel], initial)
        self.bias = bias ? try path.make("bias", shape: [output], .constant(0)) : nil
        self.stride = stride
        self.padding = padding
    }

    public func callAsFunction(_ maps: Tensor) throws -> Tensor {
        try maps.convolved(with: weight, bias: bias, stride: stride, padding: padding)
    }
}

/// A transposed convolution that doubles the map's sides: kernel 3, stride 2, padding 1, output padding 1.
public struct UpsamplingConvolution {
    let weight: Tensor
    let bias: Tensor

    public init(_ input: Int, _ output: Int, initial: InitialValues, at path: Path) throws {
        weight = try path.make("weight", shape: [input, output, 3, 3], initial)
        bias = try path.make("bias", shape: [output], .constant(0))
    }

    /// `[N, C, H, W] → [N, F, 2H, 2W]`.
    public func callAsFunction(_ maps: Tensor) throws -> Tensor {
        try maps.convolvedTransposed(with: weight, bias: bias, stride: 2, padding: 1, outputPadding: 1)
    }
}

// SPDX-License-Identifier: MIT

public import Tensor

/// `x·Wᵀ + b` of rows `[N, D]`.
public struct Linear {
    private let weight: Tensor
    private let bias: Tensor

    /// - Parameters:
    ///   - input, output: Lengths of the rows, D and E. The weight is `[E, D]`, drawn from N(0, 2/E), the bias `[E]`,
    ///     zero at first.
    public init(_ input: Int, _ output: Int, at path: Path) throws {
        weight = try path.make("weight", shape: [output, input], .kaimingNormalFanOut)
        bias = try path.make("bias", shape: [output], .constant(0))
    }

    private init(weight: Tensor, bias: Tensor) {
        self.weight = weight
        self.bias = bias
    }

    /// `[N, D] → [N, E]`.
    public func callAsFunction(_ rows: Tensor) throws -> Tensor {
        try rows.matmul(weight.transposed()) + bias
    }

    /// A copy for inference.
    public func copied() throws -> Linear {
        Linear(weight: try weight.detached().copied(), bias: try bias.detached().copied())
    }
}

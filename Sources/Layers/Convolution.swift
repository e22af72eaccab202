// SPDX-License-Identifier: MIT

public import Tensor

/// A convolution of maps `[N, C, H, W]` with a square kernel.
public struct Convolution {
    private let weight: Tensor
    private let bias: Tensor?
    private let stride: Int
    private let padding: Int
    private let groups: Int
    /// What this is a copy for; nil where it is trained.
    private let folding: Folding?

    /// - Parameters:
    ///   - input: Channels C of the maps.
    ///   - output: Channels F of the result.
    ///   - kernel: Rows and columns K of the kernel.
    ///   - stride: Rows and columns from one place of the kernel to the next.
    ///   - padding: Zeros that are put around the maps.
    ///   - groups: Parts into which channels fall; outputs of a part see only inputs of the same. Divides C and F.
    ///   - initial: How the weight `[F, C / groups, K, K]` is drawn.
    ///   - bias: Whether there is a bias `[F]`, zero at first.
    ///   - path: Under which the weight and the bias have their keys.
    public init(
        _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
        bias: Bool = false, initial: InitialValues = .kaimingNormalFanOut, at path: Path
    ) throws {
        weight = try path.make("weight", shape: [output, input / groups, kernel, kernel], initial)
        self.bias = bias ? try path.make("bias", shape: [output], .constant(0)) : nil
        self.stride = stride
        self.padding = padding
        self.groups = groups
        folding = nil
    }

    private init(_ other: Convolution, weight: Tensor, bias: Tensor?, for folding: Folding) {
        self.weight = weight
        self.bias = bias
        stride = other.stride
        padding = other.padding
        groups = other.groups
        self.folding = folding
    }

    /// - Parameter maps: `[N, C, H, W]`.
    /// - Returns: `[N, F, H′, W′]` with H′ = (H + 2·padding − K) / stride + 1, rounded down, and W′ likewise.
    public func callAsFunction(_ maps: Tensor) throws -> Tensor {
        guard !computesInSingle(maps) else { return try inSingle(maps, into: nil, rectified: false) }
        return try maps.convolved(with: weight, bias: bias, stride: stride, padding: padding, groups: groups)
    }

    /// `max(self(maps) + sum, 0)` in one pass over memory, or without the maximum; overwrites the sum, records no
    /// gradient.
    func fused(_ maps: Tensor, into sum: Tensor? = nil, rectified: Bool) throws -> Tensor {
        guard !computesInSingle(maps) else { return try inSingle(maps, into: sum, rectified: rectified) }
        return try maps.convolvedFused(
            with: weight, bias: bias, stride: stride, padding: padding, groups: groups, into: sum,
            rectified: rectified)
    }

    private func computesInSingle(_ maps: Tensor) -> Bool {
        guard let folding else { return false }
        let sides = maps.shape[2...].map { ($0 + 2 * padding - weight.shape[2]) / stride + 1 }
        return folding.computesInSingle(rows: sides[0], columns: sides[1])
    }

    /// The same on float32 copies of all that comes in, rounded once.
    private func inSingle(_ maps: Tensor, into sum: Tensor?, rectified: Bool) throws -> Tensor {
        try maps.converted(to: .float32).convolvedFused(
            with: weight.converted(to: .float32), bias: bias?.converted(to: .float32), stride: stride,
            padding: padding, groups: groups, into: sum?.converted(to: .float32), rectified: rectified
        ).converted(to: maps.elementType)
    }

    /// A copy for inference, where no normalisation comes after it.
    public func folded(_ folding: Folding) throws -> Convolution {
        Convolution(
            self, weight: try weight.detached().copied().converted(to: folding.precision.elementType),
            bias: try bias?.detached().copied().converted(to: folding.precision.elementType), for: folding)
    }

    /// A copy for inference whose results are `scale · self(maps) + shift`.
    func folded(_ folding: Folding, followedBy scaling: ChannelScaling) throws -> Convolution {
        let count = scaling.scales.count
        let scales = try Tensor(scaling.scales.map(Float.init), shape: [count, 1, 1, 1])
        let own = try bias?.floats() ?? [Float](repeating: 0, count: count)
        let shifts = zip(own, zip(scaling.scales, scaling.shifts)).map { Float(Double($0) * $1.0 + $1.1) }
        return Convolution(
            self, weight: try (weight.detached() * scales).converted(to: folding.precision.elementType),
            bias: try Tensor(shifts, shape: [count]).converted(to: folding.precision.elementType), for: folding)
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

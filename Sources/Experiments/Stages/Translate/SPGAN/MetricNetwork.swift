// SPDX-License-Identifier: MIT

internal import Layers
internal import Randomness
internal import Tensor
internal import Training

// Shapes: B images · C channels of the first map · F values of the last map.

/// SPGAN's siamese network: three strided convolutions with pooling, two matrices, unit embeddings of length 64.
///
/// At `channels: 64` and images of 256×128 its layers are the authors' (929,216 parameters, F = 2048). Initial weights
/// are from N(0, 0.02²), biases 0.
final class MetricNetwork {
    private static let hiddenLength = 128
    private static let embeddingLength = 64

    let store: ParameterStore
    private let convolutions: [Convolution]
    /// `[128, F]` and `[64, 128]`.
    private let matrices: [Tensor]

    /// - Parameters:
    ///   - channels: C; the next maps have 2C and 4C.
    ///   - size: That of all images, 32 or more each way.
    ///   - elementType: What parameters are made of; images must be of the same.
    init(
        channels: Int, _ size: ImageSize, random: RandomKey, elementType: ElementType = .float32
    ) throws {
        store = ParameterStore(random: random, elementType: elementType)
        let initial = InitialValues.normal(deviation: 0.02)
        let widths = [3, channels, 2 * channels, 4 * channels]
        let path = store.root
        convolutions = try (0..<3).map { index in
            try Convolution(
                widths[index], widths[index + 1], kernel: 4, stride: 2, padding: 1, bias: true, initial: initial,
                at: path / "conv" / index)
        }
        var sides = [size.height, size.width]
        for _ in convolutions {
            sides = sides.map { $0 / 2 }
            if Self.pools(sides) { sides = sides.map { $0 / 2 } }
        }
        let lengths = [widths[3] * sides[0] * sides[1], Self.hiddenLength, Self.embeddingLength]
        matrices = try (0..<2).map { index in
            try (path / "linear" / index).make("weight", shape: [lengths[index + 1], lengths[index]], initial)
        }
    }

    /// Whether a map is pooled: one of a single row or column is kept as it is.
    private static func pools(_ sides: [Int]) -> Bool { sides.allSatisfy { $0 > 1 } }

    /// Factors of the hidden values of source, translated source, target and translated target, `[B, 128]` each: a half of
    /// them, which is drawn, is left out, the others are doubled.
    func kept(of batch: Int, _ random: inout RandomStream) throws -> [Tensor] {
        let shape = [batch, Self.hiddenLength]
        return try (0..<4).map { _ in
            try Tensor((0..<batch * Self.hiddenLength).map { _ in random.uniform() < 0.5 ? 0 : 2 }, shape: shape)
                .converted(to: matrices[0].elementType)
        }
    }

    /// - Parameters:
    ///   - images: From −1 to 1, `[B, 3, H, W]`.
    ///   - kept: Factors of the hidden values, `[B, 128]`.
    /// - Returns: Rows of length 1, `[B, 64]`.
    func callAsFunction(_ images: Tensor, kept: Tensor) throws -> Tensor {
        var maps = images
        for convolution in convolutions {
            maps = try convolution(maps).leakyRelu(slope: 0.2)
            if Self.pools(Array(maps.shape[2...])) { maps = try maps.maxPooled(kernel: 2, stride: 2, padding: 0) }
        }
        let count = maps.shape[0]
        let rows = try maps.contiguous().reshaped([count, maps.count / count])
        let hidden = try rows.matmul(matrices[0].transposed()).leakyRelu(slope: 0.2)
        return try (hidden * kept).matmul(matrices[1].transposed()).normalisedRows()
    }
}

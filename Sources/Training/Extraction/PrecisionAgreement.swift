// SPDX-License-Identifier: MIT

internal import Backbones
internal import Tensor

/// How near features in another precision come to those in float32: the cosine of each image's pair.
///
/// bfloat16 keeps eight bits: a rounding moves a value by up to 2⁻⁸, by 0.0016 as a root mean square. Each of L layers
/// rounds its weights and its maps, each time independently, so that pooled features turn by δ = 0.0016·√(2L): 0.029 in
/// 169 layers, a cosine of 1 − δ²/2 = 0.9996. Memory that nobody has written gives none near it. A neck that subtracts
/// a mean leaves a shorter embedding with the same error.
public struct PrecisionAgreement: Sendable, Equatable {
    /// The least cosine of pooled features: twice the error of 169 layers.
    public static let leastPooled = 0.998
    /// The least cosine of embeddings: a turn by 0.45, which 0.023 becomes where the neck leaves a twentieth of the length.
    public static let leastEmbedding = 0.9

    /// Cosines before and after the neck; not a number where features are not finite or have no direction.
    public private(set) var pooled: [Double]
    public private(set) var embeddings: [Double]

    init(pooled: [Double], embeddings: [Double]) {
        self.pooled = pooled
        self.embeddings = embeddings
    }

    /// - Parameters:
    ///   - output, exact: What two networks make of the same images.
    init(of output: EmbeddingNetwork.Output, with exact: EmbeddingNetwork.Output) throws {
        pooled = Self.cosines(
            of: try output.pooled.floats(), with: try exact.pooled.floats(), dimension: exact.pooled.shape[1])
        embeddings = Self.cosines(
            of: try output.embedding.floats(), with: try exact.embedding.floats(), dimension: exact.embedding.shape[1])
    }

    /// The cosine of each pair of rows of so many values.
    static func cosines(of rows: [Float], with exact: [Float], dimension: Int) -> [Double] {
        precondition(rows.count == exact.count, "\(rows.count) values meet \(exact.count)")
        return stride(from: 0, to: rows.count, by: dimension).map { start in
            var (product, own, other) = (0.0, 0.0, 0.0)
            for index in start..<start + dimension {
                let (left, right) = (Double(rows[index]), Double(exact[index]))
                product += left * right
                own += left * left
                other += right * right
            }
            return product / (own * other).squareRoot()
        }
    }

    public static func + (left: PrecisionAgreement, right: PrecisionAgreement) -> PrecisionAgreement {
        PrecisionAgreement(pooled: left.pooled + right.pooled, embeddings: left.embeddings + right.embeddings)
    }

    /// The mean cosine of embeddings; not a number where one is not.
    public var mean: Double { embeddings.reduce(0, +) / Double(embeddings.count) }
    /// The least cosine of embeddings; not a number where one is not.
    public var least: Double { Self.least(embeddings) }
    /// The least cosine of pooled features; not a number where one is not.
    public var leastBeforeNeck: Double { Self.least(pooled) }

    /// How many images have other features than roundings explain.
    public var strangers: Int {
        zip(pooled, embeddings).count { !($0 >= Self.leastPooled && $1 >= Self.leastEmbedding) }
    }

    private static func least(_ cosines: [Double]) -> Double {
        cosines.contains(where: \.isNaN) ? .nan : cosines.min() ?? .nan
    }
}

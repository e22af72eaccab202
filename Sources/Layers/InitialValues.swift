// SPDX-License-Identifier: MIT

public import Randomness

/// How a tensor's values are drawn before training.
public enum InitialValues: Sendable, Equatable {
    case constant(Float)
    /// N(0, σ²).
    case normal(deviation: Double)
    /// N(0, 2 / fan-out), the fan-out of a convolution `[F, C / groups, K, K]` being F·K², of a matrix `[E, D]` E.
    ///
    /// - SeeAlso: He et al., ICCV 2015, arXiv:1502.01852, §2.2.
    case kaimingNormalFanOut
    /// U(−b, b) with b = √(6 / (rows + columns)).
    ///
    /// - SeeAlso: Glorot and Bengio, AISTATS 2010, eq. 16.
    case xavierUniform
    /// N(0, 2 / (rows + columns)).
    case xavierNormal
    /// U(−b, b) with b = √(6 / ((1 + a²) · columns)) for a = √5, that is 1/√columns.
    case kaimingUniform

    /// Values for a tensor, in row-major order.
    public func values(shape: [Int], _ random: inout RandomStream) -> [Float] {
        let count = shape.reduce(1, *)
        switch self {
        case .constant(let value):
            return [Float](repeating: value, count: count)
        case .normal(let deviation):
            return random.normals(count, times: deviation)
        case .kaimingNormalFanOut:
            let fanOut = shape[0] * shape.dropFirst(2).reduce(1, *)
            return InitialValues.normal(deviation: (2 / Double(fanOut)).squareRoot()).values(shape: shape, &random)
        case .xavierUniform:
            return uniform((6 / Double(shape[0] + shape[1])).squareRoot(), count, &random)
        case .xavierNormal:
            return InitialValues.normal(deviation: (2 / Double(shape[0] + shape[1])).squareRoot())
                .values(shape: shape, &random)
        case .kaimingUniform:
            return uniform(1 / Double(shape[1]).squareRoot(), count, &random)
        }
    }

    private func uniform(_ bound: Double, _ count: Int, _ random: inout RandomStream) -> [Float] {
        (0..<count).map { _ in Float(random.uniform(-bound, bound)) }
    }
}

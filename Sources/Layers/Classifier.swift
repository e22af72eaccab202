// SPDX-License-Identifier: MIT

private import Foundation
public import Tensor

// Shapes: B batch · D embedding · K classes.

/// How an embedding and a class's row become a logit.
public enum Head: Sendable, Equatable {
    /// W·z.
    case linear
    /// Additive angular margin: s·cos(θ + m) for the true class.
    case arcface(scale: Double, margin: Double)
    /// Additive cosine margin: s·(cos θ − m) for the true class.
    case cosface(scale: Double, margin: Double)
    /// The same formula as ``cosface``, with Xavier-normal rows.
    case am(scale: Double, margin: Double)
    /// Self-paced weights for positive and negative similarities.
    case circle(scale: Double, margin: Double)

    var initial: InitialValues {
        switch self {
        case .linear: .normal(deviation: 0.001)
        case .arcface, .cosface: .xavierUniform
        case .am: .xavierNormal
        case .circle: .kaimingUniform
        }
    }
}

/// The rows of a classifier over identities, and the head that turns them into logits.
public struct Classifier {
    public let head: Head
    /// `[K, D]`.
    public let weight: Tensor

    /// Draws the rows as the head's paper or reference code does.
    ///
    /// - Parameters:
    ///   - dimension: D.
    ///   - classes: K.
    ///   - path: Under which the rows have the key `weight`.
    public init(_ dimension: Int, classes: Int, head: Head, at path: Path) throws {
        self.head = head
        weight = try path.make("weight", shape: [classes, dimension], head.initial)
    }

    /// - Parameters:
    ///   - embeddings: z, the output of the batch-normalised neck, `[B, D]`, not normalised.
    ///   - labels: True classes `[B]`, which all heads but the linear one need, teachers' too.
    /// - Returns: Logits `[B, K]`.
    public func callAsFunction(_ embeddings: Tensor, labels: Tensor) throws -> Tensor {
        try head.logits(embeddings, weight, labels: labels)
    }
}

extension Head {
    /// Logits `[B, K]` of embeddings `[B, D]` for rows `[K, D]`.
    ///
    /// - SeeAlso: ArcFace: Deng et al., CVPR 2019, arXiv:1801.07698, eq. 3. CosFace: Wang et al., CVPR 2018,
    ///   arXiv:1801.09414, eq. 4. Circle: Sun et al., CVPR 2020, arXiv:2002.10857, eq. 8.
    public func logits(_ embeddingsBD: Tensor, _ weightKD: Tensor, labels: Tensor) throws -> Tensor {
        guard self != .linear else { return try embeddingsBD.matmul(weightKD.transposed()) }
        let cosineBK = try embeddingsBD.normalisedRows().matmul(weightKD.normalisedRows().transposed())
        let oneHotBK = try labels.oneHot(classes: weightKD.shape[0])
        switch self {
        case .linear:
            preconditionFailure("handled above")
        case .arcface(let scale, let margin):
            return try scale * mixed(oneHotBK, angular(cosineBK, margin), cosineBK)
        case .cosface(let scale, let margin), .am(let scale, let margin):
            return try scale * (cosineBK - margin * oneHotBK)
        case .circle(let scale, let margin):
            let (positive, negative) = try circle(cosineBK, margin)
            return try scale * mixed(oneHotBK, positive, negative)
        }
    }

    /// `cos(θ + m)`, continued linearly where θ + m > π so that it stays monotone.
    ///
    /// Deviation: 1 − cos² is kept at 1e-7 or more. The authors' code takes the root of 0 for an embedding that is
    /// parallel to a row, which is what initialising rows by centroids makes likely, and gets gradients that are
    /// no numbers.
    private func angular(_ cosine: Tensor, _ margin: Double) throws -> Tensor {
        let sine = try (1 - cosine.squared()).atLeast(1e-7).squareRoot()
        let turned = try cosine * cos(margin) - sine * sin(margin)
        let continued = try cosine - margin * sin(.pi - margin)
        return try cosine.isGreater(than: cos(.pi - margin)).choosing(turned, else: continued)
    }

    /// The weighted similarities of the true class and of the others; the weights get no gradient.
    private func circle(_ cosine: Tensor, _ margin: Double) throws -> (positive: Tensor, negative: Tensor) {
        let fixed = try cosine.detached()
        let positiveWeight = try ((1 + margin) - fixed).relu()
        let negativeWeight = try (fixed + margin).relu()
        return (try positiveWeight * (cosine - (1 - margin)), try negativeWeight * (cosine - margin))
    }

    private func mixed(_ oneHot: Tensor, _ yes: Tensor, _ no: Tensor) throws -> Tensor {
        try oneHot * yes + (1 - oneHot) * no
    }
}

// SPDX-License-Identifier: MIT

public import Tensor

// Shapes: B batch · D embedding.

/// The hardest positive and the hardest negative of every row of a batch.
struct HardestPairs {
    /// Columns of the farthest row of the same class, the row itself included, `[B, 1]`.
    let positive: Tensor
    /// Columns of the nearest row of another class, `[B, 1]`.
    let negative: Tensor

    /// - Parameters:
    ///   - distanceBB: Distances between the rows, `[B, B]`.
    ///   - labels: Classes, `[B]`.
    init(_ distanceBB: Tensor, labels: Tensor) throws {
        let count = labels.shape[0]
        let sameBB = try labels.reshaped([count, 1]).equals(labels.reshaped([1, count])).converted(to: .float32)
        // The number of the authors' code: no distance comes near it, and a sum with it is the same for all.
        let far = 9_999_999.0
        positive = try (distanceBB - far * (1 - sameBB)).maximum(along: 1).indices
        negative = try (distanceBB + far * sameBB).minimum(along: 1).indices
    }

    /// The two distances of every row, `[B, 2]`: to the positive and to the negative.
    func distances(in distanceBB: Tensor) throws -> Tensor {
        try distanceBB.gathering(Tensor.concatenated([positive, negative], along: 1), along: 1)
    }
}

/// Euclidean distances between the rows of `[B, D]`, `[B, B]`, with squares kept at 1e-12 or more.
public func pairwiseDistances(_ featuresBD: Tensor) throws -> Tensor {
    let squaresB1 = try featuresBD.squared().sum(along: 1)
    let productsBB = try featuresBD.matmul(featuresBD.transposed())
    return try (squaresB1 + squaresB1.transposed() - 2 * productsBB).atLeast(1e-12).squareRoot()
}

/// The softmax triplet loss with the hardest pairs of the batch, margin 0: mean of log(1 + e^(dₚ − dₙ)).
///
/// - Parameters:
///   - featuresBD: Features before the neck, not normalised, `[B, D]`.
///   - labels: Classes, `[B]`.
/// - SeeAlso: Ge et al., arXiv:2008.10313, eq. 3; Hermans et al., arXiv:1703.07737, eq. 5 (hardest pairs).
public func softmaxTriplet(_ featuresBD: Tensor, labels: Tensor) throws -> Tensor {
    let distanceBB = try pairwiseDistances(featuresBD)
    let pairsB2 = try HardestPairs(distanceBB.detached(), labels: labels).distances(in: distanceBB)
    return try (pairsB2.slice(0..<1, along: 1) - pairsB2.slice(1..<2, along: 1)).softplus().mean()
}

/// The softmax triplet loss against a teacher: cross-entropy between the two softmaxes of (dₚ, dₙ).
///
/// Pairs are mined on the student's distances; the teacher is asked for its distances of the same pairs, and gets
/// no gradient. In SDA this is the relation-consistency loss, with the translated images' features as the student.
///
/// - Parameters:
///   - studentBD, teacherBD: Features `[B, D]`; the two widths may differ.
///   - labels: Classes, `[B]`.
/// - SeeAlso: Ge et al., ICLR 2020, arXiv:2001.01526, eq. 9; Ge et al., arXiv:2003.06650, eq. 5.
public func softTriplet(student studentBD: Tensor, teacher teacherBD: Tensor, labels: Tensor) throws -> Tensor {
    let distanceBB = try pairwiseDistances(studentBD)
    let pairs = try HardestPairs(distanceBB.detached(), labels: labels)
    let teacherDistanceBB = try pairwiseDistances(teacherBD.detached())
    let expectedB2 = try pairs.distances(in: teacherDistanceBB).softmax(along: 1)
    return try -(expectedB2 * pairs.distances(in: distanceBB).logSoftmax(along: 1)).sum(along: 1).mean()
}

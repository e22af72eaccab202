// SPDX-License-Identifier: MIT

internal import Tensor

// Shapes: B pairs · D embedding.

/// The contrastive loss of a siamese network: the mean of d² for pairs that are alike, of max(0, 2 − d)² for others, d the
/// distance of unit embeddings, so that the margin is the largest distance there is.
///
/// - Parameters:
///   - leftBD, rightBD: `[B, D]`, rows of length 1. 1e-6 is added to each difference, so that d has a gradient at 0.
/// - SeeAlso: Hadsell et al., CVPR 2006, eq. 4; Deng et al., arXiv:1711.07027, eq. 6.
func siamese(_ leftBD: Tensor, _ rightBD: Tensor, areAlike: Bool) throws -> Tensor {
    let squaresB1 = try (leftBD - rightBD + 1e-6).squared().sum(along: 1)
    return try areAlike ? squaresB1.mean() : (2 - squaresB1.squareRoot()).atLeast(0).squared().mean()
}

// SPDX-License-Identifier: MIT

public import Tensor

/// The least-squares adversarial loss: the mean squared distance of patch logits from 1 (real) or 0 (fake).
///
/// - SeeAlso: Mao et al., ICCV 2017, arXiv:1611.04076, eq. 9.
public func leastSquaresAdversarial(_ logits: Tensor, real: Bool) throws -> Tensor {
    try (logits - (real ? 1 : 0)).squared().mean()
}

/// The mean absolute difference.
public func meanAbsoluteDifference(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    try (left - right).absolute().mean()
}

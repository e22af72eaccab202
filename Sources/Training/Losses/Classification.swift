// SPDX-License-Identifier: MIT

public import Tensor

// Shapes: B batch · K classes.

/// Cross-entropy with label smoothing, the mean over the batch.
///
/// The true class is expected with 1 − ε + ε/K, every other one with ε/K.
///
/// - Parameters:
///   - logitsBK: `[B, K]`.
///   - labels: True classes, `[B]`, in `0 ..< K`.
///   - smoothing: ε in `[0, 1)`; 0.1 in all stages.
/// - SeeAlso: Szegedy et al., CVPR 2016, arXiv:1512.00567, §7.
public func smoothedCrossEntropy(_ logitsBK: Tensor, labels: Tensor, smoothing: Double = 0.1) throws -> Tensor {
    let classCount = logitsBK.shape[1]
    let logProbabilityBK = try logitsBK.logSoftmax(along: 1)
    let expectedBK = try (1 - smoothing) * labels.oneHot(classes: classCount) + smoothing / Double(classCount)
    return try -(expectedBK * logProbabilityBK).sum(along: 1).mean()
}

/// Cross-entropy against a teacher's distribution, the mean over the batch; the teacher gets no gradient.
///
/// - Parameters:
///   - logitsBK, teacherBK: `[B, K]`.
/// - SeeAlso: Ge et al., ICLR 2020, arXiv:2001.01526, eq. 6.
public func softCrossEntropy(_ logitsBK: Tensor, teacher teacherBK: Tensor) throws -> Tensor {
    let expectedBK = try teacherBK.detached().softmax(along: 1)
    return try -(expectedBK * logitsBK.logSoftmax(along: 1)).sum(along: 1).mean()
}

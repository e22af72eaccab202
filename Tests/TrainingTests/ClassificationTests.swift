// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Layers
@testable import Training
@testable import Tensor

private func goldenRows() throws -> Tensor { try tensor([5, 4]) { cos(0.37 * $0) } }
private func studentLogits() throws -> Tensor { try goldenStudent().matmul(goldenRows().transposed()) }
private func teacherLogits() throws -> Tensor { try goldenTeacher().matmul(goldenRows().transposed()) }

@Suite struct `Smoothed cross-entropy` {
    @Test func `gives the reference code's value`() throws {
        try expectClose(
            studentLogits().slice(0..<1), [2.112712, -1.379905, -2.362949, 0.951400, 2.535479], .sixDecimals)
        let loss = try smoothedCrossEntropy(studentLogits(), labels: goldenLabels())
        try expectClose(loss, [2.422277], .sixDecimals)
    }

    @Test(arguments: [
        (Head.arcface(scale: 64, margin: 0.35), 68.281830), (.arcface(scale: 30, margin: 0.3), 31.107063),
        (.cosface(scale: 30, margin: 0.4), 35.273521), (.circle(scale: 64, margin: 0.35), 111.251122),
        (.am(scale: 30, margin: 0.3), 32.888500),
    ])
    func `of a head's logits gives the reference code's value`(head: Head, wanted: Double) throws {
        let logits = try head.logits(goldenStudent(), goldenRows(), labels: goldenLabels())
        try expectClose(smoothedCrossEntropy(logits, labels: goldenLabels()), [wanted], .sixDecimals)
    }

    /// Logits 0 and ln 3 are probabilities ¼ and ¾; expected 0.05 and 0.95:
    /// 0.05·ln 4 + 0.95·ln(4/3) = 0.069315 + 0.273298 = 0.342613.
    @Test func `expects the true class with 1 − ε + ε/K`() throws {
        let logits = try Tensor([0, Float(log(3.0))], shape: [1, 2])
        try expectClose(smoothedCrossEntropy(logits, labels: Tensor([1])), [0.342613], .sixDecimals)
        // Without smoothing: ln(4/3).
        try expectClose(smoothedCrossEntropy(logits, labels: Tensor([1]), smoothing: 0), [log(4 / 3.0)])
    }

    @Test func `does not change when a row's logits are shifted`() throws {
        let shift = try Tensor([3, -7, 0, 20, 1, -1, 5, 2], shape: [8, 1])
        let loss = try smoothedCrossEntropy(studentLogits() + shift, labels: goldenLabels())
        try expectClose(loss, [2.422277], .sixDecimals)
    }

    /// The gradient is (softmax − expectation) / B: for two equal logits (0.5 − 0.95, 0.5 − 0.05).
    @Test func `pulls towards the expectation`() throws {
        let logits = try Tensor([2, 2], shape: [1, 2])
        try logits.setRequiresGradient(true)
        try smoothedCrossEntropy(logits, labels: Tensor([0])).backward()
        try expectClose(#require(try logits.gradient()), [-0.45, 0.45])
    }

    /// Probabilities of e^(−2000) are 0 in single precision, their logarithms are not infinite.
    @Test func `is finite for far apart logits`() throws {
        let logits = try Tensor([-1000, 1000], shape: [1, 2])
        try expectClose(smoothedCrossEntropy(logits, labels: Tensor([0])), [0.95 * 2000])
    }
}

@Suite struct `Soft cross-entropy` {
    @Test func `gives the reference code's value`() throws {
        try expectClose(softCrossEntropy(studentLogits(), teacher: teacherLogits()), [2.112829], .sixDecimals)
    }

    /// A student that does not choose between two classes pays ln 2 whatever its teacher says.
    @Test func `is weighted by the teacher's probabilities`() throws {
        let teacher = try Tensor([0, Float(log(3.0))], shape: [1, 2])
        try expectClose(softCrossEntropy(Tensor([5, 5], shape: [1, 2]), teacher: teacher), [log(2)])
        // Student ¼, ¾ as the teacher: the entropy ¼·ln 4 + ¾·ln(4/3).
        try expectClose(softCrossEntropy(teacher, teacher: teacher), [0.25 * log(4) + 0.75 * log(4 / 3.0)])
    }

    @Test func `has no gradient at the teacher's own logits, and none for the teacher`() throws {
        let student = try studentLogits().detached()
        let teacher = try studentLogits().detached()
        for leaf in [student, teacher] { try leaf.setRequiresGradient(true) }
        try softCrossEntropy(student, teacher: teacher).backward()
        try expectClose(#require(try student.gradient()), [Double](repeating: 0, count: 40))
        #expect(try teacher.gradient() == nil)
    }

    /// A teacher that is sure makes it the cross-entropy without smoothing.
    @Test func `is plain cross-entropy for a teacher that is sure`() throws {
        let sure = try goldenLabels().oneHot(classes: 5) * 1000
        let plain = try smoothedCrossEntropy(studentLogits(), labels: goldenLabels(), smoothing: 0).scalar()
        try expectClose(softCrossEntropy(studentLogits(), teacher: sure), [Double(plain)])
    }
}

@Suite struct `Translation losses` {
    /// (0² + 0.5² + 2² + (−1)²)/4 = 1.3125 from 0, and (1 + 0.25 + 1 + 4)/4 = 1.5625 from 1.
    @Test func `are squared distances from 0 for fakes and from 1 for real images`() throws {
        let logits = try Tensor([0, 0.5, 2, -1], shape: [1, 1, 2, 2])
        try expectClose(leastSquaresAdversarial(logits, real: false), [1.3125])
        try expectClose(leastSquaresAdversarial(logits, real: true), [1.5625])
    }

    /// (|1 − 4| + |5 − 3| + |−1 − (−1)| + |0 − 1|)/4 = 1.5.
    @Test func `are mean absolute differences, either way round`() throws {
        let left = try Tensor([1, 5, -1, 0], shape: [2, 2])
        let right = try Tensor([4, 3, -1, 1], shape: [2, 2])
        try expectClose(meanAbsoluteDifference(left, right), [1.5])
        try expectClose(meanAbsoluteDifference(right, left), [1.5])
        try expectClose(meanAbsoluteDifference(left, left), [0])
    }
}

// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Training
@testable import Tensor

/// The reference inputs: eight rows of width 4, two of each of four classes.
func goldenStudent() throws -> Tensor { try tensor([8, 4]) { sin(0.7 * $0 + 0.3) } }
func goldenTeacher() throws -> Tensor { try tensor([8, 4]) { cos(0.45 * $0 + 0.1) } }
func goldenLabels() throws -> Tensor { try Tensor([0, 0, 1, 1, 2, 2, 3, 3]) }

/// Four points on a line: 0 and 1 of one class, 3 and 7 of another.
private func line() throws -> (features: Tensor, labels: Tensor) {
    (try Tensor([0, 1, 3, 7], shape: [4, 1]), try Tensor([4, 4, 9, 9]))
}

@Suite struct `Pairwise distances` {
    /// (0, 0) and (3, 4): 5. The diagonal is the root of 1e-12.
    @Test func `are Euclidean, and 1e-6 at the least`() throws {
        try expectClose(pairwiseDistances(Tensor([0, 0, 3, 4], shape: [2, 2])), [1e-6, 5, 5, 1e-6])
    }

    @Test func `do not change when rows are moved together`() throws {
        let features = try goldenStudent()
        let moved = try features + Tensor([1, -2, 0.5, 3], shape: [1, 4])
        // The diagonal is the root of a difference of squares of up to 20: √(20 · 6e-8) = 1e-3.
        try expectClose(
            pairwiseDistances(moved), pairwiseDistances(features).floats().map(Double.init),
            Tolerance(relative: 1e-5, absolute: 2e-3))
    }
}

@Suite struct `The hardest pairs` {
    @Test func `are the farthest of the class and the nearest of the others`() throws {
        let (features, labels) = try line()
        let pairs = try HardestPairs(pairwiseDistances(features), labels: labels)
        #expect(try pairs.positive.integers() == [1, 0, 3, 2])
        #expect(try pairs.negative.integers() == [2, 2, 1, 1])
        #expect(pairs.positive.shape == [4, 1])
    }

    @Test func `pair a row that is alone in its class with itself`() throws {
        let (features, _) = try line()
        let distances = try pairwiseDistances(features)
        let pairs = try HardestPairs(distances, labels: Tensor([0, 0, 1, 2]))
        #expect(try pairs.positive.integers() == [1, 0, 2, 3])
        #expect(try pairs.negative.integers() == [2, 2, 1, 2])
        try expectClose(pairs.distances(in: distances), [1, 3, 1, 2, 1e-6, 2, 1e-6, 4])
    }
}

@Suite struct `The softmax triplet loss` {
    @Test func `gives the reference code's value`() throws {
        try expectClose(softmaxTriplet(goldenStudent(), labels: goldenLabels()), [1.953260], .sixDecimals)
    }

    /// (dₚ, dₙ) are (1, 3), (1, 2), (4, 2), (4, 6): the mean of ln(1 + e⁻²), ln(1 + e⁻¹), ln(1 + e²) and ln(1
    /// + e⁻²) = (0.126928 + 0.313262 + 2.126928 + 0.126928) / 4 = 0.673511.
    @Test func `is the mean softplus of the hardest distances' difference`() throws {
        let (features, labels) = try line()
        let terms = [-2.0, -1, 2, -2].map { log(1 + exp($0)) }
        try expectClose(softmaxTriplet(features, labels: labels), [terms.reduce(0, +) / 4])
        try expectClose(softmaxTriplet(features, labels: labels), [0.673511], .sixDecimals)
    }

    @Test func `agrees with an obvious loop in double precision`() throws {
        let labels = [0, 1, 2, 0, 1, 2, 0, 0, 1, 3]
        let features = try tensor([10, 5]) { sin($0 * $0 * 0.37) * 2 }
        let rows = try features.floats().map(Double.init)
        func distance(_ left: Int, _ right: Int) -> Double {
            let squares = (0..<5).map { pow(rows[left * 5 + $0] - rows[right * 5 + $0], 2) }
            return max(squares.reduce(0, +), 1e-12).squareRoot()
        }
        var total = 0.0
        for row in labels.indices {
            var (farthest, nearest) = (0.0, Double.infinity)
            for other in labels.indices {
                if labels[other] == labels[row] {
                    farthest = max(farthest, distance(row, other))
                } else {
                    nearest = min(nearest, distance(row, other))
                }
            }
            total += log(1 + exp(farthest - nearest))
        }
        // The row that is alone has a distance of √(rounding of squares near 10) = 1e-3 to itself, a tenth of
        // the mean.
        try expectClose(
            softmaxTriplet(features, labels: Tensor(labels)), [total / 10],
            Tolerance(relative: 1e-6, absolute: 2e-4))
    }

    @Test func `does not depend on the order of the batch`() throws {
        let order = try Tensor([5, 2, 7, 0, 3, 6, 1, 4])
        try expectClose(
            softmaxTriplet(goldenStudent().selecting(order), labels: goldenLabels().selecting(order)),
            [1.953260], .sixDecimals)
    }

    @Test func `has a finite gradient where a row is its own positive`() throws {
        let features = try Tensor([0, 0, 1, 0, 0, 3], shape: [3, 2])
        try features.setRequiresGradient(true)
        try softmaxTriplet(features, labels: Tensor([0, 1, 2])).backward()
        let gradient = try #require(try features.gradient())
        #expect(try gradient.isFinite())
        #expect(try gradient.absolute().sum().scalar() > 0)
    }
}

@Suite struct `The soft triplet loss` {
    @Test func `gives the reference code's value`() throws {
        try expectClose(
            softTriplet(student: goldenStudent(), teacher: goldenTeacher(), labels: goldenLabels()),
            [1.274249], .sixDecimals)
    }

    /// The teacher's line is (0, 2, 2, 3). Pairs are the student's: (1, 2), (0, 2), (3, 1), (2, 1). So the
    /// student's differences dₚ − dₙ are −2, −1, 2, and 4 − 6 = −2; the teacher's 2 − 2 = 0, 2 − 0 = 2, 1 − 0
    /// = 1, 1 − 1 = 0. Each term is t·ln(1 + e^(−s)) + (1 − t)·ln(1 + e^s), t the sigmoid of the teacher's
    /// difference.
    @Test func `asks the teacher for the distances of the student's pairs`() throws {
        let (features, labels) = try line()
        let teacher = try Tensor([0, 2, 2, 3], shape: [4, 1])
        let terms = zip([-2.0, -1, 2, -2], [0.0, 2, 1, 0]).map { student, teacher in
            let share = 1 / (1 + exp(-teacher))
            return share * log(1 + exp(-student)) + (1 - share) * log(1 + exp(student))
        }
        let loss = try softTriplet(student: features, teacher: teacher, labels: labels)
        try expectClose(loss, [terms.reduce(0, +) / 4])
    }

    @Test func `has no gradient at the teacher's own features, and none for the teacher`() throws {
        let student = try goldenStudent()
        let teacher = try goldenStudent()
        for leaf in [student, teacher] { try leaf.setRequiresGradient(true) }
        try softTriplet(student: student, teacher: teacher, labels: goldenLabels()).backward()
        try expectClose(#require(try student.gradient()), [Double](repeating: 0, count: 32))
        #expect(try teacher.gradient() == nil)
    }

    @Test func `allows a teacher of another width`() throws {
        let teacher = try goldenTeacher()
        let wide = try Tensor.concatenated([teacher, teacher.zerosLike()], along: 1)
        let loss = try softTriplet(student: goldenStudent(), teacher: wide, labels: goldenLabels())
        try expectClose(loss, [1.274249], .sixDecimals)
    }
}

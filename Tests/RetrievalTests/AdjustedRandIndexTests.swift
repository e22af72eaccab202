// SPDX-License-Identifier: MIT

import Testing

@testable import Retrieval

@Suite struct `The adjusted Rand index` {
    private func index(_ first: [Int], _ second: [Int]) -> Double {
        ClusterLabels(values: first).adjustedRandIndex(with: ClusterLabels(values: second))
    }

    /// Of 6 pairs the first puts 2 together, the second 1, both 1; by chance they would share 2·1/6 = 1/3. Equal ones of the
    /// mean size would have (2 + 1)/2: (1 − 1/3) / (3/2 − 1/3) = 4/7.
    @Test func `is counted by hand`() {
        #expect(Tolerance.metric.accepts(index([0, 0, 1, 1], [0, 0, 1, 2]), 4.0 / 7))
    }

    /// 2 and 2 pairs, none of them shared, 2/3 by chance: (0 − 2/3) / (2 − 2/3) = −1/2.
    @Test func `is below zero where less is shared than by chance`() {
        #expect(Tolerance.metric.accepts(index([0, 0, 1, 1], [0, 1, 0, 1]), -0.5))
    }

    /// The third and fourth rows are with nobody in the first partition: 1 pair against 2, as above.
    @Test func `takes a row without a cluster for one on its own`() {
        #expect(index([0, 0, -1, -1], [0, 0, 1, 1]) == index([0, 0, 1, 2], [0, 0, 1, 1]))
        #expect(Tolerance.metric.accepts(index([0, 0, -1, -1], [0, 0, 1, 1]), 4.0 / 7))
    }

    @Test func `equals scikit-learn's, outliers having a label of their own there`() {
        let first = (0..<30).map { $0 % 7 == 3 ? -1 : $0 % 5 }
        let second = (0..<30).map { $0 % 5 == 0 ? -1 : $0 % 2 == 1 ? ($0 * 3) % 4 : $0 % 5 }
        #expect(Tolerance.metric.accepts(index(first, second), 0.1613394216133942))
        let third = (0..<40).map { ($0 * 7) % 5 }
        let fourth = (0..<40).map { $0 % 6 == 0 ? $0 % 4 : ($0 * 7) % 5 }
        #expect(Tolerance.metric.accepts(index(third, fourth), 0.6814569536423841))
    }

    @Test func `is one for equal partitions whatever the numbers, and the same both ways`() {
        #expect(index([1, 0, 1, 0, 2, 2, -1], [0, 2, 0, 2, 1, 1, -1]) == 1)
        let (first, second) = ([0, 0, 0, 1, 1, -1], [0, 1, 0, 1, 1, 1])
        #expect(index(first, second) == index(second, first))
    }

    /// All images in one cluster, twice: not a network that has settled, but one that has collapsed.
    @Test(arguments: [[0, 0, 0], [-1, -1, -1], [0, 1, 2], [], [0]])
    func `is zero where both partitions tell nothing apart, or put nothing together`(labels: [Int]) {
        #expect(index(labels, labels) == 0)
    }
}

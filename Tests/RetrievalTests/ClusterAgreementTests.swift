// SPDX-License-Identifier: MIT

import Testing
import Vocabulary

@testable import Retrieval

@Suite struct `The agreement of clusters with identities` {
    private func agreement(_ labels: [Int], _ identities: [Int]) throws -> ClusterAgreement {
        try ClusterAgreement(
            of: ClusterLabels(values: labels), with: identities.map { Identity(rawValue: $0) })
    }

    @Test func `is counted by hand`() throws {
        // Clusters {1, 1, 2} and {2, 2}, outlier 1: 4 of 5 rows have their cluster's identity. Pairs
        // together: 3 + 1, of which 1 + 1 right; pairs of one identity: 3 + 3.
        let found = try agreement([0, 0, 0, 1, 1, -1], [1, 1, 2, 2, 2, 1])
        #expect(found.purity == 0.8)
        #expect(found.pairwisePrecision == 0.5)
        #expect(found.pairwiseRecall == 2.0 / 6)
        #expect(Tolerance.metric.accepts(found.pairwiseF, 0.4))
    }

    @Test(arguments: 0..<2)
    func `equals scikit-learn's`(number: Int) throws {
        let example = try Fixture.load().agreement[number]
        let found = try agreement(example.labels, example.identities)
        #expect(Tolerance.metric.accepts(found.purity, example.purity))
        #expect(Tolerance.metric.accepts(found.normalisedMutualInformation, example.nmi))
        #expect(Tolerance.metric.accepts(found.pairwisePrecision, example.precision))
        #expect(Tolerance.metric.accepts(found.pairwiseRecall, example.recall))
    }

    @Test func `is one for equal partitions whatever the numbers`() throws {
        let found = try agreement([1, 0, 1, 0, 2, 2], [7, 3, 7, 3, 9, 9])
        #expect(found.purity == 1 && found.pairwiseF == 1)
        #expect(Tolerance.metric.accepts(found.normalisedMutualInformation, 1))
    }

    @Test func `is zero without clusters`() throws {
        let found = try agreement([-1, -1], [1, 1])
        #expect(found.purity == 0 && found.pairwiseF == 0 && found.normalisedMutualInformation == 0)
    }
}

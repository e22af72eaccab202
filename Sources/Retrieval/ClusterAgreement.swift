// SPDX-License-Identifier: MIT

internal import Foundation
public import Vocabulary

// Shapes: N rows.

/// How well clusters agree with who is seen: an oracle's view, for people to read and never for training to
/// use.
public struct ClusterAgreement: Sendable, Equatable, Codable {
    /// The share of clustered rows whose identity is the commonest one of their cluster.
    public let purity: Double
    /// Mutual information of clusters and identities, divided by the mean of their entropies, over clustered
    /// rows.
    public let normalisedMutualInformation: Double
    /// The share of pairs put together that belong together.
    public let pairwisePrecision: Double
    /// The share of pairs that belong together that were put together; outliers are with nobody.
    public let pairwiseRecall: Double

    /// The harmonic mean of ``pairwisePrecision`` and ``pairwiseRecall``.
    public var pairwiseF: Double {
        let sum = pairwisePrecision + pairwiseRecall
        return sum > 0 ? 2 * pairwisePrecision * pairwiseRecall / sum : 0
    }

    /// Compares clusters with identities.
    ///
    /// Rows of identity −1 are nobody and count nowhere. Where there is nothing to count (no clustered row, no pair), a
    /// share is zero.
    /// - Parameters:
    ///   - labels: `[N]`.
    ///   - identities: `[N]`.
    /// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
    public init(of labels: ClusterLabels, with identities: [Identity]) throws(RetrievalError) {
        guard labels.values.count == identities.count else {
            throw .countsDiffer(what: "identities", expected: labels.values.count, found: identities.count)
        }
        let seen = zip(labels.values, identities).filter { $0.1 != .junk }
        let clustered = seen.filter { $0.0 >= 0 }
        let byCluster = Dictionary(grouping: clustered, by: \.0).sorted { $0.key < $1.key }.map { cluster in
            Dictionary(cluster.value.map { ($0.1, 1) }, uniquingKeysWith: +).values.sorted()
        }
        let identitySizes = Dictionary(clustered.map { ($0.1, 1) }, uniquingKeysWith: +).values.sorted()
        let allSizes = Dictionary(seen.map { ($0.1, 1) }, uniquingKeysWith: +).values
        let clusterSizes = byCluster.map { $0.reduce(0, +) }
        let count = clustered.count

        purity = Self.share(byCluster.reduce(0) { $0 + ($1.last ?? 0) }, of: count)
        let clusterEntropy = Self.entropy(clusterSizes, of: count)
        let identityEntropy = Self.entropy(identitySizes, of: count)
        let jointEntropy = Self.entropy(byCluster.flatMap { $0 }, of: count)
        let information = max(0, clusterEntropy + identityEntropy - jointEntropy)
        let meanEntropy = (clusterEntropy + identityEntropy) / 2
        // One cluster of one identity: nothing is uncertain, and the two partitions are equal.
        normalisedMutualInformation = meanEntropy > 0 ? information / meanEntropy : (count > 0 ? 1 : 0)

        let right = byCluster.reduce(0) { $0 + Self.pairs($1) }
        pairwisePrecision = Self.share(right, of: Self.pairs(clusterSizes))
        pairwiseRecall = Self.share(right, of: Self.pairs(Array(allSizes)))
    }

    private static func share(_ part: Int, of whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
    }

    private static func pairs(_ sizes: [Int]) -> Int {
        sizes.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    }

    private static func entropy(_ sizes: [Int], of count: Int) -> Double {
        sizes.reduce(0) { sum, size in
            let share = Double(size) / Double(count)
            return sum - share * log(share)
        }
    }
}

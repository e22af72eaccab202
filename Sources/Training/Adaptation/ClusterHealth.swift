// SPDX-License-Identifier: MIT

internal import Foundation
internal import Reporting
package import Retrieval

/// What the clusters before an epoch say of a training's health.
package struct ClusterHealth: Sendable, Equatable {
    package let images: Int
    package let clusters: Int
    package let outliers: Int
    /// Images of the largest cluster.
    package let largest: Int

    package init(_ labels: ClusterLabels) {
        images = labels.values.count
        clusters = labels.clusterCount
        outliers = labels.outlierCount
        largest = labels.sizes.max() ?? 0
    }

    package var clustered: Int { images - outliers }
    /// Of all images those in no cluster, in `[0, 1]`.
    package var outlierShare: Double { images > 0 ? Double(outliers) / Double(images) : 0 }
    /// Of all images in clusters those in the largest, in `[0, 1]`.
    package var largestShare: Double { clustered > 0 ? Double(largest) / Double(clustered) : 0 }

    // MARK: Collapse

    /// A cluster with a larger share of all clustered images has swallowed the others.
    package static let mostOfClustered = 0.9
    /// Epochs in a row in which that may be so before the training is ended: one may find it, and train out of it.
    package static let mostMergedEpochs = 2

    /// Whether one cluster has swallowed the others, and most images are in clusters: a few that are all that are trusted
    /// yet may well be of one cluster.
    package var isMerged: Bool { largestShare > Self.mostOfClustered && 2 * clustered > images }

    // MARK: Words

    /// As a person reads them beside those of the epoch before: `41 clusters (+5), 12.4 % outliers (-3.1)`.
    package func text(after before: ClusterHealth?) -> String {
        let change = before.map { " (\(Self.signed(clusters - $0.clusters)))" } ?? ""
        let shift = before.map { String(format: " (%+.1f)", 100 * (outlierShare - $0.outlierShare)) } ?? ""
        return counted(clusters, "cluster") + change + String(format: ", %.1f %% outliers", 100 * outlierShare) + shift
    }

    private static func signed(_ number: Int) -> String { number < 0 ? "\(number)" : "+\(number)" }
}

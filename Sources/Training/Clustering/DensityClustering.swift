// SPDX-License-Identifier: MIT

package import Data
internal import Reporting
package import Retrieval

/// DBSCAN on the Jaccard distance of k-reciprocal neighbours: pseudo labels of an epoch.
///
/// - SeeAlso: Ester et al., KDD 1996; the distance: Zhong et al., CVPR 2017, arXiv:1701.08398, eq. 10.
package struct DensityClustering: Sendable, Equatable {
    /// k₁ and k₂ of the distance.
    package var neighbours: Int
    package var expansion: Int
    /// ε and the least number of neighbours of a core, itself included.
    package var radius: Double
    package var minimumPoints: Int

    package init(neighbours: Int, expansion: Int, radius: Double, minimumPoints: Int) {
        self.neighbours = neighbours
        self.expansion = expansion
        self.radius = radius
        self.minimumPoints = minimumPoints
    }

    /// Clusters numbered from 0, −1 for outliers, `[N]`.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - search: How neighbours are searched.
    ///   - scope: Whom to tell how far that is.
    package func labels(
        of features: Features<UnitNorm>, by search: SearchStrategy, in scope: any TrainingScope
    ) throws -> ClusterLabels {
        let jaccard = ClusteringJaccard(neighbours: neighbours, expansion: expansion, search: search)
        return try DBSCAN(radius: Float(radius), minimumPoints: minimumPoints)
            .labels(of: jaccard.distances(of: features, within: Float(radius), in: scope))
    }
}

extension ClusteringJaccard {
    /// The distances of all rows, found in two phases that a scope is told of.
    package func distances(
        of features: Features<UnitNorm>, within radius: Float, in scope: any TrainingScope
    ) throws -> SparseDistances {
        scope.begin(.searching, of: features.count)
        let table = try neighbours(of: features, progress: scope.searching)
        scope.begin(.clustering)
        return try distances(of: features, among: table, within: radius)
    }
}

extension ClusterLabels {
    /// Checks that there are as many clusters as a batch of so many images of each needs.
    ///
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)``.
    package func require(filling batch: Int, of instances: Int, epoch: Int) throws(MethodError) {
        let needed = (batch + instances - 1) / instances
        guard clusterCount >= needed else {
            throw .tooFewClusters(
                found: clusterCount, needed: needed, outliers: outlierCount, images: values.count, epoch: epoch)
        }
    }
}

extension [Sample] {
    /// The clustered images with their clusters as classes, which follow so many others; outliers are left out.
    package func labelled(by labels: ClusterLabels, after classCount: Int = 0) -> [Sample] {
        precondition(count == labels.values.count, "\(labels.values.count) labels for \(count) images")
        return zip(self, labels.values).compactMap { sample, label in
            label < 0 ? nil : Sample(path: sample.path, label: classCount + label, camera: sample.camera)
        }
    }
}

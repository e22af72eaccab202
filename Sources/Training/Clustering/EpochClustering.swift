// SPDX-License-Identifier: MIT

package import Randomness
internal import Reporting
package import Retrieval

/// How an epoch's pseudo labels are found, where a method leaves the choice.
package enum EpochClustering: Sendable, Equatable {
    /// DBSCAN on the Jaccard distance of k-reciprocal neighbours; outliers stay without a label.
    case dbscan(Density)
    /// k-means on the embeddings; every image gets a label.
    case kMeans(Means)

    package struct Density: Sendable, Equatable {
        /// k₁ and k₂ of the distance, and its scale.
        package var neighbours: Int
        package var expansion: Int
        package var scale: ClusteringJaccard.Scale
        package var radius: Radius
        /// The least number of neighbours of a core, itself included.
        package var minimumPoints: Int

        package init(
            neighbours: Int = 20, expansion: Int = 6, scale: ClusteringJaccard.Scale, radius: Radius,
            minimumPoints: Int = 4
        ) {
            self.neighbours = neighbours
            self.expansion = expansion
            self.scale = scale
            self.radius = radius
            self.minimumPoints = minimumPoints
        }
    }

    /// ε of DBSCAN.
    package enum Radius: Sendable, Equatable {
        case fixed(Double)
        /// The mean distance of the nearest such share of all pairs that lie apart, found before the first epoch and kept.
        case nearest(share: Double)
    }

    package struct Means: Sendable, Equatable {
        package var clusters = 500
        /// Runs from different beginnings, of which the best counts.
        package var runs = 10

        package init() {}
    }
}

extension EpochClustering {
    /// Clusters the target's training images.
    ///
    /// DBSCAN takes the normalised mean of several networks' embeddings, k-means their mean as it is, which is the shorter
    /// the less they agree. k-means begins with the same draws in every epoch.
    ///
    /// - Parameters:
    ///   - networks: What each network makes of the images, `[N, D]`.
    ///   - radius: ε as an earlier epoch has found it; nothing in the first, or where it is given.
    ///   - random: What k-means begins with.
    ///   - search: How DBSCAN's neighbours are searched.
    ///   - scope: Whom to tell how far that is.
    /// - Throws: ``MethodError/noRadius(share:images:)``, `RetrievalError.tooManyClusters`, and `RetrievalError.zeroRow`
    ///   where embeddings cancel each other out.
    package func clusters(
        of networks: [Features<UnitNorm>], radius: inout Double?, random: RandomKey, by search: SearchStrategy,
        in scope: any TrainingScope
    ) throws -> Clusters {
        switch self {
        case .dbscan(let density):
            let features = try networks.count == 1 ? networks[0] : Features.mean(networks)
            return Clusters(try density.labels(of: features, radius: &radius, by: search, in: scope), of: features)
        case .kMeans(let means):
            scope.begin(.clustering)
            let found = try KMeans(clusterCount: means.clusters, runs: means.runs)
                .clusters(of: Features.average(networks), key: random.derived("clustering"))
            return Clusters(found.labels, centroids: try found.centroids.normalised())
        }
    }
}

extension EpochClustering.Density {
    fileprivate func labels(
        of features: Features<UnitNorm>, radius found: inout Double?, by search: SearchStrategy, in scope: any TrainingScope
    ) throws -> ClusterLabels {
        let jaccard = ClusteringJaccard(neighbours: neighbours, expansion: expansion, search: search, scale: scale)
        switch radius {
        case .fixed(let radius):
            return labels(of: try jaccard.distances(of: features, within: Float(radius), in: scope), radius)
        case .nearest(let share):
            let distances = try jaccard.distances(of: features, within: found.map { Float($0) } ?? 1, in: scope)
            let radius = try found ?? nearestRadius(distances, share)
            found = radius
            return labels(of: distances, radius)
        }
    }

    private func labels(of distances: SparseDistances, _ radius: Double) -> ClusterLabels {
        DBSCAN(radius: Float(radius), minimumPoints: minimumPoints).labels(of: distances)
    }

    private func nearestRadius(_ distances: SparseDistances, _ share: Double) throws -> Double {
        guard let radius = distances.radius(fromSmallest: share) else {
            throw MethodError.noRadius(share: share, images: distances.count)
        }
        return Double(radius)
    }
}

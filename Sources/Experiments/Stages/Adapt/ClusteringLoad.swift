// SPDX-License-Identifier: MIT

internal import Retrieval
internal import Training

/// What one clustering of an epoch has to do and to hold, for forecasts.
struct ClusteringLoad {
    /// Multiplications and additions of matrix products.
    let operations: Double
    let bytes: Int

    /// DBSCAN on the Jaccard distance of k₁ neighbours.
    init(images: Int, dimension: Int, neighbours: Int, holding pairs: MemoryForecast.HeldPairs = .near) {
        operations = StageLoad.Passes.operations(images, images, length: dimension)
        bytes =
            MemoryForecast.clustering(count: images, dimension: dimension, neighbours: neighbours, holding: pairs).total
    }

    /// k-means. How long it goes on depends on the features: on those of a trained network most runs end within so many
    /// iterations; choosing the first centroids takes as much as a few of them.
    init(images: Int, dimension: Int, _ means: EpochClustering.Means) {
        let iterations = 30
        operations =
            Double(means.runs * iterations) * StageLoad.Passes.operations(images, means.clusters, length: dimension)
        bytes = MemoryForecast.kMeans(count: images, dimension: dimension, clusterCount: means.clusters).total
    }
}

extension DensityClustering {
    func load(images: Int, dimension: Int) -> ClusteringLoad {
        ClusteringLoad(images: images, dimension: dimension, neighbours: neighbours)
    }
}

extension EpochClustering {
    func load(images: Int, dimension: Int) -> ClusteringLoad {
        switch self {
        case .dbscan(let density):
            ClusteringLoad(
                images: images, dimension: dimension, neighbours: density.neighbours, holding: density.radius.heldPairs)
        case .kMeans(let means): ClusteringLoad(images: images, dimension: dimension, means)
        }
    }
}

extension EpochClustering.Radius {
    /// What the first epoch holds: a radius that is still to be found may be any below 1.
    fileprivate var heldPairs: MemoryForecast.HeldPairs {
        switch self {
        case .fixed: .near
        case .nearest: .belowOne
        }
    }
}

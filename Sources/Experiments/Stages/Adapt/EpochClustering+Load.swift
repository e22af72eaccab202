// SPDX-License-Identifier: MIT

internal import Retrieval
internal import Training

extension EpochClustering {
    /// What one clustering has to do and to hold, for forecasts.
    ///
    /// How long k-means goes on depends on the features. On those of a trained network most runs end within so many iterations;
    /// choosing the first centroids takes as much as a few of them.
    func load(images: Int, dimension: Int) -> (operations: Double, bytes: Int) {
        switch self {
        case .dbscan(let density):
            return (
                StageLoad.Passes.operations(images, images, length: dimension),
                MemoryForecast.clustering(count: images, dimension: dimension, neighbours: density.neighbours).total
            )
        case .kMeans(let means):
            let iterations = 30
            return (
                Double(means.runs * iterations) * StageLoad.Passes.operations(images, means.clusters, length: dimension),
                MemoryForecast.kMeans(count: images, dimension: dimension, clusterCount: means.clusters).total
            )
        }
    }
}

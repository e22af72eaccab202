// SPDX-License-Identifier: MIT

package import Retrieval

extension TrainingSetting {
    /// Clusters of no meaning, of so many of the target's images each, and features that they could be of, `[N_t, D]`: for
    /// measuring what a step takes.
    package func madeUpClusters(
        of instances: Int, dimension: Int
    ) throws -> (labels: ClusterLabels, features: Features<UnitNorm>) {
        let count = target.samples.count
        let values = (0..<count * dimension).map { Float($0 % 7) + 1 }
        return (
            ClusterLabels(values: (0..<count).map { $0 / instances }),
            try Features<Raw>(values, count: count, dimension: dimension).normalised()
        )
    }
}

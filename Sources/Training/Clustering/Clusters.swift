// SPDX-License-Identifier: MIT

package import Retrieval

/// What clustering found before an epoch.
package struct Clusters {
    /// Clusters numbered from 0, −1 for outliers, `[N]`.
    package let labels: ClusterLabels
    /// The direction of each cluster's mean, `[K, D]`: a classifier's first rows.
    package let centroids: Features<UnitNorm>

    package init(_ labels: ClusterLabels, centroids: Features<UnitNorm>) {
        self.labels = labels
        self.centroids = centroids
    }

    /// - Parameter features: `[N, D]`, that the labels come from.
    package init(_ labels: ClusterLabels, of features: Features<UnitNorm>) {
        self.init(labels, centroids: labels.centroids(of: features))
    }
}

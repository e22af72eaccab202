// SPDX-License-Identifier: MIT

internal import Machine
public import Randomness

// Shapes: N rows · K clusters · D dimensions.

/// Lloyd's k-means on embeddings.
///
/// - SeeAlso: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
public struct KMeans: Sendable {
    /// How the first centroids are chosen.
    public enum Initialisation: String, Sendable, Codable, CaseIterable {
        /// One after the other, far ones more likely; of several candidates the one that helps most. MMT's
        /// choice.
        case plusPlus = "k-means++"
        /// Rows drawn without replacement. The choice of MMT+ and OpenUnReID.
        case randomRows = "random-rows"
    }

    /// `K`.
    public let clusterCount: Int
    public let initialisation: Initialisation
    /// Each run ends after this many iterations at the latest; 300 in all published settings.
    public let maximumIterations: Int
    /// Runs from different beginnings, of which the best counts; 10 in MMT, 1 elsewhere.
    public let runs: Int
    /// Whether centroids are brought to length one. In many dimensions the mean of unlike rows is short, and
    /// near to everything; for even cells its direction must count alone.
    var isSpherical = false
    var workers = Workers.all

    /// - Parameters:
    ///   - clusterCount: `K`, at least 1.
    ///   - initialisation: How the first centroids are chosen.
    ///   - maximumIterations: At least 1.
    ///   - runs: At least 1.
    public init(
        clusterCount: Int, initialisation: Initialisation = .plusPlus, maximumIterations: Int = 300,
        runs: Int = 1
    ) {
        precondition(clusterCount >= 1, "\(clusterCount) clusters")
        precondition(maximumIterations >= 1 && runs >= 1, "\(maximumIterations) iterations, \(runs) runs")
        self.clusterCount = clusterCount
        self.initialisation = initialisation
        self.maximumIterations = maximumIterations
        self.runs = runs
    }

    /// What k-means found.
    public struct Clustering: Sendable {
        /// `[N]`; every cluster has a row, and there are no outliers.
        public let labels: ClusterLabels
        /// The mean of each cluster, not normalised, `[K, D]`.
        public let centroids: Features<Raw>
        /// The sum of squared distances of the rows to their centroids.
        public let inertia: Double
        /// The iterations of the run that counts.
        public let iterations: Int
    }

    /// Clusters unit rows, `[N, D]`.
    ///
    /// - Throws: ``RetrievalError/tooManyClusters(asked:rows:)``.
    public func clusters(of features: Features<UnitNorm>, key: RandomKey) throws(RetrievalError) -> Clustering {
        try clusters(
            of: Features<Raw>(
                unchecked: features.values, count: features.count, dimension: features.dimension),
            key: key)
    }

    /// Clusters rows of any length, `[N, D]`.
    ///
    /// A run ends when no row changes its cluster. A cluster that loses all its rows takes the row that is
    /// farthest from its centroid among clusters with rows to spare. Equally near centroids are taken in
    /// order.
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - key: What the beginnings are drawn with.
    /// - Throws: ``RetrievalError/tooManyClusters(asked:rows:)`` where `K > N`.
    /// - Complexity: O(iterations · N·K·D).
    public func clusters(of features: Features<Raw>, key: RandomKey) throws(RetrievalError) -> Clustering {
        guard clusterCount <= features.count else {
            throw .tooManyClusters(asked: clusterCount, rows: features.count)
        }
        let rows = KMeansRows(features, workers: workers)
        var best: Clustering?
        for run in 0..<runs {
            let found = refined(rows, from: beginning(rows, key: key, run: run))
            if found.inertia < best?.inertia ?? .infinity { best = found }
        }
        guard let best else { preconditionFailure("\(runs) runs with an inertia that is not a number") }
        return best
    }

    private func beginning(_ rows: KMeansRows, key: RandomKey, run: Int) -> [Int] {
        var stream = key.stream("retrieval.k-means", index: run)
        return switch initialisation {
        case .plusPlus: rows.spreadRows(clusterCount, stream: &stream)
        case .randomRows: Array(stream.permutation(rows.features.count).prefix(clusterCount))
        }
    }

    private func refined(_ rows: KMeansRows, from beginning: [Int]) -> Clustering {
        var centroids = beginning.flatMap { rows.features[$0] }
        var labels: [Int] = []
        var iterations = 0
        var nearest = rows.nearest(of: centroids, count: clusterCount)
        while iterations < maximumIterations {
            nearest.fillEmptyClusters(clusterCount)
            iterations += 1
            guard nearest.labels != labels else { break }
            labels = nearest.labels
            centroids = rows.means(labels, count: clusterCount)
            if isSpherical { normaliseRows(&centroids, dimension: rows.features.dimension) }
            nearest = rows.nearest(of: centroids, count: clusterCount)
        }
        // The labels that are returned are those whose means the centroids are.
        return Clustering(
            labels: ClusterLabels(values: labels),
            centroids: Features(
                unchecked: centroids, count: clusterCount, dimension: rows.features.dimension),
            inertia: rows.inertia(labels, centroids), iterations: iterations
        )
    }

    /// Rows that cancel out stay as they are.
    private func normaliseRows(_ values: inout [Float], dimension: Int) {
        values.withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: dimension) {
                _ = normalise(UnsafeMutableBufferPointer(rebasing: values[start..<start + dimension]))
            }
        }
    }
}

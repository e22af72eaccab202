// SPDX-License-Identifier: MIT

/// Density-based clustering on given distances, label for label as scikit-learn does it.
///
/// - SeeAlso: Ester et al., "A density-based algorithm for discovering clusters in large spatial databases
///   with noise", KDD 1996.
public struct DBSCAN: Sendable {
    /// `ε`: rows at this distance are still neighbours.
    public let radius: Float
    /// How many rows, itself included, make a row the core of a cluster.
    public let minimumPoints: Int

    /// - Parameters:
    ///   - radius: `ε`, at least 0; compared in single precision.
    ///   - minimumPoints: At least 1.
    public init(radius: Float, minimumPoints: Int) {
        precondition(radius >= 0 && minimumPoints >= 1, "radius \(radius), minimum points \(minimumPoints)")
        self.radius = radius
        self.minimumPoints = minimumPoints
    }

    /// The cluster of every row.
    ///
    /// Clusters are numbered by their smallest core row; a border row belongs to the first cluster that
    /// reaches it.
    /// - Parameter distances: `N` rows, held up to this radius at least.
    /// - Returns: `[N]`, −1 for outliers.
    /// - Complexity: O(held pairs).
    public func labels(of distances: SparseDistances) -> ClusterLabels {
        precondition(
            radius <= distances.radius || distances.radius >= 1,
            "radius \(radius) asks for pairs beyond \(distances.radius), which are not held"
        )
        // Pairs that are not held are at distance 1, and only a radius of 1 reaches them.
        guard radius < 1 else {
            return ClusterLabels(
                values: Array(
                    repeating: distances.count >= minimumPoints ? 0 : -1,
                    count: distances.count))
        }
        let isCore = (0..<distances.count).map { row in
            1 + distances.distances(of: row).count { $0 <= radius } >= minimumPoints
        }
        var labels = [Int](repeating: -1, count: distances.count)
        var clusterCount = 0
        var waiting: [Int] = []
        for seed in 0..<distances.count where labels[seed] == -1 && isCore[seed] {
            waiting.append(seed)
            while let row = waiting.popLast() {
                guard labels[row] == -1 else { continue }
                labels[row] = clusterCount
                guard isCore[row] else { continue }
                for (other, distance) in zip(distances.neighbours(of: row), distances.distances(of: row))
                where distance <= radius && labels[Int(other)] == -1 {
                    waiting.append(Int(other))
                }
            }
            clusterCount += 1
        }
        return ClusterLabels(values: labels)
    }
}

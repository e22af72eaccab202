// SPDX-License-Identifier: MIT

// Shapes: N rows · K clusters · D dimensions.

/// The cluster of every row, −1 for outliers; clusters are numbered from zero.
public struct ClusterLabels: Sendable, Equatable {
    /// `[N]`, in `-1 ..< clusterCount`.
    public let values: [Int]
    /// `K`: one more than the largest label.
    public let clusterCount: Int
    /// The number of rows without a cluster.
    public let outlierCount: Int

    /// - Parameter values: `[N]`, each at least −1.
    public init(values: [Int]) {
        precondition(values.allSatisfy { $0 >= -1 }, "a label below −1")
        self.values = values
        clusterCount = (values.max() ?? -1) + 1
        outlierCount = values.count { $0 == -1 }
    }

    /// How many rows each cluster has, `[K]`.
    public var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: clusterCount)
        for label in values where label >= 0 { sizes[label] += 1 }
        return sizes
    }

    /// The normalised mean of each cluster's rows.
    ///
    /// - Parameter features: `[N, D]`.
    /// - Returns: `[K, D]`. A cluster whose rows cancel out is represented by its first row; every cluster
    ///   must have one.
    public func centroids(of features: Features<UnitNorm>) -> Features<UnitNorm> {
        precondition(features.count == values.count, "\(values.count) labels for \(features.count) rows")
        let dimension = features.dimension
        var first = [Int?](repeating: nil, count: clusterCount)
        var sums = [Float](repeating: 0, count: clusterCount * dimension)
        for (row, label) in values.enumerated() where label >= 0 {
            if first[label] == nil { first[label] = row }
            for (place, value) in zip(label * dimension..<(label + 1) * dimension, features[row]) {
                sums[place] += value
            }
        }
        for label in 0..<clusterCount {
            guard let first = first[label] else { preconditionFailure("cluster \(label) has no row") }
            let isDirected = sums.withUnsafeMutableBufferPointer { sums in
                normalise(
                    UnsafeMutableBufferPointer(rebasing: sums[label * dimension..<(label + 1) * dimension]))
            }
            if !isDirected {
                sums.replaceSubrange(label * dimension..<(label + 1) * dimension, with: features[first])
            }
        }
        return Features(unchecked: sums, count: clusterCount, dimension: dimension)
    }
}

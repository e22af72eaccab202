// SPDX-License-Identifier: MIT

package import Retrieval

/// All that decides pseudo labels, beside the embeddings, as a JSON document says it.
package struct ClusteringParameters: Sendable, Encodable {
    private let choice: ClusteringChoice
    private let jaccard: ClusteringJaccard
    private let probes: Int?
    private let seed: UInt64

    /// - Parameters:
    ///   - probes: Cells of an approximate search that a row is filed in; nil where the search is exact.
    ///   - seed: Of k-means and of the cells.
    package init(_ choice: ClusteringChoice, _ jaccard: ClusteringJaccard, probes: Int?, seed: UInt64) {
        self.choice = choice
        self.jaccard = jaccard
        self.probes = probes
        self.seed = seed
    }

    private enum Key: String, CodingKey {
        case method, normalisation, distance, k1, k2, probes, seed, clusters, gap
        case radius = "eps"
        case minimumPoints = "min"
    }

    /// What a method does not know is left out; probes are `null` where the search was exact.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("l2", forKey: .normalisation)
        try container.encode(seed, forKey: .seed)
        switch choice {
        case .dbscan(let radius, let minimumPoints):
            try container.encode("dbscan", forKey: .method)
            try container.encode(radius, forKey: .radius)
            try container.encode(minimumPoints, forKey: .minimumPoints)
        case .selfPaced(let radius, let gap, let minimumPoints):
            try container.encode("self-paced", forKey: .method)
            try container.encode(radius, forKey: .radius)
            try container.encode(gap, forKey: .gap)
            try container.encode(minimumPoints, forKey: .minimumPoints)
        case .kMeans(let clusters):
            try container.encode("kmeans", forKey: .method)
            try container.encode(clusters, forKey: .clusters)
            return try container.encode("euclidean", forKey: .distance)
        }
        try container.encode("jaccard", forKey: .distance)
        try container.encode(jaccard.neighbours, forKey: .k1)
        try container.encode(jaccard.expansion, forKey: .k2)
        try container.encode(probes, forKey: .probes)
    }
}

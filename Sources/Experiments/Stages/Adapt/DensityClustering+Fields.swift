// SPDX-License-Identifier: MIT

internal import Training

/// The keys of every method that clusters by density.
extension DensityClustering {
    static var fields: [Field<Self>] {
        [
            .integer("k1", .result, \.neighbours, Limits.clusteringNeighbours),
            .integer("k2", .result, \.expansion, Limits.neighbours),
            .number("eps", .result, \.radius, Limits.radius),
            .integer("min_samples", .result, \.minimumPoints, Limits.minimumPoints),
        ]
    }
}

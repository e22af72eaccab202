// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// The keys of every method that clusters by density.
extension DensityClustering {
    static var fields: [Field<Self>] {
        [
            .integer(
                "k1", .result, \.neighbours, Limits.clusteringNeighbours,
                meaning: KeyMeaning(
                    "Neighbours that the Jaccard distance of the clustering compares.", unit: "images", symbol: "k₁")),
            .integer(
                "k2", .result, \.expansion, Limits.neighbours,
                meaning: KeyMeaning(
                    "Neighbours whose encodings are averaged for that distance.", unit: "images", symbol: "k₂")),
            .number(
                "eps", .result, \.radius, Limits.radius,
                meaning: KeyMeaning("The radius of DBSCAN: images nearer than this belong together.", symbol: "ε")),
            .integer(
                "min_samples", .result, \.minimumPoints, Limits.minimumPoints,
                meaning: KeyMeaning(
                    "Images within the radius that make one the core of a cluster, itself included.", unit: "images")),
        ]
    }
}

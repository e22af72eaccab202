// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// The keys of every method that clusters by density.
extension DensityClustering {
    static var fields: [Field<Self>] {
        [
            .neighbours(\.neighbours), .expansion(\.expansion),
            .number(
                "eps", .result, \.radius, Limits.radius,
                meaning: KeyMeaning("The radius of DBSCAN: images nearer than this belong together.", symbol: "ε")),
            .minimumPoints(\.minimumPoints),
        ]
    }
}

extension Field {
    static func neighbours(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "k1", .result, path, Limits.clusteringNeighbours,
            meaning: KeyMeaning(
                "Neighbours that the Jaccard distance of the clustering compares.", unit: "images", symbol: "k₁"))
    }

    static func expansion(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "k2", .result, path, Limits.neighbours,
            meaning: KeyMeaning("Neighbours whose encodings are averaged for that distance.", unit: "images", symbol: "k₂"))
    }

    static func minimumPoints(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "min_samples", .result, path, Limits.minimumPoints,
            meaning: KeyMeaning(
                "Images within the radius that make one the core of a cluster, itself included.", unit: "images"))
    }
}

// SPDX-License-Identifier: MIT

internal import Configuration

// Keys of methods in which two networks teach each other.

extension Field {
    static func twins(_ path: WritableKeyPath<Part, StageReference>) -> Field {
        .reference(
            "from", path,
            meaning: KeyMeaning(
                "The earlier stage whose two networks are adapted.", leftOut: "the latest stage that leaves two networks"))
    }

    static func meanDecay(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "alpha", .result, path, Limits.meanDecay,
            meaning: KeyMeaning("What a mean network keeps of itself at a step. The rest is its student's.", symbol: "α"))
    }

    static func softClassification(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "soft_classification", .result, path, Limits.share,
            meaning: KeyMeaning(
                "Share of the soft classification loss, on the other mean network's opinion. The hard one, on clusters, has the rest.",
                symbol: "λ_id"))
    }

    static func softTriplet(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "soft_triplet", .result, path, Limits.share,
            meaning: KeyMeaning("Share of the soft triplet loss. The hard one has the rest.", symbol: "λ_tri"))
    }
}

// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// Adaptation of two networks to the target by mutual mean-teaching.
struct MMTSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "mmt"
    static let meaning = "MMT, mutual mean-teaching: two networks that teach each other through their running averages."

    /// The stage whose networks are adapted.
    var from = StageReference.latest
    /// Images that are normalised together: the authors' four devices had 16 each.
    var imagesPerNormGroup = 16
    var config = MMT.Config()

    static var fields: [Field<Self>] {
        [
            .reference(
                "from", \.from,
                meaning: KeyMeaning(
                    "The earlier stage whose two networks are adapted.", leftOut: "the latest stage that leaves two networks"
                )),
            .imagesPerNormGroup(\.imagesPerNormGroup),
        ] + MMT.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup)
        rules.clusters(config.clustering, fill: config.batch, of: config.instances)
        rules.epoch(config.iterations, of: config.batch)
        guard let found = rules.twins("from", from, of: Self.method) else { return nil }
        var resolved = self
        resolved.from = .named(found.stage)
        return MMTStage(settings: resolved, initial: found)
    }
}

extension MMT.Config: Configurable, AdaptationNumbers {
    static var fields: [Field<Self>] {
        Field.adaptation + [
            .number(
                "alpha", .result, \.meanDecay, Limits.meanDecay,
                meaning: KeyMeaning("What a mean network keeps of itself at a step. The rest is its student's.", symbol: "α")
            ),
            .number(
                "soft_classification", .result, \.softClassification, Limits.share,
                meaning: KeyMeaning(
                    "Share of the soft classification loss, on the other mean network's opinion. The hard one, on clusters, has the rest.",
                    symbol: "λ_id")),
            .number(
                "soft_triplet", .result, \.softTriplet, Limits.share,
                meaning: KeyMeaning("Share of the soft triplet loss. The hard one has the rest.", symbol: "λ_tri")),
            .evaluateEvery(\.evaluateEvery),
        ] + EpochClustering.fields(density).map { $0.inside(\.clustering) }
    }
}

// SPDX-License-Identifier: MIT

internal import Training

/// Adaptation of two networks to the target by mutual mean-teaching.
struct MMTSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "mmt"

    /// The stage whose networks are adapted.
    var from = StageReference.latest
    /// Images that are normalised together: the authors' four devices had 16 each.
    var imagesPerNormGroup = 16
    var config = MMT.Config()

    static var fields: [Field<Self>] {
        [
            .reference("from", \.from),
            .integer("images_per_norm_group", [.result, .cost], \.imagesPerNormGroup, Limits.batch),
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
            .number("alpha", .result, \.meanDecay, Limits.meanDecay),
            .number("soft_classification", .result, \.softClassification, Limits.share),
            .number("soft_triplet", .result, \.softTriplet, Limits.share),
            .integer("evaluate_every", .reporting, \.evaluateEvery, Limits.optionalEpochs),
        ] + EpochClustering.fields(density).map { $0.inside(\.clustering) }
    }
}

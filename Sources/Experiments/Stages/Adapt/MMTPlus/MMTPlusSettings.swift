// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers
internal import Training

/// Adaptation of two networks to the target by improved mutual mean-teaching.
struct MMTPlusSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "mmt+"

    /// The stage whose networks are adapted.
    var from = StageReference.latest
    /// Images that are normalised together, 16 on each of the papers' four cards; nothing for all of a batch, or of its half.
    var imagesPerNormGroup: Int?
    var config = MMTPlus.Config()

    static var fields: [Field<Self>] {
        [
            .reference("from", \.from),
            .integer("images_per_norm_group", [.result, .cost], \.imagesPerNormGroup, Limits.batch),
        ] + MMTPlus.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        if let imagesPerNormGroup { rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup) }
        rules.epoch(config.iterations, of: config.batch)
        guard let found = rules.twins("from", from, of: Self.method) else { return nil }
        var resolved = self
        resolved.from = .named(found.stage)
        return MMTPlusStage(settings: resolved, initial: found)
    }
}

extension MMTPlus.Config: Configurable, AdaptationNumbers {
    static var fields: [Field<Self>] {
        Field.adaptation + [
            Field("head", [.result, .cost], \.head, HeadField.reader, HeadField.node),
            .choice("source_rows", .result, \.sourceRows),
            .number("alpha", .result, \.meanDecay, Limits.meanDecay),
            .number("soft_classification", .result, \.softClassification, Limits.share),
            .number("triplet_weight", [.result, .cost], \.tripletWeight, Limits.lossWeight),
            .number("soft_triplet", .result, \.softTriplet, Limits.share),
            .number("contrastive_weight", .result, \.contrastiveWeight, Limits.lossWeight),
            .number("temperature", .result, \.temperature, Limits.temperature),
            .integer("evaluate_every", .reporting, \.evaluateEvery, Limits.optionalEpochs),
        ] + DensityClustering.fields.map { $0.inside(\.clustering) }
    }
}

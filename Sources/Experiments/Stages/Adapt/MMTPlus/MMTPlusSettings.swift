// SPDX-License-Identifier: MIT

internal import Configuration
internal import Layers
internal import Training

/// Adaptation of two networks to the target by improved mutual mean-teaching.
struct MMTPlusSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "mmt+"
    static let meaning =
        "MMT+, improved mutual mean-teaching: two networks that teach each other, on source and target at once."

    /// The stage whose networks are adapted.
    var from = StageReference.latest
    var files = NetworkFiles()
    /// Images that are normalised together, 16 on each of the papers' four cards; nothing for all of a batch, or of its
    /// half.
    var imagesPerNormGroup: Int?
    var config = MMTPlus.Config()

    static var fields: [Field<Self>] {
        [
            .twins(\.from)
        ] + NetworkFiles.fields.map { $0.inside(\.files) } + [
            .imagesPerNormGroup(\.imagesPerNormGroup, leftOut: "all of a domain's images in a batch")
        ] + MMTPlus.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        if let imagesPerNormGroup { rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup) }
        rules.epoch(config.iterations, of: config.batch)
        var resolved = self
        guard let found = rules.twins(&resolved.files, or: from, of: Self.method) else { return nil }
        resolved.from = found.reference
        return MMTPlusStage(settings: resolved, initial: found)
    }
}

extension MMTPlus.Config: Configurable, AdaptationNumbers {
    static var fields: [Field<Self>] {
        Field.adaptation + [
            Field(
                "head", [.result, .cost], \.head,
                meaning:
                    "The classifier over source identities and clusters: linear, or on cosines with a scale and a margin.",
                HeadField.reader, HeadField.node),
            .choice(
                "source_rows", .result, \.sourceRows,
                meaning: "What the classifier's rows of source identities begin with: drawn numbers, or mean embeddings."),
            .meanDecay(\.meanDecay),
            .softClassification(\.softClassification),
            .number(
                "triplet_weight", [.result, .cost], \.tripletWeight, Limits.lossWeight,
                meaning: "Weight of both triplet losses together."),
            .softTriplet(\.softTriplet),
            .number(
                "contrastive_weight", .result, \.contrastiveWeight, Limits.lossWeight,
                meaning: "Weight of the contrastive loss on the target's images."),
            .number(
                "temperature", .result, \.temperature, Limits.temperature,
                meaning: KeyMeaning("What similarities of the contrastive loss are divided by.", symbol: "τ")),
            .evaluateEvery(\.evaluateEvery),
        ] + DensityClustering.fields.map { $0.inside(\.clustering) }
    }
}

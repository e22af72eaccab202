// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// Translation of the source's images to the target by structured domain adaptation.
struct SDASettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "sda"
    static let meaning =
        "SDA, structured domain adaptation: a CycleGAN whose translations keep the relations between images."

    /// The stage whose first network is the frozen encoder of the source's images.
    var encoder = StageReference.latest
    /// The stage whose first network is that of the translated ones; nothing for the same.
    var targetEncoder: StageReference?
    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = SDA.Config()

    static var fields: [Field<Self>] {
        [
            .reference(
                "encoder", \.encoder,
                meaning: KeyMeaning(
                    "The earlier stage whose first network sees the relations between the source's images.",
                    leftOut: "the latest stage that leaves networks")),
            .reference(
                "target_encoder", \.targetEncoder,
                meaning: KeyMeaning(
                    "The earlier stage whose first network sees those between the translated images.",
                    leftOut: "the stage that `encoder` names")),
            .quality(\.quality),
        ]
            + SDA.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, holdsNegativesBeside: config.instances)
        rules.epoch(config.iterations, of: config.batch)
        rules.epochs(config.epochs, within: config.schedule)
        rules.translatable(by: Self.method)
        let found = rules.networks("encoder", encoder)
        let other = if let targetEncoder { rules.networks("target_encoder", targetEncoder) } else { found }
        guard let found, let other else { return nil }
        var resolved = self
        resolved.encoder = .named(found.stage)
        // The same stage named twice is what leaving it out means.
        let target = other.stage == found.stage ? nil : other
        resolved.targetEncoder = target.map { .named($0.stage) }
        return SDAStage(settings: resolved, image: rules.experiment.image, encoder: found, targetEncoder: target)
    }
}

extension SDA.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images of each domain in a batch."),
            .instances(\.instances, "Images of each identity of the source in a batch."),
            .rate(\.schedule.rate),
            .constantEpochs(\.schedule.constant),
            .decayEpochs(\.schedule.decaying),
            .padding(\.padding),
            .cycleWeight(\.cycleWeight),
            .identityWeight(\.identityWeight),
            .number(
                "relation_weight", .result, \.relationWeight, Limits.lossWeight,
                meaning: KeyMeaning(
                    "Weight of the loss that translated images keep the relations between their originals.", symbol: "λ_rc")),
            .samplesEvery(\.samplesEvery),
        ] + TranslationNetworks.fields.map { $0.inside(\.networks) }
    }
}

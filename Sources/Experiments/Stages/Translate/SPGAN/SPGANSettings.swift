// SPDX-License-Identifier: MIT

internal import Configuration

/// Translation of the source's images to the target by a similarity-preserving GAN.
struct SPGANSettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "spgan"
    static let meaning =
        "SPGAN: a CycleGAN whose translations stay similar to their originals, as a siamese network sees it."

    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = SPGAN.Config()

    static var fields: [Field<Self>] {
        [.quality(\.quality)]
            + SPGAN.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.epoch(config.iterations, of: config.batch)
        rules.translatable(by: Self.method)
        return SPGANStage(settings: self, image: rules.experiment.image)
    }
}

extension SPGAN.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images of each domain in a batch."),
            .rate(\.rate, "Learning rate of Adam, the same to the end."),
            .cycleWeight(\.cycleWeight),
            .identityWeight(\.identityWeight),
            .number(
                "similarity_weight", .result, \.similarityWeight, Limits.lossWeight,
                meaning: "Weight of the siamese network's opinion for the generators, from the third epoch on."),
            .samplesEvery(\.samplesEvery),
            .integer(
                "metric_channels", [.result, .cost], \.metricChannels, Limits.channels,
                meaning: KeyMeaning("Width of the siamese network's first map.", unit: "channels")),
        ] + TranslationNetworks.fields.map { $0.inside(\.networks) }
    }
}

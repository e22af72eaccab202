// SPDX-License-Identifier: MIT

internal import Configuration

/// Translation of the source's images to the target by a similarity-preserving GAN.
struct SPGANSettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "spgan"

    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = SPGAN.Config()

    static var fields: [Field<Self>] {
        [.integer("quality", .result, \.quality, Limits.jpegQuality)]
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
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .number("rate", .result, \.rate, Limits.learningRate),
            .number("cycle_weight", .result, \.cycleWeight, Limits.lossWeight),
            .number("identity_weight", .result, \.identityWeight, Limits.lossWeight),
            .number("similarity_weight", .result, \.similarityWeight, Limits.lossWeight),
            .integer("samples_every", .reporting, \.samplesEvery, Limits.optionalEpochs),
            .integer("metric_channels", [.result, .cost], \.metricChannels, Limits.channels),
        ] + TranslationNetworks.fields.map { $0.inside(\.networks) }
    }
}

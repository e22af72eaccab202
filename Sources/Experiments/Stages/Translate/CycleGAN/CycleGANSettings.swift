// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// Translation of the source's images to the target by a CycleGAN alone.
struct CycleGANSettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "cyclegan"

    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = CycleGAN.Config()

    static var fields: [Field<Self>] {
        [.integer("quality", .result, \.quality, Limits.jpegQuality)]
            + CycleGAN.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.epoch(config.iterations, of: config.batch)
        rules.epochs(config.epochs, within: config.schedule)
        rules.translatable(by: Self.method)
        return CycleGANStage(settings: self, image: rules.experiment.image)
    }
}

extension CycleGAN.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .number("rate", .result, \.schedule.rate, Limits.learningRate),
            .integer("constant_epochs", .result, \.schedule.constant, Limits.optionalEpochs),
            .integer("decay_epochs", .result, \.schedule.decaying, Limits.optionalEpochs),
            .number("cycle_weight", .result, \.cycleWeight, Limits.lossWeight),
            .number("identity_weight", .result, \.identityWeight, Limits.lossWeight),
            .integer("samples_every", .reporting, \.samplesEvery, Limits.optionalEpochs),
        ] + TranslationNetworks.fields.map { $0.inside(\.networks) }
    }
}

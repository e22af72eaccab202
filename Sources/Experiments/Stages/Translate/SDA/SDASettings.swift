// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// Translation of the source's images to the target by structured domain adaptation.
struct SDASettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "sda"

    /// The stage whose first network is the frozen encoder.
    var encoder = StageReference.latest
    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = SDA.Config()

    static var fields: [Field<Self>] {
        [.reference("encoder", \.encoder), .integer("quality", .result, \.quality, Limits.jpegQuality)]
            + SDA.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        rules.epoch(config.iterations, of: config.batch)
        rules.epochs(config.epochs, within: config.schedule)
        rules.translatable(by: Self.method)
        guard let found = rules.networks("encoder", encoder) else { return nil }
        var resolved = self
        resolved.encoder = .named(found.stage)
        return SDAStage(settings: resolved, image: rules.experiment.image, encoder: found)
    }
}

extension SDA.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .integer("instances", [.result, .cost], \.instances, Limits.instances),
            .number("rate", .result, \.schedule.rate, Limits.learningRate),
            .integer("constant_epochs", .result, \.schedule.constant, Limits.optionalEpochs),
            .integer("decay_epochs", .result, \.schedule.decaying, Limits.optionalEpochs),
            .integer("padding", .result, \.padding, Limits.padding),
            .number("cycle_weight", .result, \.cycleWeight, Limits.lossWeight),
            .number("identity_weight", .result, \.identityWeight, Limits.lossWeight),
            .number("relation_weight", .result, \.relationWeight, Limits.lossWeight),
            .integer("samples_every", .reporting, \.samplesEvery, Limits.optionalEpochs),
        ] + TranslationNetworks.fields.map { $0.inside(\.networks) }
    }
}

// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// Translation of the source's images to the target by structured domain adaptation.
struct SDASettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "sda"

    /// The stage whose first network is the frozen encoder of the source's images.
    var encoder = StageReference.latest
    /// The stage whose first network is that of the translated ones; nothing for the same.
    var targetEncoder: StageReference?
    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = SDA.Config()

    static var fields: [Field<Self>] {
        [
            .reference("encoder", \.encoder), .reference("target_encoder", \.targetEncoder),
            .integer("quality", .result, \.quality, Limits.jpegQuality),
        ]
            + SDA.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        rules.epoch(config.iterations, of: config.batch)
        rules.epochs(config.epochs, within: config.schedule)
        rules.translatable(by: Self.method)
        let found = rules.networks("encoder", encoder)
        let other = targetEncoder.map { rules.networks("target_encoder", $0) }
        guard let found, other.map({ $0 != nil }) ?? true else { return nil }
        var resolved = self
        resolved.encoder = .named(found.stage)
        // The same stage named twice is what leaving it out means.
        let target = other.flatMap { $0 }.flatMap { $0.stage == found.stage ? nil : $0 }
        resolved.targetEncoder = target.map { .named($0.stage) }
        return SDAStage(settings: resolved, image: rules.experiment.image, encoder: found, targetEncoder: target)
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

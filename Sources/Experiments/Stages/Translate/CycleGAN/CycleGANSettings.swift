// SPDX-License-Identifier: MIT

internal import Training

/// Translation of the source's images to the target by a CycleGAN alone.
struct CycleGANSettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "cyclegan"
    static let meaning = "CycleGAN: two generators that translate there and back, so that an image comes back as it went."

    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = CycleGAN.Config()

    static var fields: [Field<Self>] {
        [.quality(\.quality)]
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
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images of each domain in a batch."),
            .rate(\.schedule.rate),
            .constantEpochs(\.schedule.constant),
            .decayEpochs(\.schedule.decaying),
            .cycleWeight(\.cycleWeight),
            .identityWeight(\.identityWeight),
            .samplesEvery(\.samplesEvery),
        ] + TranslationNetworks.fields.map { $0.inside(\.networks) }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Pipeline
internal import Tensor
internal import Training

/// Trains a translation to the target and translates all source images with it.
struct SDAStage: StageDefinition {
    private static let imagesName = "translated"
    private static let generatorName = "generator.safetensors"

    let settings: SDASettings
    let image: ImageSize
    let encoder: (stage: String, set: NetworkSet)

    var inputs: [StageInput] { [StageInput(stage: encoder.stage, networks: encoder.set)] }
    var outputs: [Artefact] {
        [Artefact(name: Self.generatorName, kind: .weights), Artefact(name: Self.imagesName, kind: .images)]
    }
    var offer: StageOffer { StageOffer(images: Self.imagesName) }
    var begins: Backbone? { nil }
    var isScored: Bool { false }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let setting = workspace.training("translate")
        let samples = try setting.requireSource().samples
        let translated = TranslatedImages(folder: scope.artefact(Self.imagesName))
        try translated.requireDistinctNames(samples)
        let encoder = try workspace.network(self.encoder.stage, self.encoder.set.members[0], in: scope)
        let generator = try SDA(settings.config, setting).train(encoder: encoder, in: StageTrainingScope(scope))
        let file = scope.artefact(Self.generatorName)
        try generator.store.state.requireFinite(in: file)
        try WeightFile.write(generator.store.state, to: file)
        scope.progress.begin(total: samples.count, unit: "images")
        try translated.create()
        var count = 0
        try Translation(setting.images).translate(samples, by: generator) { index, image in
            try translated.write(image, of: samples[index], quality: settings.quality)
            count += 1
            scope.progress.advance()
            try scope.checkInterruption()
        }
        return StageOutcome(metrics: ["images": Double(count)])
    }
}

// MARK: Forecast

extension SDAStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let config = settings.config
        let pixels = image.height * image.width
        let pools = 2 * config.pool * 3 * pixels * 4
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch, batchUnit: config.instances)
        load.besides.images = Double(data.source)
        load.bytesHeld = pools
        load.networksLeft = 1
        // Bits a pixel of photographs of people: 2.5 at Pillow's quality 75, 6 at 95.
        load.imageBytesLeft = data.source * (pixels * (settings.quality > 85 ? 6 : 3) / 8)
        load.bytesOfState = pools
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        var config = settings.config
        config.epochs = 1
        return try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations, config.instances) = (size.batch, size.steps, Rehearsal.instances)
            let setting = rehearsal.setting(set)
            let encoder = try EmbeddingNetwork(encoder.set.members[0].shape, random: setting.random)
            let generator = try SDA(config, setting).train(encoder: encoder, in: scope)
            return Rehearsal.Trained(generator.store) { count in
                let samples = Array(try setting.requireSource().samples.prefix(count))
                try Translation(setting.images).translate(samples, by: generator) { _, image in
                    _ = try image.jpeg(quality: settings.quality)
                }
            }
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Foundation
internal import Layers
internal import Pipeline
internal import Reporting
internal import Tensor
internal import Training

/// A stage that trains a translation to the target and translates all source images with it.
protocol TranslatingStage: StageDefinition {
    var image: ImageSize { get }
    /// JPEG quality of the translated images.
    var quality: Int { get }
    var training: StageLoad.Training { get }
    var networks: TranslationNetworks { get }

    /// Trains the networks.
    ///
    /// - Returns: G_A.
    func train(in scope: StageScope, _ workspace: Workspace) throws -> Translator
}

extension TranslatingStage {
    private var generatorName: String { "generator.safetensors" }

    var inputs: [StageInput] { [] }
    var outputs: [Artefact] {
        [
            Artefact(name: generatorName, kind: .weights),
            Artefact(name: TranslatedImages.artefact, kind: .images),
        ]
    }
    var offer: StageOffer { StageOffer(images: TranslatedImages.artefact) }
    var begins: Backbone? { nil }
    var isScored: Bool { false }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let setting = workspace.training("translate")
        let samples = try setting.requireSource().samples
        let names = try TranslatedImages.names(of: samples)
        let translator = try train(in: scope, workspace)
        let file = scope.artefact(generatorName)
        try translator.store.state.requireFinite(in: file)
        try WeightFile.write(translator.store.state, to: file)
        // The training need not be done again, whatever comes of the images.
        try scope.settle()
        let translated = try scope.growing(
            TranslatedImages.artefact, from: ContentDigest(of: URL(fileURLWithPath: file)), holding: Set(names))
        scope.progress.begin(.translating, of: samples.count, done: translated.names.count)
        try Translation(setting.images).translate(
            samples, by: translator, isDone: { translated.names.contains(names[$0]) }
        ) { index, image in
            try translated.write(Foundation.Data(image.jpeg(quality: quality)), as: names[index])
            scope.progress.advance()
            try scope.checkInterruption()
        }
        try translated.check()
        return StageOutcome(metrics: ["images": Double(translated.names.count)])
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? {
        data.obstacle(toBatchOf: training.batch, from: data.source, of: "source")
            ?? data.obstacle(toBatchOf: training.batch, from: data.target, of: "target")
    }

    func load(_ data: DatasetCounts) -> StageLoad {
        let pixels = image.height * image.width
        let pools = 2 * networks.pool * 3 * pixels * 4
        var load = StageLoad()
        load.training = training
        load.besides.images = Double(data.source)
        load.bytesHeld = pools
        load.networksLeft = 1
        load.imageBytesLeft = data.source * image.jpegByteCount(quality: quality)
        load.bytesOfState = pools
        return load
    }

    /// What is measured of a rehearsed training: how long a translation takes.
    func rehearsed(_ translator: Translator, _ setting: TrainingSetting) -> Rehearsal.Trained {
        Rehearsal.Trained(translator.store) { count in
            let samples = Array(try setting.requireSource().samples.prefix(count))
            try Translation(setting.images).translate(samples, by: translator) { _, image in
                _ = try image.jpeg(quality: quality)
            }
        }
    }
}

extension ImageSize {
    /// Bytes of a photograph of a person, rounded up: 3 bits a pixel at Pillow's quality 75, 6 at 95.
    func jpegByteCount(quality: Int = 75) -> Int { height * width * (quality > 85 ? 6 : 3) / 8 }
}

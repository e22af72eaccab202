// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Foundation
internal import Layers
internal import Methods
internal import Pipeline
internal import Tensor

/// Trains a translation to the target and translates all source images with it.
struct TranslationStage: Stage {
    static let imagesName = "translated"
    /// As PersonX has it, so that a translated PersonX can be taken for a dataset of its own.
    private static let imagesFolder = "image_train"
    static let generatorName = "generator.safetensors"

    let plan: StagePlan
    let settings: TranslateSettings
    let workspace: Workspace

    func run(in scope: StageScope) throws -> StageOutcome {
        try requireDistinctNames(workspace.source.samples)
        let images = workspace.images(for: "translate")
        let encoder = try workspace.network(
            scope.input(settings.encoder, PretrainingStage.network(1)),
            workspace.experiment.backbone(of: settings.encoder), domains: .shared)
        switch settings.method {
        case .sda:
            let method = SDA(
                settings.config, source: workspace.source, target: workspace.target, images: images,
                random: workspace.random(for: "translate"))
            let generator = try method.train(encoder: encoder, in: StageTrainingScope(scope))
            let file = scope.artefact(Self.generatorName)
            try generator.store.state.requireFinite(in: file)
            try WeightFile.write(generator.store.state, to: file)
            let samples = workspace.source.samples
            scope.progress.begin(total: samples.count, unit: "images")
            let folder = try makeImageFolder(scope.artefact(Self.imagesName))
            var count = 0
            try Translation(images).translate(samples, by: generator) { index, image in
                let name = (samples[index].path as NSString).lastPathComponent
                try write(image, to: folder.appendingPathComponent(name))
                count += 1
                scope.progress.advance()
                try scope.checkInterruption()
            }
            return StageOutcome(metrics: ["images": Double(count)])
        }
    }

    /// Translated images lie in one folder under the names of the images they were made from, and show whom those
    /// show.
    ///
    /// - Parameter skipsMissing: Whether an image that was left out is to be left out here too. A stage's folder is held
    ///   against its digest before anybody reads it, so nothing else can be missing.
    static func translatedImages(
        _ folder: String, of source: [LabelledImage], skipsMissing: Bool
    ) -> [LabelledImage] {
        let images = source.map { image in
            LabelledImage(
                path: "\(folder)/\(imagesFolder)/\((image.path as NSString).lastPathComponent)",
                identity: image.identity, camera: image.camera)
        }
        return skipsMissing ? images.filter { FileManager.default.fileExists(atPath: $0.path) } : images
    }

    /// Checks that no two images would be translated to the same file, as images of different folders may.
    private func requireDistinctNames(_ samples: [Sample]) throws(DataError) {
        var seen: Set<String> = []
        for sample in samples where !seen.insert((sample.path as NSString).lastPathComponent).inserted {
            throw .malformedName(path: sample.path, expected: "a name that no other source image has")
        }
    }

    private func makeImageFolder(_ path: String) throws -> URL {
        let folder = URL(fileURLWithPath: path).appendingPathComponent(Self.imagesFolder)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw PipelineError.inputOutput(
                operation: "create", path: folder.path, reason: error.localizedDescription)
        }
        return folder
    }

    private func write(_ image: Image, to file: URL) throws {
        let bytes = try image.jpeg(quality: settings.quality)
        do {
            try Foundation.Data(bytes).write(to: file)
        } catch {
            throw PipelineError.inputOutput(operation: "write", path: file.path, reason: error.localizedDescription)
        }
    }
}

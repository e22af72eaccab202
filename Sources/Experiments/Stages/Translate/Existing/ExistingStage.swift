// SPDX-License-Identifier: MIT
//
// Takes images that were translated elsewhere for the source's.
//
// Deviations from the authors' code: docs/methods/existing.md, 1 to 3.

internal import Backbones
internal import Data
internal import Foundation
internal import Pipeline
internal import Training

/// Copies translated images from a folder, each under the name of the image that it was made from. Trains nothing.
struct ExistingStage: StageDefinition {
    let settings: ExistingSettings
    let folder: String
    let image: ImageSize

    var inputs: [StageInput] { [] }
    var outputs: [Artefact] { [Artefact(name: TranslatedImages.artefact, kind: .images)] }
    var offer: StageOffer { StageOffer(images: TranslatedImages.artefact) }
    var begins: Backbone? { nil }
    var imageFolder: String? { folder }
    var isScored: Bool { false }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        guard let existing = workspace.existingImages[folder] else {
            preconditionFailure("nobody has looked for '\(folder)'")
        }
        let samples = try workspace.training("existing").requireSource().samples
        let found = try existing.translations(of: samples.map(\.path))
        let names = try TranslatedImages.names(of: samples)
        let translated = try scope.growing(TranslatedImages.artefact, from: existing.digest, holding: Set(names))
        scope.progress.begin(total: samples.count, unit: "images", done: translated.names.count)
        for (name, path) in zip(names, found) where !translated.names.contains(name) {
            if let content = try content(of: path, orTold: workspace.badImages) {
                try translated.write(content, as: name)
            }
            scope.progress.advance()
            try scope.checkInterruption()
        }
        try translated.check()
        return StageOutcome(
            metrics: [
                "images": Double(translated.names.count), "unused": Double(existing.names.count - samples.count),
            ])
    }

    /// The bytes of an image that can be read; one that cannot is left out where bad images are, and ends the stage
    /// otherwise.
    private func content(of path: String, orTold badImages: BadImages?) throws -> Foundation.Data? {
        do throws(DataError) {
            _ = try Image.decode(contentsOf: path)
        } catch {
            guard let badImages else { throw error }
            badImages.report(error, of: path)
            return nil
        }
        do {
            return try Foundation.Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw PipelineError.inputOutput(operation: "read", path: path, reason: error.localizedDescription)
        }
    }

    // MARK: Forecast

    func load(_ data: DatasetCounts) -> StageLoad {
        var load = StageLoad()
        load.imageBytesLeft = data.source * image.jpegByteCount()
        return load
    }

    /// Nothing is computed: copying takes no time that is worth a forecast.
    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        StageCost(steps: [], secondsPerImage: 0, peakBytes: 0, stateBytes: 0, networkBytes: 0, matrixRate: 1)
    }
}

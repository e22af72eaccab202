// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Methods
internal import Pipeline
internal import Randomness

/// Trains networks on source images, as they are or translated.
struct PretrainingStage: Stage {
    let plan: StagePlan
    let settings: PretrainSettings
    let workspace: Workspace

    static func network(_ number: Int) -> String { "network-\(number).safetensors" }

    func run(in scope: StageScope) throws -> StageOutcome {
        let images = try sourceImages(in: scope)
        let backbone = workspace.experiment.backbone(of: plan.name)
        var outcome: [ResultRow] = []
        for number in 1...settings.networks {
            let random = workspace.random(for: "pretrain").derived("network \(number)")
            let method = SourcePretraining(
                settings.config, source: images, target: workspace.target, images: workspace.images(random),
                validation: workspace.validation, random: random)
            let part = settings.networks == 1 ? "" : "network-\(number)"
            let network = try method.train(
                backbone, from: workspace.initialWeights[backbone],
                in: StageTrainingScope(scope, part: part))
            try workspace.save(network, to: scope.artefact(Self.network(number)))
            if number == 1 {
                outcome.append(ResultRow(rowName, try workspace.metrics(of: network, in: scope)))
            }
        }
        return StageOutcome(rows: outcome)
    }

    private var rowName: String {
        switch settings.images {
        case .source: "direct transfer"
        case .translated: "translated pre-training"
        }
    }

    private func sourceImages(in scope: StageScope) throws -> SourceImages {
        switch settings.images {
        case .source: workspace.source
        case .translated:
            SourceImages(TranslationStage.translatedImages(
                scope.input(settings.from, TranslationStage.imagesName), of: workspace.datasets.source,
                skipsMissing: workspace.badImages != nil))
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Methods
internal import Pipeline
internal import Tensor

/// Adapts two pre-trained networks to the target.
struct AdaptationStage: Stage {
    let plan: StagePlan
    let settings: AdaptSettings
    let workspace: Workspace

    static func mean(_ number: Int) -> String { "mean-\(number).safetensors" }

    func run(in scope: StageScope) throws -> StageOutcome {
        switch settings.method {
        case .mmtPlus:
            let method = MMTPlus(
                settings.config, source: workspace.source, target: workspace.target,
                images: workspace.images(for: "adapt"), validation: workspace.validation,
                random: workspace.random(for: "adapt"))
            let initial = try (1...2).map { number in
                try WeightFile(readingFrom: scope.input(settings.from, PretrainingStage.network(number))).tensors
            }
            let means = try method.train(
                workspace.experiment.backbone(of: plan.name), from: initial, in: StageTrainingScope(scope))
            for (index, network) in means.enumerated() {
                try workspace.save(network, to: scope.artefact(Self.mean(index + 1)))
            }
            return StageOutcome(rows: [ResultRow("adapted", try workspace.metrics(of: means[0], in: scope))])
        }
    }
}

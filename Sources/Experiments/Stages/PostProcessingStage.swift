// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Methods
internal import Pipeline

/// Trains the camera network and scores every step of post-processing.
struct PostProcessingStage: Stage {
    static let cameraName = "camera.safetensors"

    let plan: StagePlan
    let settings: PostprocessSettings
    let workspace: Workspace

    func run(in scope: StageScope) throws -> StageOutcome {
        let camera = try cameraNetwork(in: scope)
        let networks = try (1...2).map { number in
            try workspace.network(
                scope.input(settings.from, AdaptationStage.mean(number)),
                workspace.experiment.backbone(of: settings.from), domains: .separate)
        }
        var config = PostProcessing.Config()
        config.flip = settings.flip
        config.ensemble = settings.ensemble
        config.cameraWeight = settings.camera?.weight
        config.reRanking = settings.reRanking
        let rows = try PostProcessing(config, validation: workspace.validation)
            .rows(networks: networks, camera: camera) { _ in try scope.checkInterruption() }
        return StageOutcome(rows: rows.map { ResultRow($0.name, $0.metrics) })
    }

    private func cameraNetwork(in scope: StageScope) throws -> EmbeddingNetwork? {
        guard let camera = settings.camera else { return nil }
        let backbone = camera.backbone ?? workspace.experiment.backbone
        let network = try CameraNetwork(
            camera.config, target: workspace.target, images: workspace.images(for: "camera"),
            random: workspace.random(for: "camera")
        ).train(
            backbone, from: workspace.initialWeights[backbone], in: StageTrainingScope(scope))
        try workspace.save(network, to: scope.artefact(Self.cameraName))
        return network
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Retrieval
internal import Training

/// Trains the camera network and scores every step of post-processing.
struct PostprocessStage: StageDefinition {
    let settings: PostprocessSettings
    /// The networks that are tested, stage by stage; at least one.
    let tested: [(stage: String, set: NetworkSet)]

    private var camera: NetworkSet? {
        settings.camera?.backbone.map { NetworkSet([.init(file: "camera.safetensors", shape: NetworkShape(backbone: $0))]) }
    }

    var inputs: [StageInput] { tested.map { StageInput(stage: $0.stage, networks: $0.set) } }
    var outputs: [Artefact] { camera?.artefacts ?? [] }
    var offer: StageOffer { StageOffer() }
    var begins: Backbone? { settings.camera?.backbone }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let camera = try cameraNetwork(in: scope, workspace)
        let models = try tested.map { stage, set in
            PostProcessing.Model(name: stage, networks: try workspace.networks(stage, set, in: scope))
        }
        var config = PostProcessing.Config()
        config.flip = settings.flip
        config.ensemble = settings.ensemble
        config.cameraWeight = settings.camera?.weight
        config.reRanking = settings.reRanking
        let rows = try PostProcessing(config, validation: workspace.validation)
            .rows(models, camera: camera) { _ in try scope.checkInterruption() }
        return StageOutcome(rows: rows.map { ResultRow($0.name, $0.metrics) })
    }

    private func cameraNetwork(in scope: StageScope, _ workspace: Workspace) throws -> EmbeddingNetwork? {
        guard let camera, let config = settings.camera?.config else { return nil }
        let shape = camera.members[0].shape
        let network = try CameraNetwork(config, workspace.training("camera"))
            .train(shape, from: workspace.initialWeights[shape.backbone], in: StageTrainingScope(scope))
        try workspace.save(network, as: camera.members[0], in: scope)
        return network
    }
}

// MARK: Forecast

extension PostprocessStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        var load = StageLoad()
        let members = self.tested.flatMap(\.set.members)
        let tested = settings.ensemble ? members : Array(members.prefix(1))
        let embedding = NetworkSet(tested + (camera?.members ?? []))
        load.besides.images = Double(data.validation * embedding.count * (settings.flip ? 2 : 1))
        // Ensembles are as long as all embeddings together, and the camera's beside them.
        load.bytesBetweenSteps =
            MemoryForecast.ranking(
                queryCount: data.query, galleryCount: data.gallery, dimension: embedding.dimension
            ).total
        if let reRanking = settings.reRanking {
            load.besides.operations = StageLoad.Passes.operations(
                data.validation, data.validation, length: embedding.dimension)
            load.bytesBetweenSteps =
                MemoryForecast.reRanking(
                    queryCount: data.query, galleryCount: data.gallery, dimension: embedding.dimension,
                    neighbours: reRanking.neighbours
                ).total
        }
        load.statesKept = 0
        if let config = settings.camera?.config {
            load.training = StageLoad.Training(
                epochs: config.epochs, iterations: config.iterations, batch: config.batch, batchUnit: 2,
                batchKey: "camera.batch")
            load.networksLeft = 1
            load.statesKept = 1
        }
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        let adapted = try EmbeddingNetwork(tested[0].set.members[0].shape, random: rehearsal.random)
        guard let camera, var config = settings.camera?.config else {
            return try rehearsal.cost { set in
                Rehearsal.Trained(adapted.store) { try rehearsal.embed($0, adapted, set) }
            }
        }
        config.epochs = 1
        return try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations) = (size.batch, size.steps)
            let network = try CameraNetwork(config, rehearsal.setting(set))
                .train(camera.members[0].shape, from: nil, in: scope)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, adapted, set) }
        }
    }
}

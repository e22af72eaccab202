// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Reporting
internal import Retrieval
internal import Training

/// Trains the camera network and scores every step of post-processing.
struct PostprocessStage: StageDefinition {
    let settings: PostprocessSettings
    /// The networks that are tested, stage by stage; at least one.
    let tested: [GivenNetworks]

    private var camera: NetworkSet? {
        settings.camera?.backbone.map { NetworkSet([.init(file: "camera.safetensors", shape: NetworkShape(backbone: $0))]) }
    }

    var inputs: [StageInput] { tested.flatMap(\.inputs) }
    var networkFiles: NetworkSet? { tested.compactMap(\.files).first }
    var outputs: [Artefact] {
        (camera?.artefacts ?? []) + (settings.submission ? Submission.allCases.map(\.artefact) : [])
    }
    var offer: StageOffer { StageOffer() }
    var begins: Backbone? { settings.camera?.backbone }
    var isScored: Bool { true }
    var takesTestSet: Bool { settings.submission }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let camera = try cameraNetwork(in: scope, workspace)
        let models = try tested.map { given in
            PostProcessing.Model(name: given.stage ?? "weights", networks: try workspace.networks(given, in: scope))
        }
        var config = PostProcessing.Config()
        config.flip = settings.flip
        config.ensemble = settings.ensemble
        config.cameraWeight = settings.camera?.weight
        config.reRanking = settings.reRanking
        var shown = 0
        let steps = PostProcessing(config, validation: workspace.validation) { row, distances, areCosines in
            shown += 1
            try workspace.attest(
                distances, areCosines ? .cosine : .distance, as: .row(row), number: shown, in: scope)
        }
        scope.progress.begin(.evaluating, of: workspace.validation.samples.count * passes)
        let rows = try steps.rows(models, camera: camera) { count in
            scope.progress.advance(by: count)
            try scope.checkInterruption()
        }.map { ResultRow($0.name, $0.metrics) }
        guard settings.submission else { return StageOutcome(rows: rows) }
        guard let set = workspace.datasets.test else { preconditionFailure("nobody has listed the test set") }
        scope.progress.begin(total: set.images.count * passes, unit: "passes of test images")
        let distances = try steps.distances(models, camera: camera, on: set) { count in
            scope.progress.advance(by: count)
            try scope.checkInterruption()
        }
        let file = SubmissionFile(ranking: distances)
        for form in Submission.allCases { try file.write(to: scope.artefact(form.rawValue)) }
        return StageOutcome(
            metrics: ["test_queries": Double(set.query.count), "test_gallery": Double(set.gallery.count)], rows: rows)
    }

    /// Forward passes of each image that is ranked.
    private var passes: Int { embedding.count * (settings.flip ? 2 : 1) }

    /// The networks that images are embedded by.
    private var embedding: NetworkSet {
        let members = tested.flatMap(\.set.members)
        return NetworkSet((settings.ensemble ? members : Array(members.prefix(1))) + (camera?.members ?? []))
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? {
        guard let batch = settings.camera?.config.batch else { return nil }
        return data.obstacleToCameras
            ?? data.obstacle(toBatchOf: batch, from: data.target, of: "target", key: "camera.batch")
    }

    private func cameraNetwork(in scope: StageScope, _ workspace: Workspace) throws -> EmbeddingNetwork? {
        guard let camera, let config = settings.camera?.config else { return nil }
        let shape = camera.members[0].shape
        let network = try CameraNetwork(config, workspace.training("camera"))
            .train(shape, from: workspace.initialWeights[shape.backbone], in: StageTrainingScope(scope))
        try workspace.save(network, as: camera.members[0], after: config.epochs, in: scope)
        return network
    }
}

/// What a challenge is sent of a test set, and what it unpacks: the nearest gallery rows of each query.
private enum Submission: String, CaseIterable {
    case text = "result.txt"
    case archive = "result.zip"

    var artefact: Artefact { Artefact(name: rawValue, kind: .document) }
}

// MARK: Forecast

extension PostprocessStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        var load = StageLoad()
        var ranked = [(query: data.query, gallery: data.gallery)]
        if settings.submission { ranked.append((data.testQuery, data.testGallery)) }
        for (query, gallery) in ranked {
            let count = query + gallery
            load.besides.images += Double(count * passes)
            if settings.reRanking != nil {
                load.besides.operations += StageLoad.Passes.operations(count, count, length: embedding.dimension)
            }
            load.bytesBetweenSteps = max(load.bytesBetweenSteps, bytes(ranking: query, gallery))
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

    /// Ensembles are as long as all embeddings together, and the camera's beside them.
    private func bytes(ranking query: Int, _ gallery: Int) -> Int {
        let dimension = embedding.dimension
        guard let reRanking = settings.reRanking else {
            return MemoryForecast.ranking(queryCount: query, galleryCount: gallery, dimension: dimension).total
        }
        return MemoryForecast.reRanking(
            queryCount: query, galleryCount: gallery, dimension: dimension, neighbours: reRanking.neighbours
        ).total
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

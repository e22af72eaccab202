// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Retrieval
internal import Training

/// Trains one network on the target, beside a labelled source where there is one.
struct SpCLStage: StageDefinition {
    let settings: SpCLSettings
    let hasSource: Bool

    private var shape: NetworkShape {
        guard let backbone = settings.backbone else { preconditionFailure("a resolved stage has a backbone") }
        return NetworkShape(
            backbone: backbone, pooling: settings.pooling, domains: hasSource ? .separate : .shared,
            imagesPerNormGroup: settings.imagesPerNormGroup)
    }

    private var networks: NetworkSet { NetworkSet("network", count: 1, shape) }

    var inputs: [StageInput] { [] }
    var outputs: [Artefact] { networks.artefacts }
    var offer: StageOffer { StageOffer(networks: networks) }
    var begins: Backbone? { shape.backbone }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let adapted = try SpCL(settings.config, workspace.training("adapt")).train(
            shape, from: workspace.initialWeights[shape.backbone], in: StageTrainingScope(scope))
        try workspace.save(adapted.networks[0], as: networks.members[0], after: settings.config.epochs, in: scope)
        let name = hasSource ? "adapted" : "unsupervised"
        return StageOutcome(rows: try workspace.rows(name, adapted, after: settings.config.epochs, in: scope))
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? {
        hasSource ? data.obstacle(toBatchOf: settings.config.batch, holding: settings.config.instances) : nil
    }
}

// MARK: Forecast

extension SpCLStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let config = settings.config
        let evaluations = config.evaluations
        let rows = data.identities + data.target
        let batch = hasSource ? 2 * config.batch : config.batch
        let clustering = config.clustering.load(images: data.target, dimension: shape.dimension)
        let memory = rows * shape.dimension * 4
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(evaluations.countBeforeLast * data.validation)
        // Every step holds its images against all rows, there and back.
        load.training?.operationsPerStep = StageLoad.Passes.operations(batch, rows, length: shape.dimension)
        load.during.operations = Double(config.epochs) * clustering.operations
        load.besides.images = Double(data.source + data.target + data.validation)
        load.besides.operations = evaluations.isEmpty ? 0 : clustering.operations
        // One after another: the source's embeddings, of which centroids are left; clustering; in a step the logits of
        // rows and of classes, their shares, and the gradients of all of them.
        load.bytesHeld = memory
        load.bytesInSteps = 6 * batch * rows * 4
        load.bytesBetweenSteps = max(data.source * shape.dimension * 4, clustering.bytes)
        load.networksLeft = 1
        load.bytesOfState = memory
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        try rehearsal.cost(batch: settings.config.batch) { size, set, scope in
            let config = settings.config.rehearsed(size)
            var setting = rehearsal.setting(set)
            if !hasSource { setting.source = nil }
            let shape = Rehearsal.shape(shape, for: size.batch)
            let network = try SpCL(config, setting).rehearse(shape, in: scope)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Retrieval
internal import Training

/// Adapts two pre-trained networks to the target.
struct MMTPlusStage: StageDefinition {
    let settings: MMTPlusSettings
    /// The pre-trained networks.
    let initial: (stage: String, set: NetworkSet)

    private var shape: NetworkShape {
        var shape = initial.set.members[0].shape
        shape.domains = .separate
        shape.imagesPerNormGroup = settings.imagesPerNormGroup
        return shape
    }

    private var means: NetworkSet { NetworkSet("mean", count: initial.set.count, shape) }

    var inputs: [StageInput] { [StageInput(stage: initial.stage, networks: initial.set)] }
    var outputs: [Artefact] { means.artefacts }
    var offer: StageOffer { StageOffer(networks: means) }
    var begins: Backbone? { nil }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let begun = try workspace.networks(initial.stage, initial.set, in: scope).map(\.store.state)
        let networks = try MMTPlus(settings.config, workspace.training("adapt"))
            .train(shape, from: begun, in: StageTrainingScope(scope))
        for (network, member) in zip(networks, means.members) { try workspace.save(network, as: member, in: scope) }
        return StageOutcome(rows: [ResultRow("adapted", try workspace.metrics(of: networks[0], in: scope))])
    }
}

// MARK: Forecast

extension MMTPlusStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let config = settings.config
        let evaluations = config.evaluateEvery > 0 ? config.epochs / config.evaluateEvery : 0
        let queues = 2 * config.queueLength * shape.dimension * 4
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(config.epochs * 2 * data.target + 2 * evaluations * data.validation)
        load.during.operations =
            Double(config.epochs)
            * StageLoad.Passes.operations(data.target, data.target, length: shape.dimension)
        load.besides.images = Double((config.sourceRows == .centroids ? 2 * data.source : 0) + data.validation)
        load.bytesHeld = queues
        load.bytesBetweenSteps =
            MemoryForecast.clustering(
                count: data.target, dimension: shape.dimension, neighbours: config.clustering.neighbours
            ).total
        load.networksLeft = means.count
        load.bytesOfState = queues
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.evaluateEvery) = (1, 0)
        return try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations, config.instances) = (size.batch, size.steps, Rehearsal.instances)
            let (setting, shape) = (rehearsal.setting(set), Rehearsal.shape(shape, for: size.batch))
            try MMTPlus(config, setting).rehearse(shape, in: scope)
            let network = try EmbeddingNetwork(shape, random: setting.random)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

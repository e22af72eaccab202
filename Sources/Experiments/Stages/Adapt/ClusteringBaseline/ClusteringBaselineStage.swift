// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Training

/// Adapts one network to the target.
struct ClusteringBaselineStage: StageDefinition {
    let settings: ClusteringBaselineSettings
    /// The networks of which the first is adapted.
    let initial: (stage: String, set: NetworkSet)

    private var begun: NetworkSet.Member { initial.set.members[0] }
    private var shape: NetworkShape {
        var shape = begun.shape
        shape.imagesPerNormGroup = settings.imagesPerNormGroup
        return shape
    }
    private var adapted: NetworkSet { NetworkSet("network", count: 1, shape) }

    var inputs: [StageInput] { [StageInput(stage: initial.stage, networks: initial.set)] }
    var outputs: [Artefact] { adapted.artefacts }
    var offer: StageOffer { StageOffer(networks: adapted) }
    var begins: Backbone? { nil }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let state = try workspace.network(initial.stage, begun, in: scope).store.state
        let network = try ClusteringBaseline(settings.config, workspace.training("clustering baseline"))
            .train(shape, from: state, in: StageTrainingScope(scope))
        try workspace.save(network, as: adapted.members[0], in: scope)
        return StageOutcome(rows: [ResultRow("clustering baseline", try workspace.metrics(of: network, in: scope))])
    }
}

// MARK: Forecast

extension ClusteringBaselineStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let (config, dimension) = (settings.config, begun.shape.dimension)
        let evaluations = config.evaluateEvery > 0 ? config.epochs / config.evaluateEvery : 0
        let clustering = config.clustering.load(images: data.target, dimension: dimension)
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(config.epochs * data.target + evaluations * data.validation)
        load.during.operations = Double(config.epochs) * clustering.operations
        load.besides.images = Double(data.validation)
        load.bytesBetweenSteps = clustering.bytes
        load.networksLeft = 1
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.evaluateEvery) = (1, 0)
        return try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations, config.instances) = (size.batch, size.steps, Rehearsal.instances)
            let network = try ClusteringBaseline(config, rehearsal.setting(set))
                .rehearse(Rehearsal.shape(shape, for: size.batch), in: scope)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

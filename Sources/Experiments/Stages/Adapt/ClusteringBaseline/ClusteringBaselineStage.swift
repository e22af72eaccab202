// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Training

/// Adapts one network to the target.
struct ClusteringBaselineStage: StageDefinition {
    let settings: ClusteringBaselineSettings
    /// The networks of which the first is adapted.
    let initial: GivenNetworks

    private var begun: NetworkSet.Member { initial.set.members[0] }
    private var shape: NetworkShape {
        var shape = begun.shape
        shape.imagesPerNormGroup = settings.imagesPerNormGroup
        return shape
    }
    private var networks: NetworkSet { NetworkSet("network", count: 1, shape) }

    var inputs: [StageInput] { initial.inputs }
    var networkFiles: NetworkSet? { initial.files }
    var outputs: [Artefact] { networks.artefacts }
    var offer: StageOffer { StageOffer(networks: networks) }
    var begins: Backbone? { nil }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let state = try workspace.network(initial, begun, in: scope).store.state
        let adapted = try ClusteringBaseline(settings.config, workspace.training("clustering baseline"))
            .train(shape, from: state, in: StageTrainingScope(scope))
        try workspace.save(adapted.networks[0], as: networks.members[0], after: settings.config.epochs, in: scope)
        return StageOutcome(
            rows: try workspace.rows("clustering baseline", adapted, after: settings.config.epochs, in: scope))
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? { data.obstacle(to: settings.config.clustering) }
}

// MARK: Forecast

extension ClusteringBaselineStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let (config, dimension) = (settings.config, begun.shape.dimension)
        let evaluations = config.evaluations
        let clustering = config.clustering.load(images: data.target, dimension: dimension)
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(config.epochs * data.target + evaluations.countBeforeLast * data.validation)
        load.during.operations = Double(config.epochs) * clustering.operations
        // The last network is scored, and where others are too, clustered once more.
        load.besides.images = Double(data.validation + (evaluations.isEmpty ? 0 : data.target))
        load.besides.operations = evaluations.isEmpty ? 0 : clustering.operations
        load.bytesBetweenSteps = clustering.bytes
        load.networksLeft = 1
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        try rehearsal.cost(batch: settings.config.batch) { size, set, scope in
            let config = settings.config.rehearsed(size)
            let network = try ClusteringBaseline(config, rehearsal.setting(set))
                .rehearse(Rehearsal.shape(shape, for: size.batch), in: scope)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

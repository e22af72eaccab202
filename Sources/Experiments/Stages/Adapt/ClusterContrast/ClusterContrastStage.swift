// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Training

/// Trains one network on the target's clusters.
struct ClusterContrastStage: StageDefinition {
    let settings: ClusterContrastSettings
    /// The networks of which the first goes on; nothing where one begins.
    let initial: GivenNetworks?

    private var shape: NetworkShape {
        var shape: NetworkShape
        if let initial {
            shape = initial.set.members[0].shape
        } else {
            guard let backbone = settings.backbone, let pooling = settings.pooling else {
                preconditionFailure("a resolved stage that begins a network has a backbone and a pooling")
            }
            shape = NetworkShape(backbone: backbone, pooling: pooling)
        }
        shape.imagesPerNormGroup = settings.imagesPerNormGroup
        return shape
    }

    private var networks: NetworkSet { NetworkSet("network", count: 1, shape) }

    var inputs: [StageInput] { initial?.inputs ?? [] }
    var networkFiles: NetworkSet? { initial?.files }
    var outputs: [Artefact] { networks.artefacts }
    var offer: StageOffer { StageOffer(networks: networks) }
    var begins: Backbone? { initial == nil ? shape.backbone : nil }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let state =
            try initial.map { try workspace.network($0, $0.set.members[0], in: scope).store.state }
            ?? workspace.initialWeights[shape.backbone]
        let adapted = try ClusterContrast(settings.config, workspace.training("cluster contrast"))
            .train(shape, from: state, in: StageTrainingScope(scope))
        try workspace.save(adapted.networks[0], as: networks.members[0], after: settings.config.epochs, in: scope)
        let name = initial == nil ? "unsupervised" : "adapted"
        return StageOutcome(rows: try workspace.rows(name, adapted, after: settings.config.epochs, in: scope))
    }
}

// MARK: Forecast

extension ClusterContrastStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let (config, dimension) = (settings.config, shape.dimension)
        let evaluations = config.evaluations
        // A cluster has so many images as a rule.
        let clusters = max(1, data.target / config.clustering.minimumPoints)
        let clustering = config.clustering.load(images: data.target, dimension: dimension)
        let memory = clusters * dimension * 4
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(config.epochs * data.target + evaluations.countBeforeLast * data.validation)
        // Every step holds its images against all rows, there and back.
        load.training?.operationsPerStep = StageLoad.Passes.operations(config.batch, clusters, length: dimension)
        load.during.operations = Double(config.epochs) * clustering.operations
        // The last network is scored, and where others are too, clustered once more.
        load.besides.images = Double(data.validation + (evaluations.isEmpty ? 0 : data.target))
        load.besides.operations = evaluations.isEmpty ? 0 : clustering.operations
        // One after another: clustering; in a step the logits of all rows, their shares, and the gradients of both.
        load.bytesHeld = memory
        load.bytesInSteps = 4 * config.batch * clusters * 4
        load.bytesBetweenSteps = clustering.bytes
        load.networksLeft = 1
        load.bytesOfState = memory + 2 * data.target * 8
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        try rehearsal.cost(batch: settings.config.batch) { size, set, scope in
            let config = settings.config.rehearsed(size)
            let network = try ClusterContrast(config, rehearsal.setting(set))
                .rehearse(Rehearsal.shape(shape, for: size.batch), in: scope)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Training

/// Adapts two pre-trained networks to the target.
struct MMTStage: MutualStage {
    let settings: MMTSettings
    let initial: GivenNetworks

    var epochs: Int { settings.config.epochs }

    var shape: NetworkShape {
        var shape = initial.set.members[0].shape
        shape.imagesPerNormGroup = settings.imagesPerNormGroup
        return shape
    }

    func train(
        from begun: [StateDictionary], _ workspace: Workspace, in scope: StageTrainingScope
    ) throws -> AdaptedNetworks {
        try MMT(settings.config, workspace.training("mmt")).train(shape, from: begun, in: scope)
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? { data.obstacle(to: settings.config.clustering) }
}

// MARK: Forecast

extension MMTStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let config = settings.config
        let evaluations = config.evaluations
        let clustering = config.clustering.load(images: data.target, dimension: shape.dimension)
        var load = StageLoad()
        load.training = StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(config.epochs * 2 * data.target + 2 * evaluations.countBeforeLast * data.validation)
        load.during.operations = Double(config.epochs) * clustering.operations
        // Both networks are scored after the last epoch, and compared; without scores the first alone for the result.
        load.besides.images = Double(evaluations.isEmpty ? data.validation : 2 * (data.validation + data.target))
        load.bytesBetweenSteps = clustering.bytes
        load.networksLeft = means.count
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        try rehearsal.cost(batch: settings.config.batch) { size, set, scope in
            let config = settings.config.rehearsed(size)
            let shape = Rehearsal.shape(shape, for: size.batch)
            let setting = rehearsal.setting(set)
            try MMT(config, setting).rehearse(shape, in: scope)
            let network = try EmbeddingNetwork(shape, random: setting.random)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Pipeline
internal import Randomness
internal import Training

/// Trains networks on source images, as they are or translated.
struct PretrainStage: StageDefinition {
    let settings: PretrainSettings
    /// The stage that translates, and its artefact.
    let translated: (stage: String, artefact: String)?

    private var shape: NetworkShape {
        guard let backbone = settings.backbone else { preconditionFailure("a resolved stage has a backbone") }
        return NetworkShape(
            backbone: backbone, pooling: settings.pooling ?? .generalisedMean,
            imagesPerNormGroup: settings.imagesPerNormGroup)
    }

    private var networks: NetworkSet { NetworkSet("network", count: settings.networks, shape) }

    var inputs: [StageInput] {
        translated.map { [StageInput(stage: $0.stage)] } ?? []
    }
    var outputs: [Artefact] { networks.artefacts }
    var offer: StageOffer { StageOffer(networks: networks) }
    var begins: Backbone? { shape.backbone }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        var setting = workspace.training("pretrain")
        if let translated {
            let images = TranslatedImages(folder: scope.input(translated.stage, translated.artefact))
            setting.source = SourceImages(
                images.images(of: workspace.datasets.source, skipsMissing: workspace.badImages != nil))
        }
        var rows: [ResultRow] = []
        for (index, part) in parts.enumerated() {
            setting.random = workspace.training("pretrain").random.derived("network \(index + 1)")
            let training = StageTrainingScope(scope, part: part, trainingsAfter: parts.count - 1 - index)
            let network = try SourcePretraining(settings.config, setting).train(
                shape, from: workspace.initialWeights[shape.backbone], in: training)
            try workspace.save(network, as: networks.members[index], after: settings.config.epochs, in: scope)
            if index == 0 { rows.append(try row(of: network, in: scope, training, workspace)) }
        }
        return StageOutcome(rows: rows)
    }

    /// The first network's result, and as the last point of its curve, where it has one.
    private func row(
        of network: EmbeddingNetwork, in scope: StageScope, _ training: StageTrainingScope, _ workspace: Workspace
    ) throws -> ResultRow {
        let row = try workspace.row(rowName, of: network, in: scope)
        guard !settings.config.evaluations.isEmpty else { return row }
        for figure in ["mAP", "top1"] {
            guard let value = row.figures[figure] else { continue }
            try training.record(figure, value, epoch: settings.config.epochs - 1)
        }
        return row
    }

    private var rowName: String { translated == nil ? "direct transfer" : "translated pre-training" }

    /// What the trainings' states are filed under.
    private var parts: [String] {
        settings.networks == 1 ? [""] : (1...settings.networks).map { "network-\($0)" }
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? {
        let config = settings.config
        return data.obstacle(toBatchOf: config.batch, holding: config.instances)
            ?? (config.targetForward ? data.obstacle(toBatchOf: config.batch, from: data.target, of: "target") : nil)
    }
}

// MARK: Forecast

extension PretrainStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        let config = settings.config
        var load = StageLoad()
        load.training = StageLoad.Training(
            parts: parts, epochs: config.epochs, iterations: config.iterations, batch: config.batch,
            batchUnit: StageLoad.Training.unit(holding: config.instances, fillingGroupsOf: settings.imagesPerNormGroup))
        load.during.images = Double(settings.networks * config.evaluations.countBeforeLast * data.validation)
        load.besides.images = Double(data.validation)
        load.networksLeft = settings.networks
        load.statesKept = settings.networks
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        try rehearsal.cost(batch: settings.config.batch) { size, set, scope in
            let config = settings.config.rehearsed(size)
            let network = try SourcePretraining(config, rehearsal.setting(set))
                .train(Rehearsal.shape(shape, for: size.batch), from: nil, in: scope)
            return Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) }
        }
    }
}

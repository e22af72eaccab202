// SPDX-License-Identifier: MIT

internal import Backbones
internal import Pipeline
internal import Training

/// Translates with SDA, whose encoders are networks of earlier stages.
struct SDAStage: TranslatingStage {
    let settings: SDASettings
    let image: ImageSize
    let encoder: (stage: String, set: NetworkSet)
    /// That of the translated images, where it is another.
    let targetEncoder: (stage: String, set: NetworkSet)?

    var quality: Int { settings.quality }
    var networks: TranslationNetworks { settings.config.networks }
    var inputs: [StageInput] {
        ([encoder] + [targetEncoder].compactMap(\.self)).map { StageInput(stage: $0.stage, networks: $0.set) }
    }

    func train(in scope: StageScope, _ workspace: Workspace) throws -> Translator {
        let encoders = try encoders { stage, member in try workspace.network(stage, member, in: scope) }
        return try SDA(settings.config, workspace.training("translate"))
            .train(encoders, in: StageTrainingScope(scope))
    }

    /// - Parameter make: A network of an earlier stage.
    private func encoders(
        _ make: (_ stage: String, _ member: NetworkSet.Member) throws -> EmbeddingNetwork
    ) throws -> SDA.Encoders {
        let source = try make(encoder.stage, encoder.set.members[0])
        return try SDA.Encoders(
            source: source, target: targetEncoder.map { try make($0.stage, $0.set.members[0]) } ?? source)
    }

    func obstacle(_ data: DatasetCounts) -> DataObstacle? {
        let config = settings.config
        return data.obstacle(toBatchOf: config.batch, holding: config.instances)
            ?? data.obstacle(toBatchOf: config.batch, from: data.target, of: "target")
    }

    // MARK: Forecast

    var training: StageLoad.Training {
        let config = settings.config
        return StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch, batchUnit: config.instances)
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.samplesEvery) = (1, 0)
        return try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations, config.instances) = (size.batch, size.steps, Rehearsal.instances)
            let setting = rehearsal.setting(set)
            let encoders = try encoders { try EmbeddingNetwork($1.shape, random: setting.random) }
            return try rehearsed(SDA(config, setting).train(encoders, in: scope), setting)
        }
    }
}

// SPDX-License-Identifier: MIT

internal import Backbones
internal import Pipeline
internal import Training

/// Translates with SDA, whose encoder is a network of an earlier stage.
struct SDAStage: TranslatingStage {
    let settings: SDASettings
    let image: ImageSize
    let encoder: (stage: String, set: NetworkSet)

    var quality: Int { settings.quality }
    var networks: TranslationNetworks { settings.config.networks }
    var inputs: [StageInput] { [StageInput(stage: encoder.stage, networks: encoder.set)] }

    func train(in scope: StageScope, _ workspace: Workspace) throws -> Translator {
        let encoder = try workspace.network(self.encoder.stage, self.encoder.set.members[0], in: scope)
        return try SDA(settings.config, workspace.training("translate"))
            .train(encoder: encoder, in: StageTrainingScope(scope))
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
            let encoder = try EmbeddingNetwork(encoder.set.members[0].shape, random: setting.random)
            return try rehearsed(SDA(config, setting).train(encoder: encoder, in: scope), setting)
        }
    }
}

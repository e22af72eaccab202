// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Training

/// Translates with an SPGAN.
struct SPGANStage: TranslatingStage {
    let settings: SPGANSettings
    let image: ImageSize

    var quality: Int { settings.quality }
    var networks: TranslationNetworks { settings.config.networks }

    func train(in scope: StageScope, _ workspace: Workspace) throws -> Translator {
        try SPGAN(settings.config, workspace.training("spgan")).train(in: StageTrainingScope(scope))
    }

    // MARK: Forecast

    var training: StageLoad.Training {
        let config = settings.config
        return StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch, batchUnit: 2)
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        var config = settings.config
        let pairs = try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations) = (size.batch, 2 * size.steps)
            let setting = rehearsal.setting(set)
            return try rehearsed(SPGAN(config, setting).rehearse(in: scope), setting)
        }
        return pairs.halvingSteps()
    }
}

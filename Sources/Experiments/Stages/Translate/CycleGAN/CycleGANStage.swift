// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Training

/// Translates with a CycleGAN.
struct CycleGANStage: TranslatingStage {
    let settings: CycleGANSettings
    let image: ImageSize

    var quality: Int { settings.quality }
    var networks: TranslationNetworks { settings.config.networks }

    func train(in scope: StageScope, _ workspace: Workspace) throws -> Translator {
        try CycleGAN(settings.config, workspace.training("cyclegan")).train(in: StageTrainingScope(scope))
    }

    // MARK: Forecast

    var training: StageLoad.Training {
        let config = settings.config
        return StageLoad.Training(
            epochs: config.epochs, iterations: config.iterations, batch: config.batch, batchUnit: 2)
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.samplesEvery) = (1, 0)
        return try rehearsal.cost(batch: config.batch) { size, set, scope in
            (config.batch, config.iterations) = (size.batch, size.steps)
            let setting = rehearsal.setting(set)
            return try rehearsed(CycleGAN(config, setting).train(in: scope), setting)
        }
    }
}

// SPDX-License-Identifier: MIT
//
// Translation between two unpaired sets of images that must come back as it went.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/cyclegan.md, 1 to 6.

internal import Randomness
internal import Tensor
internal import Training

/// A CycleGAN from source to target, and back.
///
/// - SeeAlso: Zhu et al., ICCV 2017, arXiv:1703.10593.
struct CycleGAN {
    /// The numbers of the method; the defaults are OpenUnReID's.
    struct Config: Sendable, Equatable {
        var epochs = 50
        var iterations = 200
        /// Images of each domain: 8 on each of the authors' four devices.
        var batch = 32
        var schedule = LinearDecaySchedule(rate: 2e-4, constant: 26, decaying: 25)
        var networks = TranslationNetworks()
        var cycleWeight = 10.0
        var identityWeight = 0.5
        /// Epochs between pictures of the translation; 0 for none.
        var samplesEvery = 5
    }

    private let config: Config
    private let source: SourceImages
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) throws {
        self.config = config
        self.setting = setting
        source = try setting.requireSource()
    }

    /// Trains the two generators and the two discriminators.
    ///
    /// - Returns: G_A, which translates source images to the target.
    func train(in scope: any TrainingScope) throws -> Translator {
        let players = try TranslationPlayers(
            config.networks, on: .symmetric, random: setting.random, graph: setting.stepGraph(in: scope))
        let state = try scope.restore()
        if let state { try players.load(state) }
        let loaders = UnpairedLoaders(setting, source, purpose: "cyclegan")
        let pictures = TranslationSamples(of: source.samples, setting.images, every: config.samplesEvery)
        var meter = LossMeter(state)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            let batches = try loaders.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            scope.beginSteps(of: meter, iterations: config.iterations)
            while let (source, target) = try batches.next(on: .symmetric) {
                try step(players, source: source, target: target, &meter)
                try scope.endStep(meter) { try players.state(meter) }
            }
            try meter.report(
                to: scope, rate: config.schedule.rate(epoch: meter.epoch), after: batches.source, batches.target)
            try pictures.show(players, after: meter.epoch, of: config.epochs, in: scope)
            meter = LossMeter(epoch: meter.epoch + 1)
            try scope.endEpoch(players.state(meter))
        }
        try scope.finish(players.state(meter))
        return players.toTarget
    }

    /// One iteration: a step of both generators, then one of both discriminators on fakes made before it.
    ///
    /// - Parameters:
    ///   - source, target: Images from −1 to 1, `[B, 3, H, W]`.
    func step(
        _ players: TranslationPlayers, source: Tensor, target: Tensor, _ meter: inout LossMeter
    ) throws {
        let settings = AdamStep(rate: config.schedule.rate(epoch: meter.epoch), beta1: 0.5)
        var random = setting.random.stream("cyclegan.pool", epoch: meter.epoch, index: meter.step)
        var (pass, losses) = try players.moveGenerators([source, target], settings) { pass, _ in
            try players.generatorLosses(pass, cycleWeight: config.cycleWeight, identityWeight: config.identityWeight)
        }
        losses["discriminators"] = try players.moveDiscriminators(pass, &random, settings)
        try meter.add(losses)
    }
}

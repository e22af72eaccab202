// SPDX-License-Identifier: MIT
//
// A CycleGAN whose translated images must stay similar to their originals, and unlike any of the other domain, as a
// siamese network sees it that is trained beside.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/spgan.md, 1 to 8.

internal import Randomness
internal import Tensor
internal import Training

/// The similarity-preserving GAN (SPGAN).
///
/// - SeeAlso: Deng et al., CVPR 2018, arXiv:1711.07027.
struct SPGAN {
    /// The numbers of the method; the defaults are OpenUnReID's.
    struct Config: Sendable, Equatable {
        var epochs = 50
        var iterations = 200
        /// Images of each domain: 8 on each of the authors' four devices.
        var batch = 32
        /// The same to the end.
        var rate = 2e-4
        var networks = TranslationNetworks()
        /// Width of the siamese network's first map.
        var metricChannels = 64
        var cycleWeight = 10.0
        var identityWeight = 5.0
        /// That of the siamese network's opinion for the generators.
        var similarityWeight = 2.0
        /// Epochs between pictures of the translation; 0 for none.
        var samplesEvery = 5
    }

    /// The zero-based epoch from which on the siamese network is trained.
    static let metricBegins = 1
    /// The one from which on the generators hear of it.
    static let similarityBegins = 2

    private let config: Config
    private let source: SourceImages
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) throws {
        self.config = config
        self.setting = setting
        source = try setting.requireSource()
    }

    /// Trains the two generators, the siamese network and the two discriminators.
    ///
    /// - Returns: G_A, which translates source images to the target.
    func train(in scope: any TrainingScope) throws -> Translator {
        let players = try SPGANPlayers(
            config, setting.images.size, random: setting.random, graph: setting.stepGraph(in: scope))
        let state = try scope.restore()
        if let state { try players.load(state) }
        let pictures = TranslationSamples(of: source.samples, setting.images, every: config.samplesEvery)
        var meter = LossMeter(state)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            try train(players, &meter, in: scope)
            try pictures.show(players.cycle, after: meter.epoch, of: config.epochs, in: scope)
            meter = LossMeter(epoch: meter.epoch + 1)
            try scope.endEpoch(players.state(meter))
        }
        try scope.finish(players.state(meter))
        return players.cycle.toTarget
    }

    /// Steps as they are once all networks take part, for measuring what they take. Two at a time, as the generators
    /// take part in every other one.
    func rehearse(in scope: any TrainingScope) throws -> Translator {
        let players = try SPGANPlayers(
            config, setting.images.size, random: setting.random, graph: setting.stepGraph(in: scope))
        var meter = LossMeter(epoch: Self.similarityBegins)
        try train(players, &meter, in: EveryOtherStep(of: scope))
        return players.cycle.toTarget
    }

    /// One epoch's steps.
    private func train(_ players: SPGANPlayers, _ meter: inout LossMeter, in scope: any TrainingScope) throws {
        let batches = try UnpairedLoaders(setting, source, purpose: "spgan")
            .batches(of: meter, iterations: config.iterations, batchSize: config.batch)
        scope.beginSteps(of: meter, iterations: config.iterations)
        while let (source, target) = try batches.next(on: .symmetric) {
            try step(players, source: source, target: target, &meter)
            try scope.endStep(meter) { try players.state(meter) }
        }
        try meter.report(to: scope, rate: config.rate, after: batches.source, batches.target)
    }

    /// One iteration: in every other one a step of both generators, then one of the siamese network, then one of both
    /// discriminators, all on fakes made before.
    ///
    /// - Parameters:
    ///   - source, target: Images from −1 to 1, `[B, 3, H, W]`.
    func step(_ players: SPGANPlayers, source: Tensor, target: Tensor, _ meter: inout LossMeter) throws {
        let settings = AdamStep(rate: config.rate, beta1: 0.5)
        let (epoch, index) = (meter.epoch, meter.step)
        var remembered = setting.random.stream("spgan.pool", epoch: epoch, index: index)
        var dropped = setting.random.stream("spgan.dropout", epoch: epoch, index: index)
        let hearsMetric = epoch >= Self.similarityBegins
        let pass: CyclePass
        var losses: [String: Tensor] = [:]
        if index.isMultiple(of: 2) {
            // With these inputs a part that a device repeats is another than without.
            let kept = hearsMetric ? try players.metric.kept(of: source.shape[0], &dropped) : []
            (pass, losses) = try players.cycle.moveGenerators([source, target] + kept, settings) {
                try generatorLosses(players, $0, kept: hearsMetric ? $1 : nil)
            }
        } else {
            pass = try players.pass(source: source, target: target)
        }
        if epoch >= Self.metricBegins {
            losses["metric"] = try players.moveMetric(pass, &dropped, settings)
        }
        losses["discriminators"] = try players.cycle.moveDiscriminators(pass, &remembered, settings)
        try meter.add(losses)
    }

    /// - Parameter kept: What the siamese network keeps, see ``MetricNetwork/kept(of:_:)``; nothing where the generators do
    ///   not hear of it.
    private func generatorLosses(_ players: SPGANPlayers, _ pass: CyclePass, kept: [Tensor]?) throws -> GeneratorLosses {
        let losses = try players.cycle.generatorLosses(
            pass, cycleWeight: config.cycleWeight, identityWeight: config.identityWeight)
        guard let kept else { return losses }
        return try losses.adding("similarity", config.similarityWeight, players.similarity(pass, kept: kept))
    }
}

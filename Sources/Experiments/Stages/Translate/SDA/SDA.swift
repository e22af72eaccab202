// SPDX-License-Identifier: MIT
//
// Structured domain adaptation: a CycleGAN from source to target whose translated images must keep the relations
// between the source's images, as frozen re-ID encoders see them.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/sda.md, 1 to 6.

internal import Backbones
internal import Layers
internal import Randomness
internal import Data
internal import Tensor
internal import Training

/// Structured domain adaptation (SDA).
///
/// - SeeAlso: Ge et al., arXiv:2003.06650; Zhu et al., ICCV 2017, arXiv:1703.10593 (CycleGAN).
struct SDA {
    /// The numbers of the method; the defaults are the report's.
    struct Config: Sendable, Equatable {
        var epochs = 100
        var iterations = 200
        var batch = 32
        var instances = 4
        var schedule = LinearDecaySchedule(rate: 2e-4, constant: 50, decaying: 50)
        var padding = 10
        var networks = TranslationNetworks()
        /// λ of the cycle.
        var cycleWeight = 10.0
        /// λ of the cycle times 0.5 in the authors' notation.
        var identityWeight = 5.0
        var relationWeight = 1.0
        /// Epochs between pictures of the translation; 0 for none.
        var samplesEvery = 10

        init() {}
    }

    /// The frozen re-ID networks of the relation consistency.
    struct Encoders {
        /// E_s, which sees the source's images.
        let source: EmbeddingNetwork
        /// E_t, which sees their translations; may be the same.
        let target: EmbeddingNetwork

        /// Networks that record nothing from now on.
        init(source: EmbeddingNetwork, target: EmbeddingNetwork) throws {
            for network in [source, target] { try network.store.record(false) }
            self.source = source
            self.target = target
        }
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
    func train(_ encoders: Encoders, in scope: any TrainingScope) throws -> Translator {
        let players = try TranslationPlayers(
            config.networks, on: .imageNet, random: setting.random, graph: setting.stepGraph(in: scope))
        let state = try scope.restore()
        if let state { try players.load(state) }
        let transform = setting.images.augmentation(padding: config.padding)
        let sources = setting.identityBatches(
            source.samples, instances: config.instances, transform, shuffledInside: true, purpose: "sda.source")
        let targets = setting.shuffledBatches(setting.target.samples, transform, purpose: "sda.target")
        let pictures = TranslationSamples(of: source.samples, setting.images, every: config.samplesEvery)
        var meter = LossMeter(state)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            let sourceBatches = try sources.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            let targetBatches = try targets.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            scope.beginSteps(of: meter, iterations: config.iterations)
            while let labelled = try sourceBatches.next(), let unlabelled = try targetBatches.next() {
                try step(
                    players, encoders, source: labelled.images(), labels: Tensor(labelled.labels),
                    target: unlabelled.images(), &meter)
                try scope.endStep(meter) { try players.state(meter) }
            }
            try meter.report(
                to: scope, rate: config.schedule.rate(epoch: meter.epoch), after: sourceBatches, targetBatches)
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
    ///   - source, target: Images, `[B, 3, H, W]`.
    ///   - labels: The source images' identities, `[B]`.
    func step(
        _ players: TranslationPlayers, _ encoders: Encoders, source: Tensor, labels: Tensor, target: Tensor,
        _ meter: inout LossMeter
    ) throws {
        let settings = AdamStep(rate: config.schedule.rate(epoch: meter.epoch), beta1: 0.5)
        var random = setting.random.stream("sda.pool", epoch: meter.epoch, index: meter.step)
        var (pass, losses) = try players.moveGenerators([source, target, labels], settings) { pass, besides in
            try players.generatorLosses(pass, cycleWeight: config.cycleWeight, identityWeight: config.identityWeight)
                .adding("relation", config.relationWeight, relationConsistency(encoders, pass, labels: besides[0]))
        }
        losses["discriminators"] = try players.moveDiscriminators(pass, &random, settings)
        try meter.add(losses)
    }

    /// L_rc: the translated images' hardest pairs shall be as far apart as the source's images are.
    ///
    /// Gradients pass through the frozen target encoder into the generator.
    private func relationConsistency(_ encoders: Encoders, _ pass: CyclePass, labels: Tensor) throws -> Tensor {
        let teacher = try withoutGradients { try encoders.source.withinStep(pass.source, .inference(.source)).embedding }
        let student = try encoders.target.withinStep(pass.fakeB, .inference(.target)).embedding
        return try softTriplet(student: student, teacher: teacher, labels: labels)
    }
}

// SPDX-License-Identifier: MIT
//
// Structured domain adaptation: a CycleGAN from source to target whose translated images must keep the relations
// between the source's images, as a frozen re-ID encoder sees them.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the code of the report (arXiv:2008.10313, §2.1), mirrored in docs/methods/sda.md:
// 1. One encoder serves as both E_s and E_t unless a second one is given; the authors have no code for theirs of the
//    target and fall back to the same.
// 2. The step is not split by device; the networks have no statistics of a batch, so nothing depends on it.
// 3. No selection of a generator, as there: the last one is used.

public import Backbones
internal import Layers
public import Randomness
internal import Data
internal import Tensor

/// Structured domain adaptation (SDA).
///
/// - SeeAlso: Ge et al., arXiv:2003.06650; Zhu et al., ICCV 2017, arXiv:1703.10593 (CycleGAN).
public struct SDA {
    /// The numbers of the method; the defaults are the report's.
    public struct Config: Sendable, Equatable, Codable {
        public var epochs = 100
        public var iterations = 200
        public var batch = 32
        public var instances = 4
        public var schedule = LinearDecaySchedule(rate: 2e-4, constant: 50, decaying: 50)
        public var padding = 10
        /// Width of the generators' first map (ngf), and their residual blocks.
        public var generatorChannels = 64
        public var generatorBlocks = 9
        /// Width of the discriminators' first map (ndf).
        public var discriminatorChannels = 64
        /// Fakes remembered for each discriminator.
        public var pool = 50
        /// λ of the cycle.
        public var cycleWeight = 10.0
        /// λ of the cycle times 0.5 in the authors' notation.
        public var identityWeight = 5.0
        public var relationWeight = 1.0

        public init() {}
    }

    private let config: Config
    private let source: SourceImages
    private let target: TargetImages
    private let images: ImageSource
    private let random: RandomKey

    public init(
        _ config: Config, source: SourceImages, target: TargetImages, images: ImageSource, random: RandomKey
    ) {
        self.config = config
        self.source = source
        self.target = target
        self.images = images
        self.random = random
    }

    /// Trains the two generators and the two discriminators.
    ///
    /// - Parameter encoder: E_s and E_t, the frozen re-ID network of the relation consistency.
    /// - Returns: G_A, which translates source images to the target.
    public func train(encoder: EmbeddingNetwork, in scope: any TrainingScope) throws -> TranslationGenerator {
        let players = try TranslationPlayers(config, random: random)
        let state = try scope.restore()
        if let state { try players.load(state) }
        try encoder.store.record(false)
        let transform = images.augmentation(padding: config.padding)
        let sources = images.identityBatches(
            source.samples, instances: config.instances, transform, shuffledInside: true, purpose: "sda.source")
        let targets = images.shuffledBatches(target.samples, transform, purpose: "sda.target")
        var meter = LossMeter(state)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            let sourceBatches = try sources.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            let targetBatches = try targets.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            while let labelled = try sourceBatches.next(), let unlabelled = try targetBatches.next() {
                try step(
                    players, encoder, source: labelled.images(size: images.size), labels: Tensor(labelled.labels),
                    target: unlabelled.images(size: images.size), &meter)
                try scope.endStep { try players.state(meter) }
            }
            try meter.report(to: scope)
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
        _ players: TranslationPlayers, _ encoder: EmbeddingNetwork, source: Tensor, labels: Tensor, target: Tensor,
        _ meter: inout LossMeter
    ) throws {
        let settings = AdamStep(rate: config.schedule.rate(epoch: meter.epoch), beta1: 0.5)
        var random = random.stream("sda.pool", epoch: meter.epoch, index: meter.step)
        // A is the source, B the target.
        let fakeB = try ImageNetScale.normalised(players.toTarget(source))
        let fakeA = try ImageNetScale.normalised(players.toSource(target))

        try players.discriminators(trained: false)
        let adversarial = try leastSquaresAdversarial(players.judgeOfTarget(fakeB), real: true)
            + leastSquaresAdversarial(players.judgeOfSource(fakeA), real: true)
        let cycle = try meanAbsoluteDifference(ImageNetScale.normalised(players.toSource(fakeB)), source)
            + meanAbsoluteDifference(ImageNetScale.normalised(players.toTarget(fakeA)), target)
        let identity = try meanAbsoluteDifference(ImageNetScale.normalised(players.toTarget(target)), target)
            + meanAbsoluteDifference(ImageNetScale.normalised(players.toSource(source)), source)
        let relation = try relationConsistency(encoder, source: source, translated: fakeB, labels: labels)
        players.generatorOptimiser.dropGradients()
        try (adversarial + config.cycleWeight * cycle + config.identityWeight * identity
            + config.relationWeight * relation).backward()
        try players.generatorOptimiser.step(settings)

        try players.discriminators(trained: true)
        let judged = try 0.5 * (
            leastSquaresAdversarial(players.judgeOfTarget(target), real: true)
                + leastSquaresAdversarial(players.judgeOfTarget(players.poolB.query(fakeB, &random)), real: false)
                + leastSquaresAdversarial(players.judgeOfSource(source), real: true)
                + leastSquaresAdversarial(players.judgeOfSource(players.poolA.query(fakeA, &random)), real: false))
        players.discriminatorOptimiser.dropGradients()
        try judged.backward()
        try players.discriminatorOptimiser.step(settings)
        try meter.add([
            "adversarial": adversarial, "cycle": cycle, "identity": identity, "relation": relation,
            "discriminators": judged,
        ])
    }

    /// L_rc: the translated images' hardest pairs shall be as far apart as the source's images are.
    ///
    /// Gradients pass through the frozen encoder into the generator.
    private func relationConsistency(
        _ encoder: EmbeddingNetwork, source: Tensor, translated: Tensor, labels: Tensor
    ) throws -> Tensor {
        let teacher = try withoutGradients { try encoder(source, .inference(.source)).embedding }
        let student = try encoder(translated, .inference(.target)).embedding
        return try softTriplet(student: student, teacher: teacher, labels: labels)
    }
}

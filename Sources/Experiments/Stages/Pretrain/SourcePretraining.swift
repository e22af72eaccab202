// SPDX-License-Identifier: MIT
//
// Training on labelled source images, translated or not, while the target's images pass through the network.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/source-pretraining.md, 1 to 4.

internal import Backbones
internal import Layers
internal import Randomness
internal import Data
internal import Tensor
internal import Training

/// Pre-training on the source domain with cross-entropy and the softmax triplet loss.
struct SourcePretraining {
    /// The numbers of the method; the defaults are the report's.
    struct Config: Sendable, Equatable, EvaluatedTraining {
        var epochs = 120
        var iterations = 200
        var batch = 64
        /// Images of each identity in a batch.
        var instances = 4
        var schedule = StepSchedule(rate: 3.5e-4, warmup: 10, milestones: [40, 70])
        var weightDecay = 5e-4
        var autoAugment = true
        var padding = 10
        /// Whether the target's images pass through the network too.
        var targetForward = true
        /// Epochs between evaluations; 0 for none.
        var evaluateEvery = 10

        init() {}
    }

    private let config: Config
    private let source: SourceImages
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) throws {
        self.config = config
        self.setting = setting
        source = try setting.requireSource()
    }

    /// Trains a new network, or goes on with the one of the scope's last checkpoint.
    ///
    /// - Parameter initial: The weights that it begins with, ImageNet's as a rule; nothing for drawn ones.
    func train(
        _ shape: NetworkShape, from initial: StateDictionary?, in scope: any TrainingScope
    ) throws -> EmbeddingNetwork {
        let training = try ClassifierTraining(
            shape, from: initial, classes: source.classCount, random: setting.random, in: scope,
            graph: setting.stepGraph(in: scope))
        let loaders = self.loaders()
        var meter = training.start
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            try train(training, &meter, loaders, in: scope)
            try setting.score(training.network, after: meter.epoch, on: config.evaluations, in: scope) {
                try training.state(meter)
            }
            meter = LossMeter(epoch: meter.epoch + 1)
            try scope.endEpoch(training.state(meter))
        }
        try scope.finish(training.state(meter))
        return training.network
    }

    private func loaders() -> (source: EpochLoader, target: EpochLoader) {
        let transform = setting.images.augmentation(padding: config.padding, autoAugment: config.autoAugment)
        return (
            setting.identityBatches(source.samples, instances: config.instances, transform, purpose: "pretrain.source"),
            setting.shuffledBatches(setting.target.samples, transform, purpose: "pretrain.target")
        )
    }

    /// One epoch's steps, with as many batches of the target.
    private func train(
        _ training: ClassifierTraining, _ meter: inout LossMeter, _ loaders: (source: EpochLoader, target: EpochLoader),
        in scope: any TrainingScope
    ) throws {
        let sources = try loaders.source.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
        let targets =
            config.targetForward
            ? try loaders.target.batches(of: meter, iterations: config.iterations, batchSize: config.batch) : nil
        scope.beginSteps(of: meter, iterations: config.iterations)
        while let batch = try sources.next() {
            try step(
                training, batch.images(), labels: Tensor(batch.labels),
                seen: targets?.next()?.images(), &meter)
            try scope.endStep(meter) { try training.state(meter) }
        }
        try meter.report(to: scope, rate: config.schedule.rate(epoch: meter.epoch), after: sources, targets)
    }

    /// One iteration: a step on labelled images, between whose passes the target's images pass through the network.
    ///
    /// - Parameters:
    ///   - batch: The source's images, `[B, 3, H, W]`.
    ///   - labels: `[B]`.
    ///   - seen: The target's images, `[N, 3, H, W]`; nothing where they do not pass through.
    func step(
        _ training: ClassifierTraining, _ batch: Tensor, labels: Tensor, seen: Tensor?, _ meter: inout LossMeter
    ) throws {
        let losses = try training.graph([batch, labels] + [seen].compactMap(\.self)) { inputs in
            let output = try training.network(inputs[0], .training)
            let logits = try training.classifier(output.embedding, labels: inputs[1])
            let identity = try smoothedCrossEntropy(logits, labels: inputs[1])
            let triplet = try softmaxTriplet(output.pooled, labels: inputs[1])
            for seen in inputs.dropFirst(2) { _ = try withoutGradients { try training.network(seen, .training) } }
            try training.optimiser.differentiate(identity + triplet)
            return ["identity": identity, "triplet": triplet]
        }
        let rate = config.schedule.rate(epoch: meter.epoch)
        try training.optimiser.step(AdamStep(rate: rate, decay: config.weightDecay))
        try meter.add(losses)
    }
}

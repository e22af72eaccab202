// SPDX-License-Identifier: MIT
//
// A network that tells cameras apart. Post-processing subtracts its distances, so that images do not look alike only
// because one camera took them.
//
// Deviations from the authors' code: docs/methods/post-processing.md, 1 to 3.

internal import Backbones
internal import Layers
internal import Randomness
internal import Data
internal import Tensor
internal import Training

/// Training of the camera network.
///
/// - SeeAlso: Ge et al., arXiv:2008.10313, §2.4.
struct CameraNetwork {
    /// The numbers of the method; the defaults are the report's.
    struct Config: Sendable, Equatable {
        var epochs = 120
        var iterations = 200
        var batch = 64
        var schedule = StepSchedule(rate: 3.5e-4, warmup: 10, milestones: [40, 70])
        var weightDecay = 5e-4
        var padding = 10

        init() {}
    }

    private let config: Config
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) {
        self.config = config
        self.setting = setting
    }

    /// Trains a new network on the cameras of the target's training images, or goes on from a checkpoint.
    ///
    /// - Parameter initial: The weights that it begins with; nothing for drawn ones.
    func train(
        _ shape: NetworkShape, from initial: StateDictionary?, in scope: any TrainingScope
    ) throws -> EmbeddingNetwork {
        let cameras = Set(setting.target.samples.map(\.camera)).sorted()
        let samples = setting.target.samples.map { sample in
            Sample(path: sample.path, label: cameras.firstIndex(of: sample.camera) ?? 0, camera: sample.camera)
        }
        let training = try ClassifierTraining(
            shape, from: initial, classes: cameras.count, random: setting.random, in: scope,
            graph: setting.stepGraph(in: scope))
        let loader = setting.shuffledBatches(
            samples, setting.images.augmentation(padding: config.padding, erasing: RandomErasing()), purpose: "camera")
        var meter = training.start
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            let batches = try loader.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            scope.beginSteps(of: meter, iterations: config.iterations)
            while let batch = try batches.next() {
                try step(training, batch.images(), cameras: Tensor(batch.labels), &meter)
                try scope.endStep(meter) { try training.state(meter) }
            }
            try meter.report(to: scope, rate: config.schedule.rate(epoch: meter.epoch), after: batches)
            meter = LossMeter(epoch: meter.epoch + 1)
            try scope.endEpoch(training.state(meter))
        }
        try scope.finish(training.state(meter))
        return training.network
    }

    /// One iteration.
    ///
    /// - Parameters:
    ///   - batch: `[B, 3, H, W]`.
    ///   - cameras: The ranks of the images' cameras, `[B]`.
    func step(_ training: ClassifierTraining, _ batch: Tensor, cameras: Tensor, _ meter: inout LossMeter) throws {
        let losses = try training.graph([batch, cameras]) { inputs in
            let output = try training.network(inputs[0], .training)
            let logits = try training.classifier(output.embedding, labels: inputs[1])
            let loss = try smoothedCrossEntropy(logits, labels: inputs[1], smoothing: 0)
            try training.optimiser.differentiate(loss)
            return ["camera": loss]
        }
        let rate = config.schedule.rate(epoch: meter.epoch)
        try training.optimiser.step(AdamStep(rate: rate, decay: config.weightDecay))
        try meter.add(losses)
    }
}

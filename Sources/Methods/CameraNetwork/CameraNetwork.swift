// SPDX-License-Identifier: MIT
//
// A network that tells cameras apart. Post-processing subtracts its distances, so that images do not look alike only
// because one camera took them.
//
// Deviation from the authors' code, mirrored in docs/methods/post-processing.md: the last epoch is kept, not the
// best by validation accuracy.

public import Backbones
public import Layers
public import Randomness
internal import Data
internal import Tensor

/// Training of the camera network.
///
/// - SeeAlso: Ge et al., arXiv:2008.10313, §2.4.
public struct CameraNetwork {
    /// The numbers of the method; the defaults are the report's.
    public struct Config: Sendable, Equatable, Codable {
        public var epochs = 120
        public var iterations = 200
        public var batch = 64
        public var schedule = StepSchedule(rate: 3.5e-4, warmup: 10, milestones: [40, 70])
        public var weightDecay = 5e-4
        public var padding = 10

        public init() {}
    }

    private let config: Config
    private let target: TargetImages
    private let images: ImageSource
    private let random: RandomKey

    public init(_ config: Config, target: TargetImages, images: ImageSource, random: RandomKey) {
        self.config = config
        self.target = target
        self.images = images
        self.random = random
    }

    /// Trains a new network on the cameras of the target's training images, or goes on from a checkpoint.
    ///
    /// - Parameter initial: The weights that it begins with; nothing for drawn ones.
    public func train(
        _ backbone: Backbone, from initial: StateDictionary?, in scope: any TrainingScope
    ) throws -> EmbeddingNetwork {
        let cameras = Set(target.samples.map(\.camera)).sorted()
        let samples = target.samples.map { sample in
            Sample(path: sample.path, label: cameras.firstIndex(of: sample.camera) ?? 0, camera: sample.camera)
        }
        let training = try ClassifierTraining(
            backbone, from: initial, classes: cameras.count, random: random, in: scope)
        let loader = images.shuffledBatches(
            samples, images.augmentation(padding: config.padding, erasing: RandomErasing()), purpose: "camera")
        var meter = training.start
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: meter)
        while meter.epoch < config.epochs {
            let batches = try loader.batches(of: meter, iterations: config.iterations, batchSize: config.batch)
            while let batch = try batches.next() {
                try step(training, batch.images(size: images.size), cameras: Tensor(batch.labels), &meter)
                try scope.endStep { training.state(meter) }
            }
            try meter.report(to: scope)
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
        let output = try training.network(batch, .training)
        let logits = try training.classifier(output.embedding, labels: cameras)
        let loss = try smoothedCrossEntropy(logits, labels: cameras, smoothing: 0)
        let rate = config.schedule.rate(epoch: meter.epoch)
        try training.step(loss, AdamStep(rate: rate, decay: config.weightDecay))
        try meter.add(["camera": loss])
    }
}

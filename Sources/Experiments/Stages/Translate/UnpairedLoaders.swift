// SPDX-License-Identifier: MIT

internal import Data
internal import Tensor
internal import Training

/// Images of both domains in random order, mirrored at random and not changed otherwise. Nobody knows which belong
/// together, or whom they show.
struct UnpairedLoaders {
    private let source: EpochLoader
    private let target: EpochLoader

    init(_ setting: TrainingSetting, _ source: SourceImages, purpose: String) {
        let transform = setting.images.augmentation(padding: 0)
        self.source = setting.shuffledBatches(source.samples, transform, purpose: "\(purpose).source")
        target = setting.shuffledBatches(setting.target.samples, transform, purpose: "\(purpose).target")
    }

    /// An epoch's batches of each domain.
    struct Batches {
        let source: BatchSequence
        let target: BatchSequence

        /// A batch of each domain, `[B, 3, H, W]`; nothing after the last.
        func next(on scale: ColourScale) throws -> (source: Tensor, target: Tensor)? {
            guard let source = try source.next(), let target = try target.next() else { return nil }
            return try (scale.images(source.images()), scale.images(target.images()))
        }
    }

    /// So many of them, without those of the steps that are done.
    func batches(of meter: LossMeter, iterations: Int, batchSize: Int) throws -> Batches {
        try Batches(
            source: source.batches(of: meter, iterations: iterations, batchSize: batchSize),
            target: target.batches(of: meter, iterations: iterations, batchSize: batchSize))
    }
}

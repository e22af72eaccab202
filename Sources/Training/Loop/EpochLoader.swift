// SPDX-License-Identifier: MIT

package import Data

/// A sampler and the loader that follows it.
package struct EpochLoader {
    fileprivate let sampler: EpochSampler
    fileprivate let loader: Loader

    /// Exactly `iterations` batches, passes over the images being restarted as needed, without those of the steps that
    /// are done.
    package func batches(of meter: LossMeter, iterations: Int, batchSize: Int) throws -> BatchSequence {
        try loader.epoch(
            meter.epoch, by: sampler, iterations: iterations, batchSize: batchSize, from: meter.step)
    }
}

extension TrainingSetting {
    /// Augmented batches of the classes' images, `instances` of each class next to each other.
    package func identityBatches(
        _ samples: [Sample], instances: Int, _ transform: Transform, views: Int = 1, shuffledInside: Bool = false,
        purpose: String
    ) -> EpochLoader {
        let sampler = PKSampler(
            labels: samples.map(\.label), cameras: samples.map(\.camera), instances: instances)
        return EpochLoader(
            sampler: EpochSampler(.identities(sampler), shufflesBatches: shuffledInside),
            loader: images.loader(samples, transform, views: views, random: random, purpose: purpose))
    }

    /// Augmented batches in random order.
    package func shuffledBatches(_ samples: [Sample], _ transform: Transform, purpose: String) -> EpochLoader {
        EpochLoader(
            sampler: EpochSampler(.shuffled(count: samples.count)),
            loader: images.loader(samples, transform, random: random, purpose: purpose))
    }
}

// SPDX-License-Identifier: MIT

package import Data
internal import Randomness

/// A sampler and the loader that follows it.
package struct EpochLoader {
    fileprivate let sampler: EpochSampler
    fileprivate let loader: Loader
    fileprivate let random: RandomKey
    fileprivate let purpose: String

    /// Exactly `iterations` batches, passes over the images being restarted as needed, without those of the steps that
    /// are done.
    package func batches(of meter: LossMeter, iterations: Int, batchSize: Int) throws -> BatchSequence {
        let epoch = meter.epoch
        let all = try sampler.batches(
            epoch: epoch, iterations: iterations, batchSize: batchSize, key: random, purpose: purpose)
        return loader.epoch(epoch, batches: all, from: meter.step)
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
            loader: images.loader(samples, transform, views: views, random: random, purpose: purpose),
            random: random, purpose: purpose)
    }

    /// Augmented batches in random order.
    package func shuffledBatches(_ samples: [Sample], _ transform: Transform, purpose: String) -> EpochLoader {
        EpochLoader(
            sampler: EpochSampler(.shuffled(count: samples.count)),
            loader: images.loader(samples, transform, random: random, purpose: purpose),
            random: random, purpose: purpose)
    }
}

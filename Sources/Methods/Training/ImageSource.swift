// SPDX-License-Identifier: MIT

public import Data
public import Randomness
internal import Tensor
internal import Vocabulary

/// The size that images are resized to, in pixels.
public struct ImageSize: Sendable, Equatable, Codable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }
}

extension ImageSize: CustomStringConvertible {
    /// In pixels: `256×128 (height × width)`.
    public var description: String { "\(height)×\(width) (height × width)" }
}

/// The source domain's training images with their classes.
public struct SourceImages: Sendable {
    public let samples: [Sample]
    public let classCount: Int

    /// Classes are the ranks of the identities.
    public init(_ images: [LabelledImage]) {
        let (samples, identities) = Sample.classified(images)
        self.samples = samples
        classCount = identities.count
    }
}

/// The target domain's training images. They have cameras, and nothing that training could take for a class.
public struct TargetImages: Sendable {
    public let samples: [Sample]

    public init(_ images: [UnlabelledImage]) {
        samples = images.map { Sample($0) }
    }
}

/// How images reach a network: their size, who loads them, the randomness of their augmentation, where they are kept
/// once decoded, and what is done about those that cannot be read.
public struct ImageSource: Sendable {
    public let size: ImageSize
    public let workers: Int
    public let random: RandomKey
    public let cache: ImageCache?
    public let onBadImage: BadImagePolicy

    public init(
        size: ImageSize, workers: Int, random: RandomKey, cache: ImageCache? = nil,
        onBadImage: BadImagePolicy = .error
    ) {
        self.size = size
        self.workers = workers
        self.random = random
        self.cache = cache
        self.onBadImage = onBadImage
    }

    /// The loader of these images.
    func loader(_ samples: [Sample], _ transform: Transform, views: Int = 1, purpose: String) -> Loader {
        Loader(
            samples: samples, transform: transform, views: views, workers: workers, key: random, purpose: purpose,
            cache: cache, onBadImage: onBadImage)
    }

    /// Augmented batches of the classes' images, `instances` of each class next to each other.
    func identityBatches(
        _ samples: [Sample], instances: Int, _ transform: Transform, views: Int = 1, shuffledInside: Bool = false,
        purpose: String
    ) -> EpochLoader {
        let sampler = PKSampler(
            labels: samples.map(\.label), cameras: samples.map(\.camera), instances: instances)
        return EpochLoader(
            sampler: EpochSampler(.identities(sampler), shufflesBatches: shuffledInside),
            loader: loader(samples, transform, views: views, purpose: purpose),
            random: random, purpose: purpose)
    }

    /// Augmented batches in random order.
    func shuffledBatches(_ samples: [Sample], _ transform: Transform, purpose: String) -> EpochLoader {
        EpochLoader(
            sampler: EpochSampler(.shuffled(count: samples.count)),
            loader: loader(samples, transform, purpose: purpose),
            random: random, purpose: purpose)
    }

    /// Resize, flip, pad and crop, and what else is asked for.
    func augmentation(padding: Int, autoAugment: Bool = false, erasing: RandomErasing? = nil) -> Transform {
        Transform(
            height: size.height, width: size.width, flip: true, padding: padding, autoAugment: autoAugment,
            erasing: erasing)
    }
}

/// A sampler and the loader that follows it.
struct EpochLoader {
    let sampler: EpochSampler
    let loader: Loader
    let random: RandomKey
    let purpose: String

    /// Exactly `iterations` batches, passes over the images being restarted as needed, without those of the steps that
    /// are done.
    func batches(of meter: LossMeter, iterations: Int, batchSize: Int) throws -> BatchSequence {
        let epoch = meter.epoch
        let all = try sampler.batches(
            epoch: epoch, iterations: iterations, batchSize: batchSize, key: random, purpose: purpose)
        return loader.epoch(epoch, batches: all, from: meter.step)
    }
}

extension Batch {
    /// One view of the batch's images, ImageNet-normalised `[N, 3, H, W]` with channels adjacent in memory.
    func images(view: Int = 0, size: ImageSize) throws -> Tensor {
        try Tensor(views[view], shape: [labels.count, size.height, size.width, 3]).permuted([0, 3, 1, 2])
    }
}

// SPDX-License-Identifier: MIT

public import Data
internal import Randomness
package import Tensor
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

/// How images reach a network: their size, who loads them, where they are kept once decoded, and what is done about those
/// that cannot be read.
public struct ImageSource: Sendable {
    public let size: ImageSize
    public let workers: Int
    public let cache: ImageCache?
    public let onBadImage: BadImagePolicy
    /// Whether every batch of an epoch is the first one: for measuring what a step takes without its images.
    package var repeatsFirstBatch = false

    public init(
        size: ImageSize, workers: Int, cache: ImageCache? = nil, onBadImage: BadImagePolicy = .error
    ) {
        self.size = size
        self.workers = workers
        self.cache = cache
        self.onBadImage = onBadImage
    }

    /// Resize, flip, pad and crop, and what else is asked for.
    package func augmentation(
        padding: Int, autoAugment: Bool = false, erasing: RandomErasing? = nil
    ) -> Transform {
        Transform(
            height: size.height, width: size.width, flip: true, padding: padding, autoAugment: autoAugment,
            erasing: erasing)
    }

    /// Images as they are, or mirrored, in order; nothing about them is drawn.
    package func plainBatches(
        _ samples: [Sample], mirrored: Bool = false, batchSize: Int, purpose: String
    ) -> BatchSequence {
        let transform = Transform.evaluation(height: size.height, width: size.width, mirrored: mirrored)
        return loader(samples, transform, random: RandomKey(seed: 0), purpose: purpose).all(batchSize: batchSize)
    }

    func loader(
        _ samples: [Sample], _ transform: Transform, views: Int = 1, random: RandomKey, purpose: String
    ) -> Loader {
        var loader = Loader(
            samples: samples, transform: transform, views: views, workers: workers, key: random, purpose: purpose,
            cache: cache, onBadImage: onBadImage)
        loader.repeatsFirstBatch = repeatsFirstBatch
        return loader
    }
}

extension Batch {
    /// One view of the batch's images, ImageNet-normalised `[N, 3, H, W]` with channels adjacent in memory; copied once.
    ///
    /// - Parameter other: A batch of images of the same size, which stand behind this one's.
    package func images(view: Int = 0, followedBy other: Batch? = nil) throws -> Tensor {
        let batches = [self] + (other.map { [$0] } ?? [])
        precondition(
            batches.allSatisfy { $0.height == height && $0.width == width },
            "batches of \(shape) and \(other?.shape ?? []) do not stand in one")
        let count = batches.reduce(0) { $0 + $1.count }
        return try Tensor(joining: batches.map { $0.views[view] }, shape: [count, height, width, 3])
            .permuted([0, 3, 1, 2])
    }
}

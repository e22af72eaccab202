// SPDX-License-Identifier: MIT

public import Randomness

/// Reads, transforms and batches images on worker threads.
///
/// Every view of every image has its own random stream, keyed by (purpose, epoch, place in the epoch), so
/// that what a batch holds does not depend on the number of threads or on where a run was resumed.
///
/// At most `2 · workers` batches are in the making or wait to be taken, of `N·H·W·3·4` bytes a view.
public struct Loader: Sendable {
    /// What is loaded; batches hold positions in this list.
    public let samples: [Sample]
    /// What is done to each image.
    public let transform: Transform
    /// Independently augmented versions of each image.
    public let views: Int
    /// Threads; 0 does the work on the thread that asks for a batch.
    public let workers: Int
    private let key: RandomKey
    private let purpose: String
    private let cache: ImageCache?
    private let onBadImage: BadImagePolicy
    /// Whether every batch of an epoch is the first one, made once: for measuring what a step takes without its images.
    public var repeatsFirstBatch = false

    /// - Parameters:
    ///   - samples: What to load.
    ///   - transform: What to do to each image.
    ///   - views: Versions of each image, positive; mutual teaching takes 2.
    ///   - workers: Threads; 0 does the work on the thread that asks for a batch.
    ///   - key: Where all randomness comes from: which images a batch holds, and how they are augmented.
    ///   - purpose: What the images are for, such as `"pretrain.source"`; loaders of one key differ by it.
    ///   - cache: Where decoded images are kept, if anywhere; loaders may share one.
    ///   - onBadImage: What is done about images that cannot be read. Leave it at ``BadImagePolicy/error`` where
    ///     every image must be seen once, as in evaluation: a replaced image is not.
    public init(
        samples: [Sample], transform: Transform, views: Int = 1, workers: Int, key: RandomKey,
        purpose: String, cache: ImageCache? = nil, onBadImage: BadImagePolicy = .error
    ) {
        precondition(
            views > 0 && workers >= 0, "a loader of \(views) views with \(workers) threads loads nothing"
        )
        self.samples = samples
        self.transform = transform
        self.views = views
        self.workers = workers
        self.key = key
        self.purpose = purpose
        self.cache = cache
        self.onBadImage = onBadImage
    }

    /// The batches of an epoch, drawn and augmented by the loader's key.
    ///
    /// - Parameters:
    ///   - epoch: Zero-based; chooses the random streams.
    ///   - sampler: Which of ``samples`` the batches hold.
    ///   - iterations: The number of batches, not negative.
    ///   - batchSize: Images in a batch, positive.
    ///   - first: The batch to begin with, for an epoch that was interrupted; it is what it would have been.
    /// - Throws: ``DataError/tooFewImages(purpose:found:needed:)`` where a pass does not fill one batch.
    public func epoch(
        _ epoch: Int, by sampler: EpochSampler, iterations: Int, batchSize: Int, from first: Int = 0
    ) throws(DataError) -> BatchSequence {
        let batches = try sampler.batches(
            epoch: epoch, iterations: iterations, batchSize: batchSize, key: key, purpose: purpose)
        return self.epoch(epoch, batches: batches, from: first)
    }

    /// The given batches as those of an epoch.
    ///
    /// - Parameter batches: Positions in ``samples``: all of the epoch.
    func epoch(_ epoch: Int, batches: [[Int]], from first: Int = 0) -> BatchSequence {
        precondition((0...batches.count).contains(first), "no batch \(first) among \(batches.count)")
        var starts: [Int] = []
        var imageCount = 0
        for batch in batches {
            starts.append(imageCount)
            imageCount += batch.count
        }
        let count = batches.count - first
        let make = { @Sendable [self, starts] (number: Int) throws(DataError) -> Batch in
            try batch(of: batches[first + number], firstPlace: starts[first + number], epoch: epoch)
        }
        guard workers > 0, !repeatsFirstBatch else {
            var number = 0
            var only: Batch?
            return BatchSequence(count: count) { () throws(DataError) in
                guard number < count else { return nil }
                defer { number += 1 }
                guard repeatsFirstBatch else { return try make(number) }
                if only == nil { only = try make(0) }
                return only
            }
        }
        // Two batches a thread: one in the making, one waiting to be taken.
        let prefetcher = Prefetcher(count: count, workers: workers, ahead: 2 * workers, make: make)
        return BatchSequence(count: count) { () throws(DataError) in try prefetcher.next() }
    }

    /// All samples once, in their order; the last batch may be short.
    ///
    /// - Parameter batchSize: Positive.
    public func all(batchSize: Int) -> BatchSequence {
        precondition(batchSize > 0, "a batch of \(batchSize) images")
        let starts = stride(from: 0, to: samples.count, by: batchSize)
        return epoch(0, batches: starts.map { Array($0..<min($0 + batchSize, samples.count)) })
    }

    /// Makes one batch.
    ///
    /// - Parameters:
    ///   - indices: `[N]`.
    ///   - firstPlace: How many images of the epoch come before.
    ///   - epoch: Zero-based.
    private func batch(of indices: [Int], firstPlace: Int, epoch: Int) throws(DataError) -> Batch {
        var images: [Image] = []
        var loaded: [Int] = []
        for index in indices {
            let (image, source) = try goodImage(at: index)
            images.append(image)
            loaded.append(source)
        }
        let valueCount = transform.valueCount
        let buffers = (0..<views).map { view in
            [Float](unsafeUninitializedCapacity: indices.count * valueCount) { buffer, count in
                for (offset, image) in images.enumerated() {
                    let place = (firstPlace + offset) * views + view
                    var random = key.stream("\(purpose).augment", epoch: epoch, index: place)
                    let target = buffer[(offset * valueCount)..<((offset + 1) * valueCount)]
                    transform.finish(image, &random, into: UnsafeMutableBufferPointer(rebasing: target))
                }
                count = indices.count * valueCount
            }
        }
        return Batch(
            views: buffers, height: transform.height, width: transform.width, labels: loaded.map { samples[$0].label },
            cameras: loaded.map { samples[$0].camera }, indices: loaded
        )
    }

    /// The image of a sample, or of the sample that takes its place, and which one it is.
    private func goodImage(at index: Int) throws(DataError) -> (Image, Int) {
        guard case .skip(let bad) = onBadImage else { return (try preparedImage(of: samples[index]), index) }
        if let image = image(of: samples[index], unlessIn: bad) { return (image, index) }
        let label = samples[index].label
        let others = (1..<samples.count).map { (index + $0) % samples.count }
        let ofClass = label == Sample.unlabelled ? [] : others.filter { samples[$0].label == label }
        for other in ofClass + others {
            if let image = image(of: samples[other], unlessIn: bad) { return (image, other) }
        }
        throw .noGoodImages(
            purpose: purpose, count: samples.count, first: bad.found.first?.error.description ?? "none was tried"
        )
    }

    /// The image of a sample, or nil, reported, where it cannot be read.
    private func image(of sample: Sample, unlessIn bad: BadImages) -> Image? {
        guard !bad.contains(sample.path) else { return nil }
        do throws(DataError) {
            return try preparedImage(of: sample)
        } catch {
            bad.report(error, of: sample.path)
            return nil
        }
    }

    private func preparedImage(of sample: Sample) throws(DataError) -> Image {
        let make = { () throws(DataError) -> Image in
            transform.prepare(try Image.decode(contentsOf: sample.path))
        }
        guard let cache else { return try make() }
        let resized = ImageCache.Size(height: transform.height, width: transform.width)
        let size = transform.autoAugment ? nil : resized
        return try cache.image(ImageCache.Key(path: sample.path, size: size), orMake: make)
    }
}

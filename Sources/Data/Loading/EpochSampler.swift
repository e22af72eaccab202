// SPDX-License-Identifier: MIT

internal import Randomness

/// Epochs that are counted in iterations, however long a pass over the images is.
///
/// Passes follow each other inside an epoch until it has its batches; the batch that a pass leaves incomplete
/// is dropped. Every epoch begins with a fresh pass. Pass `p` of epoch `e` has its own random stream, so that
/// an epoch's batches depend on nothing before it.
public struct EpochSampler: Sendable {
    /// How one pass goes over the images.
    public enum Order: Sendable {
        /// By class, with several instances of each.
        case identities(PKSampler)
        /// Every one of so many images once, in random order.
        case shuffled(count: Int)
    }

    /// How one pass goes over the images.
    public let order: Order
    /// Whether the images of a batch are shuffled once more, so that the instances of a class do not stand
    /// together; SDA's source batches are.
    public let shufflesBatches: Bool

    /// - Parameters:
    ///   - order: How one pass goes over the images.
    ///   - shufflesBatches: Shuffle inside each batch.
    public init(_ order: Order, shufflesBatches: Bool = false) {
        self.order = order
        self.shufflesBatches = shufflesBatches
    }

    /// The batches of an epoch; a ``Loader`` gives the key and its purpose.
    ///
    /// - Parameters:
    ///   - epoch: Zero-based.
    ///   - iterations: The number of batches, not negative.
    ///   - batchSize: Images in a batch, positive.
    ///   - key: The experiment's.
    ///   - purpose: What the batches are for, such as `"pretrain.source"`.
    /// - Returns: `iterations` lists of `batchSize` positions.
    /// - Throws: ``DataError/tooFewImages(purpose:found:needed:)`` where a pass does not fill one batch.
    func batches(
        epoch: Int, iterations: Int, batchSize: Int, key: RandomKey, purpose: String
    ) throws(DataError) -> [[Int]] {
        precondition(
            iterations >= 0 && batchSize > 0, "no epoch has \(iterations) iterations of \(batchSize) images"
        )
        var batches: [[Int]] = []
        var passIndex = 0
        while batches.count < iterations {
            // A name of its own: augmentation has streams of the same purpose, epoch and index.
            var random = key.stream("\(purpose).order", epoch: epoch, index: passIndex)
            let pass = onePass(&random)
            guard pass.count >= batchSize else {
                throw .tooFewImages(purpose: purpose, found: pass.count, needed: batchSize)
            }
            for start in stride(from: 0, through: pass.count - batchSize, by: batchSize) {
                guard batches.count < iterations else { break }
                let batch = Array(pass[start..<(start + batchSize)])
                batches.append(shufflesBatches ? random.permutation(batchSize).map { batch[$0] } : batch)
            }
            passIndex += 1
        }
        return batches
    }

    private func onePass(_ random: inout RandomStream) -> [Int] {
        switch order {
        case .identities(let sampler): sampler.pass(&random)
        case .shuffled(let count): random.permutation(count)
        }
    }
}

// SPDX-License-Identifier: MIT

public import Vocabulary

/// Transformed images, ready to become a tensor.
public struct Batch: Sendable, Equatable {
    /// One buffer `[N, H, W, 3]` for each view: independently augmented versions of the same images.
    public let views: [[Float]]
    /// `H`, in pixels.
    public let height: Int
    /// `W`, in pixels.
    public let width: Int
    /// `[N]`, class indices, or ``Sample/unlabelled``.
    public let labels: [Int]
    /// `[N]`.
    public let cameras: [Camera]
    /// `[N]`, positions in the loader's samples.
    public let indices: [Int]

    /// The first view, `[N, H, W, 3]`; the only one unless the loader was asked for more.
    public var pixels: [Float] { views[0] }
    /// `N`.
    public var count: Int { indices.count }
    /// `[N, H, W, 3]`, of every view.
    public var shape: [Int] { [count, height, width, 3] }
}

/// The batches of an epoch, in order, made ahead of time by worker threads.
///
/// Dropping it half-way stops the threads.
public final class BatchSequence {
    /// The number of batches.
    public let count: Int
    /// How long callers have waited for batches that were not ready.
    public private(set) var waited = Duration.zero
    private let produce: () throws(DataError) -> Batch?
    private var isOver = false

    init(count: Int, produce: @escaping () throws(DataError) -> Batch?) {
        self.count = count
        self.produce = produce
    }

    /// The next batch, or nil after the last, or after an error.
    ///
    /// - Throws: What reading an image can throw; see ``Image/decode(contentsOf:)``. The error is that of the
    ///   first bad image in the order of the batches, whatever the number of threads.
    public func next() throws(DataError) -> Batch? {
        guard !isOver else { return nil }
        isOver = true
        let start = ContinuousClock.now
        defer { waited += start.duration(to: .now) }
        let batch = try produce()
        isOver = batch == nil
        return batch
    }
}

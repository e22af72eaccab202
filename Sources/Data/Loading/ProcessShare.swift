// SPDX-License-Identifier: MIT

/// The part of every batch that one of several processes loads.
///
/// Of a batch of `N` images, process `r` of `P` takes the positions `⌊r·N/P⌋ ..< ⌊(r+1)·N/P⌋`, and every image keeps
/// the random stream of its place in the whole batch: the processes' parts, one behind the other, are the batch of a
/// single process, bit for bit. Parts are equally long, and hold whole groups of `K` instances, where `P·K` divides `N`.
public struct ProcessShare: Sendable, Equatable {
    /// `r`, zero-based.
    public let rank: Int
    /// `P`.
    public let count: Int

    /// - Parameters:
    ///   - rank: `0 ..< count`.
    ///   - count: Positive.
    public init(rank: Int, of count: Int) {
        precondition((0..<max(count, 0)).contains(rank), "there is no process \(rank) among \(count)")
        self.rank = rank
        self.count = count
    }

    /// The part of a single process.
    public static let all = ProcessShare(rank: 0, of: 1)

    /// The positions in a batch of `N` images.
    func positions(of imageCount: Int) -> Range<Int> {
        (rank * imageCount / count)..<((rank + 1) * imageCount / count)
    }
}

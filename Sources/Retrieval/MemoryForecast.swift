// SPDX-License-Identifier: MIT

// Shapes: N rows · Q queries · G gallery rows · D dimensions · k₁, k₂ neighbours.

/// What a computation will need at its peak, estimated before it starts.
///
/// The encoded rows depend on the data; the forecast takes the widest that re-ID features are known to have,
/// 5·k₁ entries per averaged row and as many near pairs, and is meant to be too large rather than too small.
public struct MemoryForecast: Sendable, Equatable {
    /// The features themselves, in bytes.
    public let features: Int
    /// The table of neighbours, in bytes.
    public let neighbours: Int
    /// The encoded rows, by row and by column, in bytes.
    public let encoding: Int
    /// What is returned, in bytes.
    public let result: Int
    /// Tiles and sums of the threads, in bytes.
    public let scratch: Int

    /// All of it, in bytes.
    public var total: Int { features + neighbours + encoding + result + scratch }

    /// For ``ClusteringJaccard`` with DBSCAN's radius given.
    ///
    /// - Parameters:
    ///   - count: `N`.
    ///   - dimension: `D`.
    ///   - k1: `k₁`.
    public static func clustering(count: Int, dimension: Int, neighbours k1: Int) -> MemoryForecast {
        let entries = count * 5 * k1
        return MemoryForecast(
            features: count * dimension * 4, neighbours: 2 * count * k1 * 8,
            encoding: 3 * entries * 8 + entries * 4,
            result: 3 * entries * 8, scratch: scratch(count)
        )
    }

    /// For ``ClusteringJaccard`` with an ``InvertedFile``: every row meets the rows of `P` cells, and what each cell
    /// finds is kept until all cells are searched.
    ///
    /// - Parameters:
    ///   - count: `N`.
    ///   - dimension: `D`.
    ///   - k1: `k₁`.
    ///   - file: How rows are filed.
    public static func approximateClustering(
        count: Int, dimension: Int, neighbours k1: Int, file: InvertedFile
    ) -> MemoryForecast {
        let exact = clustering(count: count, dimension: dimension, neighbours: k1)
        let cells = file.cellCount(for: count)
        // Cells are not evenly full; four times the mean was the most seen on clustered rows.
        let gathered = Workers.all.count * 4 * (count * file.probeCount / max(1, cells)) * dimension * 4
        return MemoryForecast(
            features: exact.features, neighbours: 2 * count * k1 * 8 * file.probeCount + exact.neighbours,
            encoding: exact.encoding, result: exact.result,
            scratch: exact.scratch + max(gathered, file.sampleCount(for: count) * dimension * 4)
        )
    }

    /// For ``KMeans``.
    ///
    /// - Parameters:
    ///   - count: `N`.
    ///   - dimension: `D`.
    ///   - clusterCount: `K`.
    public static func kMeans(count: Int, dimension: Int, clusterCount: Int) -> MemoryForecast {
        MemoryForecast(
            features: count * dimension * 4, neighbours: 0, encoding: 3 * clusterCount * dimension * 8,
            result: count * 16, scratch: scratch(count))
    }

    /// For all distances between queries and gallery, and their ranking.
    ///
    /// - Parameters:
    ///   - queryCount: `Q`.
    ///   - galleryCount: `G`.
    ///   - dimension: `D`, camera dimensions included.
    public static func ranking(queryCount: Int, galleryCount: Int, dimension: Int) -> MemoryForecast {
        MemoryForecast(
            features: (queryCount + galleryCount) * dimension * 4, neighbours: 0, encoding: 0,
            result: queryCount * galleryCount * 4, scratch: scratch(galleryCount))
    }

    /// For ``KReciprocalReRanking``.
    ///
    /// - Parameters:
    ///   - queryCount: `Q`.
    ///   - galleryCount: `G`.
    ///   - dimension: `D`, camera dimensions included.
    ///   - k1: `k₁`.
    public static func reRanking(
        queryCount: Int, galleryCount: Int, dimension: Int, neighbours k1: Int
    ) -> MemoryForecast {
        let count = queryCount + galleryCount
        let entries = count * 5 * k1
        return MemoryForecast(
            features: count * dimension * 4, neighbours: 2 * count * (k1 + 1) * 8,
            encoding: 3 * entries * 8 + entries * 4, result: queryCount * galleryCount * 4,
            scratch: scratch(count)
        )
    }

    /// Refuses what cannot fit.
    ///
    /// - Parameters:
    ///   - free: Bytes that there are.
    ///   - other: Bytes of them that something else needs at the same time.
    /// - Throws: ``RetrievalError/notEnoughMemory(needed:free:)``.
    public func requireFit(into free: Int, besides other: Int = 0) throws(RetrievalError) {
        guard total + other <= free else { throw .notEnoughMemory(needed: total + other, free: free) }
    }

    private static func scratch(_ count: Int) -> Int {
        let tile = 768 * 768 * 4
        return Workers.all.count * (tile + count * 8)
    }
}

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
    /// - Parameter free: Bytes that the process may still take.
    /// - Throws: ``RetrievalError/notEnoughMemory(needed:free:)``.
    public func requireFit(into free: Int) throws(RetrievalError) {
        guard total <= free else { throw .notEnoughMemory(needed: total, free: free) }
    }

    private static func scratch(_ count: Int) -> Int {
        let tile = 768 * 768 * 4
        return Workers.all.count * (tile + count * 8)
    }
}

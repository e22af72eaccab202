// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: N rows · Q queries · G gallery rows · D dimensions · k₁, k₂ neighbours.

/// What a computation will need at its peak, estimated before it starts.
///
/// The encoded rows depend on the data; the forecast takes the widest that re-ID features are known to have,
/// 5·k₁ entries per averaged row, and is meant to be too large rather than too small.
public struct MemoryForecast: Sendable, Equatable {
    /// Which pairs ``SparseDistances`` hold.
    public enum HeldPairs: Sendable {
        /// Those within a radius that DBSCAN can use. Up to 0.95 fewer than 5·k₁ of each row were seen, of features that
        /// have learnt something and of noise.
        case near
        /// All below distance 1: rows that share a neighbour anywhere, thousands of each row where features are poor.
        case belowOne

        /// Pairs of each row of `N`.
        func count(of rows: Double, neighbours k1: Double) -> Double {
            switch self {
            case .near: 5 * k1
            // Each of a row's 5·k₁ entries is one of 5·k₁ rows.
            case .belowOne: min(rows, 25 * k1 * k1)
            }
        }
    }

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

    init(features: Int, neighbours: Int, encoding: Int, result: Int, scratch: Int) {
        self.features = features
        self.neighbours = neighbours
        self.encoding = encoding
        self.result = result
        self.scratch = scratch
    }

    /// Each amount is cut where five of them could no longer be added: no machine has as much.
    private init(features: Double, neighbours: Double, encoding: Double, result: Double, scratch: Double) {
        let whole = { (bytes: Double) in Int(min(bytes, 1e18)) }
        self.init(
            features: whole(features), neighbours: whole(neighbours), encoding: whole(encoding), result: whole(result),
            scratch: whole(scratch))
    }

    /// For ``ClusteringJaccard`` with every row compared with every other.
    ///
    /// - Parameters:
    ///   - count: `N`.
    ///   - dimension: `D`.
    ///   - k1: `k₁`.
    ///   - pairs: Which pairs are held.
    public static func clustering(
        count: Int, dimension: Int, neighbours k1: Int, holding pairs: HeldPairs = .near
    ) -> MemoryForecast {
        let entries = Double(count) * 5 * Double(k1)
        let held = Double(count) * pairs.count(of: Double(count), neighbours: Double(k1))
        return MemoryForecast(
            features: bytes(count, dimension, 4), neighbours: bytes(2, count, k1, 8),
            encoding: 3 * entries * 8 + entries * 4,
            result: 3 * held * 8, scratch: scratch(count)
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
        let gathered = bytes(Workers.all.count, 4, count, file.probeCount, dimension, 4) / Double(max(1, cells))
        return MemoryForecast(
            features: Double(exact.features),
            neighbours: bytes(2, count, k1, 8, file.probeCount) + Double(exact.neighbours),
            encoding: Double(exact.encoding), result: Double(exact.result),
            scratch: Double(exact.scratch) + max(gathered, bytes(file.sampleCount(for: count), dimension, 4))
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
            features: bytes(count, dimension, 4), neighbours: 0, encoding: bytes(3, clusterCount, dimension, 8),
            result: bytes(count, 16), scratch: scratch(count))
    }

    /// For all distances between queries and gallery, and their ranking.
    ///
    /// - Parameters:
    ///   - queryCount: `Q`.
    ///   - galleryCount: `G`.
    ///   - dimension: `D`, camera dimensions included.
    public static func ranking(queryCount: Int, galleryCount: Int, dimension: Int) -> MemoryForecast {
        MemoryForecast(
            features: bytes(queryCount + galleryCount, dimension, 4), neighbours: 0, encoding: 0,
            result: bytes(queryCount, galleryCount, 4), scratch: scratch(galleryCount))
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
        let entries = Double(count) * 5 * Double(k1)
        return MemoryForecast(
            features: bytes(count, dimension, 4), neighbours: bytes(2, count, k1 + 1, 8),
            encoding: 3 * entries * 8 + entries * 4, result: bytes(queryCount, galleryCount, 4),
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

    private static func scratch(_ count: Int) -> Double {
        let tile = Double(Workers.usualBlockLength * Workers.usualBlockLength) * 4
        return Double(Workers.all.count) * (tile + Double(count) * 8)
    }

    /// A product that may be larger than a whole number can be.
    private static func bytes(_ factors: Int...) -> Double {
        factors.reduce(1) { $0 * Double($1) }
    }
}

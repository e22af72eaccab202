// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: N rows · D dimensions.

/// The Jaccard distance between k-reciprocal neighbour sets, as clustering for pseudo labels uses it.
///
/// It is not the distance inside re-ranking: weights are of squared distances, not of their squares, and nothing is
/// mixed with the original distance. See ``KReciprocalReRanking`` for the other, and ``Scale`` for the two that
/// clusterings use.
///
/// - SeeAlso: Zhong et al., CVPR 2017, arXiv:1701.08398.
/// - Note: Deviations: ties are broken by row number, a row is always its own nearest, and squared distances
///   below 1e-6 are zero, so that equal input gives equal bits on any number of threads. With fewer than `k₁`
///   rows, every row is everybody's neighbour.
public struct ClusteringJaccard: Sendable {
    /// `k₁`, the row itself included.
    public let neighbours: Int
    /// `k₂`, the row itself included; 1 turns local query expansion off.
    public let expansion: Int
    /// How neighbours are searched.
    public let search: SearchStrategy
    /// What neighbours weigh.
    public let scale: Scale
    var workers = Workers.all

    /// The scale on which neighbours weigh e^(−distance), and how many there are: in this the published code differs.
    public enum Scale: Sendable, Equatable {
        /// Squared distances as they are, and `k₁` columns with the row itself among them: SpCL, arXiv:2006.02713, and
        /// MMT+, arXiv:2008.10313.
        case plain
        /// Squared distances divided by the row's largest, and `k₁ + 1` columns: MMT, arXiv:2001.01526. Rows are averaged over
        /// all `k₂`, be there more than those columns; on the plain scale over `k₁` at most.
        case relative
    }

    /// - Parameters:
    ///   - k1: `k₁`, at least 1; 20 in MMT and MMT+, 30 in SpCL.
    ///   - k2: `k₂`, at least 1; 6 in all of them.
    ///   - search: How neighbours are searched; an approximate search knows no largest distance, and goes with the plain
    ///     scale.
    ///   - scale: What neighbours weigh.
    public init(neighbours k1: Int, expansion k2: Int, search: SearchStrategy = .exact, scale: Scale = .plain) {
        precondition(k1 >= 1 && k2 >= 1, "k₁ = \(k1) and k₂ = \(k2) must be at least 1")
        if case .approximate = search { precondition(scale == .plain, "an approximate search with the scale \(scale)") }
        neighbours = k1
        expansion = k2
        self.search = search
        self.scale = scale
    }

    /// The columns that neighbour sets are made of, the row itself included.
    private var wholeWidth: Int {
        switch scale {
        case .plain: neighbours
        case .relative: neighbours + 1
        }
    }

    /// The columns of the table of neighbours: those, and what query expansion takes beyond them.
    private var width: Int {
        switch scale {
        case .plain: wholeWidth
        case .relative: max(wholeWidth, expansion)
        }
    }

    /// The distances of all rows.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - radius: Only pairs up to this distance are kept; give what DBSCAN will ask for to save memory.
    ///   - progress: Told how much of the search, nearly all of the work, is done.
    /// - Returns: `N` rows, distances in `[0, 1]`.
    /// - Throws: ``RetrievalError/empty(what:)`` without rows, and what a delegated search throws.
    /// - Complexity: O(N²·D/2) for the search, O(N·k₁) memory for the table, and as much as there are pairs
    ///   that share neighbours for the rest.
    public func distances(
        of features: Features<UnitNorm>, within radius: Float = 1, progress: ProgressHandler? = nil
    ) throws -> SparseDistances {
        try distances(of: features, among: neighbours(of: features, progress: progress), within: radius)
    }

    /// The first half of ``distances(of:within:progress:)``, for whoever wants to look at the neighbours too.
    ///
    /// - Returns: The k₁ nearest of every row, `[N, min(k₁, N)]`, as ``search`` finds them; on a relative scale k₁ + 1 or k₂,
    ///   whichever is more.
    /// - Throws: ``RetrievalError/empty(what:)`` without rows, and what a delegated search throws.
    public func neighbours(
        of features: Features<UnitNorm>, progress: ProgressHandler? = nil
    ) throws -> NeighbourTable {
        guard features.count > 0 else { throw RetrievalError.empty(what: "features") }
        switch search {
        case .exact:
            let rows = PairwiseRows([.unit(features)], blockLength: workers.blockLength)
            return NeighbourSearch(rows: rows, width: width, workers: workers, progress: progress).table()
        case .delegated(let search):
            return try search.neighbours(of: features, width: width, progress: progress)
        case .approximate(let file):
            return try file.table(of: features, width: width, workers: workers, progress: progress)
        }
    }

    /// The second half: the distances of all rows, by their neighbours.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - table: What ``neighbours(of:progress:)`` found for them.
    ///   - radius: Only pairs up to this distance are kept.
    public func distances(
        of features: Features<UnitNorm>, among table: NeighbourTable, within radius: Float = 1
    ) throws(RetrievalError) -> SparseDistances {
        guard table.rowCount == features.count else {
            throw .countsDiffer(what: "neighbours", expected: features.count, found: table.rowCount)
        }
        let variant = ReciprocalEncoding.Variant(
            wholeWidth: wholeWidth, halfWidth: ReciprocalSets.halfWidth(of: neighbours), expansion: expansion,
            dividesByMaximum: scale == .relative
        )
        let rows = PairwiseRows([.unit(features)], blockLength: workers.blockLength)
        let encoding = ReciprocalEncoding(table, of: rows, as: variant, workers: workers)
        return SparseDistances(upper: overlaps(encoding.rows, within: radius), radius: radius)
    }

    /// `J = 1 − m/(2 − m)` with `m = Σ min(Vᵢ, Vⱼ)`, for j above i.
    private func overlaps(_ encoded: SparseRows, within radius: Float) -> SparseRows {
        let count = encoded.rowCount
        let (inverted, places) = encoded.transposed(columnCount: count, rows: 0..<count)
        let runs = workers.mapRows(count, runsOf: 64, scratch: { OverlapSums(count: count) }) { range, sums in
            var run = SparseRows.Run()
            var kept: [UInt64] = []
            for row in range {
                sums.add(row, encoded, inverted, places: places)
                sums.drain { other, overlap in
                    let distance = max(0, 1 - overlap / (2 - overlap))
                    guard distance <= radius, distance < 1 else { return }
                    kept.append(UInt64(other) << 32 | UInt64(distance.bitPattern))
                }
                kept.sort()
                run.lengths.append(kept.count)
                run.columns.append(contentsOf: kept.map { Int32($0 >> 32) })
                run.values.append(contentsOf: kept.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) })
                kept.removeAll(keepingCapacity: true)
            }
            return run
        }
        return SparseRows(joining: runs)
    }
}

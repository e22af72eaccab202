// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: N rows · Q queries · G gallery rows · K neighbours · D dimensions.

/// The exact search for nearest neighbours by squared Euclidean distance, in blocks: nothing of size N×N is
/// ever held.
///
/// Distances come from inner products, `‖x‖² + ‖y‖² − 2x·y`; what is below a millionth of the mean of both
/// squared lengths is rounding, and counts as zero. Ties are broken by index, so equal input gives equal bits
/// on any number of threads.
public struct NearestNeighbours: Sendable {
    /// `K`; fewer are returned where there are fewer rows.
    public let count: Int
    var workers = Workers.all

    /// - Parameter count: `K`, at least 1.
    public init(count: Int) {
        precondition(count >= 1, "\(count) neighbours")
        self.count = count
    }

    /// The neighbours of every row among all rows; each row is its own first neighbour.
    ///
    /// - Parameter features: Unit rows, `[N, D]`.
    /// - Returns: `[N, min(K, N)]`, the row itself included.
    /// - Throws: ``RetrievalError/empty(what:)``.
    /// - Complexity: O(N²·D/2), since both rows of a pair use one product; memory O(N·K).
    public func among(_ features: Features<UnitNorm>) throws(RetrievalError) -> NeighbourTable {
        try among(.unit(features))
    }

    /// The neighbours of every row among all rows; each row is its own first neighbour.
    ///
    /// - Parameter features: Rows of any length, `[N, D]`.
    /// - Returns: `[N, min(K, N)]`, the row itself included.
    /// - Throws: ``RetrievalError/empty(what:)``.
    public func among(_ features: Features<Raw>) throws(RetrievalError) -> NeighbourTable {
        try among(.raw(features))
    }

    /// The neighbours of every query in a gallery.
    ///
    /// - Parameters:
    ///   - query: Unit rows, `[Q, D]`.
    ///   - gallery: Unit rows, `[G, D]`.
    /// - Returns: `[Q, min(K, G)]`, indices of gallery rows.
    /// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/dimensionsDiffer(left:right:)``.
    public func of(
        _ query: Features<UnitNorm>, in gallery: Features<UnitNorm>
    ) throws(RetrievalError) -> NeighbourTable {
        try of(.unit(query), in: .unit(gallery))
    }

    /// The neighbours of every query in a gallery.
    ///
    /// - Parameters:
    ///   - query: Rows of any length, `[Q, D]`.
    ///   - gallery: Rows of any length, `[G, D]`.
    /// - Returns: `[Q, min(K, G)]`, indices of gallery rows.
    /// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/dimensionsDiffer(left:right:)``.
    public func of(_ query: Features<Raw>, in gallery: Features<Raw>) throws(RetrievalError) -> NeighbourTable {
        try of(.raw(query), in: .raw(gallery))
    }

    private func among(_ part: PairwiseRows.Part) throws(RetrievalError) -> NeighbourTable {
        guard part.count > 0 else { throw .empty(what: "features") }
        let rows = PairwiseRows([part], blockLength: workers.blockLength)
        return NeighbourSearch(rows: rows, width: count, workers: workers).table()
    }

    private func of(
        _ query: PairwiseRows.Part, in gallery: PairwiseRows.Part
    ) throws(RetrievalError) -> NeighbourTable {
        guard query.count > 0 else { throw .empty(what: "query features") }
        guard gallery.count > 0 else { throw .empty(what: "gallery features") }
        guard query.dimension == gallery.dimension else {
            throw .dimensionsDiffer(left: query.dimension, right: gallery.dimension)
        }
        let rows = PairwiseRows([query, gallery], blockLength: workers.blockLength)
        return NeighbourSearch(rows: rows, width: count, workers: workers).tableAcrossParts()
    }
}

extension PairwiseRows.Part {
    /// Unit rows, with the embeddings of their cameras where these count with `weight`.
    static func unit(
        _ features: Features<UnitNorm>, cameras: Features<UnitNorm>? = nil, weight: Float = 0
    ) -> PairwiseRows.Part {
        PairwiseRows.Part(
            count: features.count, dimension: features.dimension, features: features.values,
            cameraDimension: cameras?.dimension ?? 0, cameras: cameras?.values ?? [],
            offsets: Array(repeating: cameras == nil ? 1 : 1 - weight, count: features.count)
        )
    }

    /// Rows of any length.
    static func raw(_ features: Features<Raw>) -> PairwiseRows.Part {
        let squaredLengths = (0..<features.count).map { row in
            Float(features[row].reduce(0) { $0 + Double($1) * Double($1) })
        }
        return PairwiseRows.Part(
            count: features.count, dimension: features.dimension, features: features.values,
            cameraDimension: 0, cameras: [], offsets: squaredLengths
        )
    }
}

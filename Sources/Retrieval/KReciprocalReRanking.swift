// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: Q queries · G gallery rows · N = Q + G stacked rows.

/// Re-ranking by k-reciprocal encoding: the Jaccard distance of neighbour sets, blended with the original
/// distance.
///
/// The original distance `O` is the squared Euclidean (or camera-adjusted) one, squared once more and divided
/// by each row's largest, as the published code does; neighbour sets have `k₁ + 1` columns with the row
/// itself among them.
///
/// - SeeAlso: Zhong et al., "Re-ranking person re-identification with k-reciprocal encoding", CVPR 2017,
///   arXiv:1701.08398, §3 (equation 12).
/// - Note: Deviations: ties are broken by row number, a row is always its own nearest, and squared distances
///   below 1e-6 are zero. Rows that are all equal have original distance 0 (the published code divides by
///   zero).
public struct KReciprocalReRanking: Sendable {
    /// `k₁`, without the row itself; 30 in the published system.
    public let neighbours: Int
    /// `k₂`, the row itself included; 6 in the published system.
    public let expansion: Int
    /// `λ`, in `[0, 1]`; 0.3 in the published system.
    public let originalWeight: Float
    var workers = Workers.all

    /// - Parameters:
    ///   - k1: `k₁`, at least 1.
    ///   - k2: `k₂`, at least 1; 1 turns local query expansion off.
    ///   - lambda: `λ`, in `[0, 1]`.
    public init(neighbours k1: Int, expansion k2: Int, originalWeight lambda: Float) {
        precondition(k1 >= 1 && k2 >= 1, "k₁ = \(k1) and k₂ = \(k2) must be at least 1")
        precondition((0...1).contains(lambda), "λ = \(lambda) is not in 0...1")
        neighbours = k1
        expansion = k2
        originalWeight = lambda
    }

    /// `(1 − λ)·J + λ·O` of every query to every gallery row.
    ///
    /// - Parameters:
    ///   - query: `[Q, D]`.
    ///   - gallery: `[G, D]`.
    ///   - camera: Camera embeddings of the same rows; they adjust all distances before anything else.
    ///   - progress: Told how much of the search, nearly all of the work, is done.
    /// - Returns: `[Q, G]`, in `[0, 1]`.
    /// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/dimensionsDiffer(left:right:)``,
    ///   ``RetrievalError/countsDiffer(what:expected:found:)``.
    /// - Complexity: O(N²·D/2) for the search; memory O(Q·G + N·max(k₁, k₂)).
    public func distances(
        query: Features<UnitNorm>, gallery: Features<UnitNorm>, camera: CameraAdjustment? = nil,
        progress: ProgressHandler? = nil
    ) throws(RetrievalError) -> DistanceMatrix {
        let rows = try PairwiseRows.stacked(
            query: query, gallery: gallery, camera: camera, squaresDistances: true,
            blockLength: workers.blockLength)
        let values = [Float](unsafeUninitializedCapacity: query.count * gallery.count) { buffer, count in
            nonisolated(unsafe) let original = buffer.baseAddress
            let search = NeighbourSearch(
                rows: rows, width: max(neighbours + 1, expansion), workers: workers, progress: progress)
            let table = search.table { left, right, tile in
                guard left.part == 0, right.part == 1, let original else { return }
                let width = right.rows.count
                for (place, row) in left.rows.enumerated() {
                    let start = original + row * gallery.count + right.rows.lowerBound
                    start.initialize(from: tile + place * width, count: width)
                }
            }
            let variant = ReciprocalEncoding.Variant(
                wholeWidth: neighbours + 1, halfWidth: ReciprocalSets.halfWidth(of: neighbours),
                expansion: expansion, dividesByMaximum: true
            )
            let encoding = ReciprocalEncoding(table, of: rows, as: variant, workers: workers)
            blend(encoding.rows, maxima: table.maxima, into: buffer, queryCount: query.count)
            count = buffer.count
        }
        return DistanceMatrix(unchecked: values, rowCount: query.count, columnCount: gallery.count)
    }

    /// Turns the squared distances of each query, `[Q, G]`, into final ones.
    private func blend(
        _ encoded: SparseRows, maxima: [Float], into buffer: UnsafeMutableBufferPointer<Float>,
        queryCount: Int
    ) {
        let galleryCount = encoded.rowCount - queryCount
        let gallery = queryCount..<encoded.rowCount
        let (inverted, _) = encoded.transposed(columnCount: encoded.rowCount, rows: gallery)
        nonisolated(unsafe) let out = buffer
        let (lambda, jaccardWeight) = (originalWeight, 1 - originalWeight)
        _ = workers.mapRows(
            queryCount, runsOf: 16, scratch: { OverlapSums(count: encoded.rowCount) }
        ) { range, sums in
            for row in range {
                let line = UnsafeMutableBufferPointer(
                    rebasing: out[row * galleryCount..<(row + 1) * galleryCount])
                let scale = maxima[row] > 0 ? lambda / maxima[row] : 0
                for place in line.indices { line[place] = jaccardWeight + scale * line[place] }
                sums.add(row, encoded, inverted, places: nil)
                sums.drain { other, overlap in
                    let similarity = min(1, overlap / (2 - overlap))
                    line[Int(other) - queryCount] -= jaccardWeight * similarity
                }
            }
        }
    }
}

// SPDX-License-Identifier: MIT

// Shapes: N rows · K neighbours kept.

/// The nearest rows of every row, nearest first; ties are broken by index.
public struct NeighbourTable: Sendable, Equatable {
    /// `N`.
    public let rowCount: Int
    /// `K`.
    public let width: Int
    /// `[N, K]`.
    let indices: [Int32]
    /// `[N, K]`, ascending, except that a row which is searched among its own comes first.
    let distances: [Float]
    /// The largest distance of each row to any row, `[N]`.
    let maxima: [Float]

    /// What is below this of the squared distance of two unit rows is rounding, and counts as zero.
    public static var resolution: Float { PairwiseRows.resolution }

    init(rowCount: Int, width: Int, indices: [Int32], distances: [Float], maxima: [Float]) {
        self.rowCount = rowCount
        self.width = width
        self.indices = indices
        self.distances = distances
        self.maxima = maxima
    }

    /// What somebody else has found.
    ///
    /// - Parameters:
    ///   - indices: `[N, K]`, each row's own number first, then in `0 ..< N` and nearest first.
    ///   - distances: `[N, K]`, squared.
    ///   - maxima: Each row's largest squared distance to any row, `[N]`.
    public init(indices: [Int32], distances: [Float], maxima: [Float]) {
        let (count, places) = (maxima.count, indices.count)
        precondition(
            count > 0 && places >= count && places % count == 0 && distances.count == places,
            "\(places) neighbours with \(distances.count) distances of \(count) rows")
        precondition(indices.allSatisfy { (0..<Int32(count)).contains($0) }, "a neighbour that is none of \(count) rows")
        self.init(rowCount: count, width: places / count, indices: indices, distances: distances, maxima: maxima)
    }

    /// The neighbours of a row, nearest first, `[K]`.
    public func neighbours(of row: Int) -> ArraySlice<Int32> {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return indices[row * width..<(row + 1) * width]
    }

    /// The squared distances to ``neighbours(of:)``, `[K]`.
    public func distances(of row: Int) -> ArraySlice<Float> {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return distances[row * width..<(row + 1) * width]
    }
}

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

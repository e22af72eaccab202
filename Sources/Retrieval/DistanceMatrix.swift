// SPDX-License-Identifier: MIT

// Shapes: Q queries · G gallery rows.

/// The distance of every query to every gallery row, `[Q, G]`; smaller is more alike.
public struct DistanceMatrix: Sendable {
    /// `Q`.
    public let rowCount: Int
    /// `G`.
    public let columnCount: Int
    /// `[Q, G]`, row after row.
    public let values: [Float]

    /// Takes distances of any origin.
    ///
    /// - Throws: ``RetrievalError/empty(what:)``,
    ///   ``RetrievalError/wrongShape(what:values:count:dimension:)``, and
    ///   ``RetrievalError/notFinite(what:row:column:)``.
    public init(_ values: [Float], rowCount: Int, columnCount: Int) throws(RetrievalError) {
        guard rowCount > 0, columnCount > 0 else { throw .empty(what: "distances") }
        guard values.count == rowCount * columnCount else {
            throw .wrongShape(
                what: "distances", values: values.count, count: rowCount, dimension: columnCount)
        }
        if let place = firstNotFinite(values) {
            throw .notFinite(what: "distances", row: place / columnCount, column: place % columnCount)
        }
        self.init(unchecked: values, rowCount: rowCount, columnCount: columnCount)
    }

    init(unchecked values: [Float], rowCount: Int, columnCount: Int) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
    }

    /// One distance.
    public subscript(row: Int, column: Int) -> Float {
        precondition(
            row >= 0 && row < rowCount && column >= 0 && column < columnCount,
            "[\(row), \(column)] of [\(rowCount), \(columnCount)]")
        return values[row * columnCount + column]
    }

    /// The distances of one query, `[G]`.
    public subscript(row: Int) -> ArraySlice<Float> {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return values[row * columnCount..<(row + 1) * columnCount]
    }
}

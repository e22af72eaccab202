// SPDX-License-Identifier: MIT

// Shapes: N rows · E entries of all rows together.

/// A table of which only some entries of each row are held, columns ascending.
struct SparseRows: Sendable {
    /// Where each row begins, and the end of the last, `[N + 1]`.
    private(set) var starts: [Int]
    /// `[E]`.
    private(set) var columns: [Int32]
    /// `[E]`.
    private(set) var values: [Float]

    var rowCount: Int { starts.count - 1 }

    /// A run of neighbouring rows, as one thread makes it.
    struct Run: Sendable {
        var lengths: [Int] = []
        var columns: [Int32] = []
        var values: [Float] = []
    }

    /// Joins the runs in order.
    init(joining runs: [Run]) {
        starts = [0]
        columns = []
        values = []
        starts.reserveCapacity(runs.reduce(1) { $0 + $1.lengths.count })
        columns.reserveCapacity(runs.reduce(0) { $0 + $1.columns.count })
        values.reserveCapacity(runs.reduce(0) { $0 + $1.values.count })
        for run in runs {
            for length in run.lengths { starts.append(starts[starts.count - 1] + length) }
            columns.append(contentsOf: run.columns)
            values.append(contentsOf: run.values)
        }
    }

    init(starts: [Int], columns: [Int32], values: [Float]) {
        self.starts = starts
        self.columns = columns
        self.values = values
    }

    /// The entries of a row.
    func entries(_ row: Int) -> Range<Int> {
        starts[row]..<starts[row + 1]
    }

    /// The columns of a row.
    func columns(_ row: Int) -> ArraySlice<Int32> {
        columns[entries(row)]
    }

    /// The same entries by column: each column's rows ascending, and where each entry went, `[E]`.
    ///
    /// - Parameter rows: The rows to take; others are left out, and their place is −1.
    func transposed(columnCount: Int, rows: Range<Int>) -> (table: SparseRows, places: [Int32]) {
        let taken = starts[rows.lowerBound]..<starts[rows.upperBound]
        var starts = [Int](repeating: 0, count: columnCount + 1)
        for entry in taken { starts[Int(columns[entry]) + 1] += 1 }
        for column in 0..<columnCount { starts[column + 1] += starts[column] }
        var next = starts
        var byColumn = [Int32](repeating: 0, count: taken.count)
        var weights = [Float](repeating: 0, count: taken.count)
        var places = [Int32](repeating: -1, count: columns.count)
        for row in rows {
            for entry in entries(row) {
                let column = Int(columns[entry])
                byColumn[next[column]] = Int32(row)
                weights[next[column]] = values[entry]
                places[entry] = Int32(next[column])
                next[column] += 1
            }
        }
        return (SparseRows(starts: starts, columns: byColumn, values: weights), places)
    }
}

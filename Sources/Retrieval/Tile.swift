// SPDX-License-Identifier: MIT

/// The distances of two blocks of rows, `[left, right]`, on their way to the rows' nearest.
struct Tile {
    private let start: UnsafePointer<Float>
    private let leftCount: Int
    private let rightCount: Int
    private let leftFirst: Int
    private let rightFirst: Int
    /// Whether a number on the left and the same number on the right are one row.
    private let meetsItself: Bool

    /// - Parameter numbering: The number that the block's first row goes by.
    init(
        start: UnsafePointer<Float>, left: PairwiseRows.Block, right: PairwiseRows.Block,
        numbering: KeyPath<PairwiseRows.Block, Int>, meetsItself: Bool = true
    ) {
        self.start = start
        leftCount = left.rows.count
        rightCount = right.rows.count
        leftFirst = left[keyPath: numbering]
        rightFirst = right[keyPath: numbering]
        self.meetsItself = meetsItself
    }

    /// Offers each row of the left block the rows of the right one.
    func offerRows(to nearest: inout NearestRows) {
        for row in 0..<leftCount {
            let line = start + row * rightCount
            let itself = meetsItself ? leftFirst + row - rightFirst : -1
            var limit = nearest.limits[row]
            var maximum = nearest.maxima[row]
            for column in 0..<rightCount {
                let distance = line[column]
                if distance > maximum { maximum = distance }
                guard distance <= limit, column != itself else { continue }
                nearest.offer(distance, Int32(rightFirst + column), row: row)
                limit = nearest.limits[row]
            }
            nearest.maxima[row] = maximum
        }
    }

    /// Offers each row of the right block the rows of the left one.
    func offerColumns(to nearest: inout NearestRows) {
        // Copies of both lists stay in the innermost loop; the heaps are touched rarely.
        var limits = nearest.limits
        var maxima = nearest.maxima
        for row in 0..<leftCount {
            let line = start + row * rightCount
            for column in 0..<rightCount {
                let distance = line[column]
                if distance > maxima[column] { maxima[column] = distance }
                guard distance <= limits[column] else { continue }
                nearest.offer(distance, Int32(leftFirst + row), row: column)
                limits[column] = nearest.limits[column]
            }
        }
        nearest.maxima = maxima
    }
}

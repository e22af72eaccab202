// SPDX-License-Identifier: MIT

// Shapes: N rows.

/// The overlaps `Σ min(Vᵢ, Vⱼ)` of one sparse vector with all others, through the inverted table.
struct OverlapSums {
    private var sums: [Float]
    private var touched: [Int32] = []

    init(count: Int) {
        sums = Array(repeating: 0, count: count)
    }

    /// Adds the overlaps of a row with the rows of each column's list.
    ///
    /// - Parameters:
    ///   - encoded: The vectors, by row.
    ///   - inverted: The same, by column, rows ascending.
    ///   - places: Where each entry stands in `inverted`: only what follows it there is added, the rows above
    ///     `row`. Without it, all of the column is.
    mutating func add(_ row: Int, _ encoded: SparseRows, _ inverted: SparseRows, places: [Int32]?) {
        sums.withUnsafeMutableBufferPointer { sums in
            inverted.columns.withUnsafeBufferPointer { others in
                inverted.values.withUnsafeBufferPointer { weights in
                    for entry in encoded.entries(row) {
                        let column = Int(encoded.columns[entry])
                        let weight = encoded.values[entry]
                        let start = places.map { Int($0[entry]) + 1 } ?? inverted.starts[column]
                        for place in start..<inverted.starts[column + 1] {
                            let other = Int(others[place])
                            if sums[other] == 0 { touched.append(others[place]) }
                            sums[other] += min(weight, weights[place])
                        }
                    }
                }
            }
        }
    }

    /// Hands out the sums, each once and in an order that only the data decides, and forgets them.
    mutating func drain(_ take: (Int32, Float) -> Void) {
        // Many rows are found faster by reading all sums than by following the list, and come out ascending.
        if touched.count > sums.count / 16 {
            touched = sums.indices.compactMap { sums[$0] > 0 ? Int32($0) : nil }
        }
        sums.withUnsafeMutableBufferPointer { sums in
            // A weight that underflowed to zero may have been noted twice; the second time its sum is zero.
            for row in touched where sums[Int(row)] > 0 {
                take(row, sums[Int(row)])
                sums[Int(row)] = 0
            }
        }
        touched.removeAll(keepingCapacity: true)
    }
}

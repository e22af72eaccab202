// SPDX-License-Identifier: MIT

internal import Foundation
internal import Machine

// Shapes: N rows · E entries of all rows together.

/// Each row as a sparse vector over its k-reciprocal neighbours, whose entries sum to one: `V`.
///
/// - SeeAlso: Zhong et al., CVPR 2017, arXiv:1701.08398, §3.3 (equation 7) and §3.4 (local query expansion).
struct ReciprocalEncoding: Sendable {
    /// The widths and the scale in which the published variants differ.
    struct Variant: Sendable {
        /// Columns of the table for `R(i, k₁)`, the row itself included.
        let wholeWidth: Int
        /// Columns of the table for `R(i, k₁/2)`, the row itself included.
        let halfWidth: Int
        /// Rows whose vectors are averaged, the row itself included: `k₂`.
        let expansion: Int
        /// Whether distances are divided by the row's largest before they become weights.
        let dividesByMaximum: Bool
    }

    /// `V` after local query expansion.
    let rows: SparseRows

    init(_ table: NeighbourTable, of pairs: PairwiseRows, as variant: Variant, workers: Workers) {
        let sets = ReciprocalSets(
            table, wholeWidth: variant.wholeWidth, halfWidth: variant.halfWidth, workers: workers)
        let weights = Self.weights(sets, table, pairs, variant, workers)
        rows = variant.expansion > 1 ? Self.averaged(weights, table, variant.expansion, workers) : weights
    }

    /// `V[i, c] = exp(−d(i, c)) / Σ` over the expanded set.
    private static func weights(
        _ sets: ReciprocalSets, _ table: NeighbourTable, _ pairs: PairwiseRows, _ variant: Variant,
        _ workers: Workers
    ) -> SparseRows {
        let runs = workers.mapRows(
            table.rowCount, scratch: { [Int32](repeating: -1, count: table.rowCount) }
        ) { range, marks in
            var run = SparseRows.Run()
            for row in range {
                let members = sets.expanded(row, marks: &marks)
                let scale = variant.dividesByMaximum && table.maxima[row] > 0 ? 1 / table.maxima[row] : 1
                let distances = distances(from: row, to: members, in: table, of: pairs, marks: &marks)
                let weights = distances.map { exp(-$0 * scale) }
                let sum = weights.reduce(0, +)
                run.lengths.append(members.count)
                run.columns.append(contentsOf: members)
                run.values.append(contentsOf: weights.map { $0 / sum })
            }
            return run
        }
        return SparseRows(joining: runs)
    }

    /// The distances of a row to the members of its set: from the table where it holds them, else computed.
    private static func distances(
        from row: Int, to members: [Int32], in table: NeighbourTable, of pairs: PairwiseRows,
        marks: inout [Int32]
    ) -> [Float] {
        let own = row * table.width..<(row + 1) * table.width
        for place in own { marks[Int(table.indices[place])] = Int32(place - own.lowerBound) }
        defer { for place in own { marks[Int(table.indices[place])] = -1 } }
        return members.map { member in
            let place = marks[Int(member)]
            if place >= 0 { return table.distances[own.lowerBound + Int(place)] }
            let back = Int(member) * table.width..<(Int(member) + 1) * table.width
            if let place = back.first(where: { table.indices[$0] == Int32(row) }) {
                return table.distances[place]
            }
            return pairs.distance(row, Int(member))
        }
    }

    /// Local query expansion: each vector becomes the mean of those of the row's nearest.
    private static func averaged(
        _ weights: SparseRows, _ table: NeighbourTable, _ expansion: Int, _ workers: Workers
    ) -> SparseRows {
        let runs = workers.mapRows(
            table.rowCount, scratch: { [Float](repeating: 0, count: table.rowCount) }
        ) { range, sums in
            var run = SparseRows.Run()
            for row in range {
                let nearest = table.neighbours(of: row).prefix(expansion)
                var touched: [Int32] = []
                for neighbour in nearest {
                    for entry in weights.entries(Int(neighbour)) {
                        let column = weights.columns[entry]
                        if sums[Int(column)] == 0 { touched.append(column) }
                        sums[Int(column)] += weights.values[entry]
                    }
                }
                touched.sort()
                // A weight that underflowed to zero may have been noted twice.
                var last: Int32 = -1
                var length = 0
                for column in touched where column != last {
                    last = column
                    length += 1
                    run.columns.append(column)
                    run.values.append(sums[Int(column)] / Float(nearest.count))
                    sums[Int(column)] = 0
                }
                run.lengths.append(length)
            }
            return run
        }
        return SparseRows(joining: runs)
    }
}

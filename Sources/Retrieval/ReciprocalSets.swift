// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: N rows · K columns of the neighbour table.

/// The k-reciprocal neighbours of every row: those that have the row among their own nearest.
///
/// - SeeAlso: Zhong et al., "Re-ranking person re-identification with k-reciprocal encoding", CVPR 2017,
///   arXiv:1701.08398, §3.2 (equations 2–4).
struct ReciprocalSets: Sendable {
    /// `R(i, k₁)`, ascending.
    private let whole: [[Int32]]
    /// `R(i, k₁/2)`, ascending.
    private let half: [[Int32]]

    /// - Parameters:
    ///   - table: The nearest rows of every row.
    ///   - wholeWidth: Columns read for `R(i, k₁)`, the row itself included.
    ///   - halfWidth: Columns read for `R(i, k₁/2)`, the row itself included.
    init(_ table: NeighbourTable, wholeWidth: Int, halfWidth: Int, workers: Workers) {
        func sets(_ width: Int) -> [[Int32]] {
            workers.mapRows(table.rowCount, scratch: {}) { rows, _ in
                rows.map { reciprocal(of: $0, width: width, in: table) }
            }.flatMap { $0 }
        }
        whole = sets(wholeWidth)
        half = sets(halfWidth)
    }

    /// The halved number of neighbours, the row itself included: half to even, and one more.
    static func halfWidth(of neighbours: Int) -> Int {
        Int((Double(neighbours) / 2).rounded(.toNearestOrEven)) + 1
    }

    /// `R*(i, k₁)`: the row's set, and those of its members that lie for more than two thirds inside it.
    ///
    /// - Parameter marks: Scratch of `N` numbers, all below zero at first and left so.
    func expanded(_ row: Int, marks: inout [Int32]) -> [Int32] {
        let members = whole[row]
        for member in members { marks[Int(member)] = 0 }
        var all = members
        for member in members {
            let candidates = half[Int(member)]
            let shared = candidates.count { marks[Int($0)] == 0 }
            guard 3 * shared > 2 * candidates.count else { continue }
            all.append(contentsOf: candidates)
        }
        for member in members { marks[Int(member)] = -1 }
        all.sort()
        var unique: [Int32] = []
        unique.reserveCapacity(all.count)
        for member in all where unique.last != member { unique.append(member) }
        return unique
    }
}

private func reciprocal(of row: Int, width: Int, in table: NeighbourTable) -> [Int32] {
    let own = Int32(row)
    return table.indices.withUnsafeBufferPointer { indices in
        let reach = min(width, table.width)
        var members: [Int32] = []
        for place in row * table.width..<row * table.width + reach {
            let start = Int(indices[place]) * table.width
            for back in start..<start + reach where indices[back] == own {
                members.append(indices[place])
                break
            }
        }
        members.sort()
        return members
    }
}

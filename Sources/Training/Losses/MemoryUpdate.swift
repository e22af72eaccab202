// SPDX-License-Identifier: MIT

package import Tensor

/// Moves rows of a memory towards embeddings, one after the other in their order: v ← m·v + (1 − m)·f, to length 1 again.
///
/// Rows do not depend on each other, so the first embedding of every row moves its row at the same time, then the second of
/// those that have one, and so on: as few operations as the most embeddings of one row.
///
/// - Parameters:
///   - memory: `[M, D]`, changed in place.
///   - rows: The row of each embedding, `[B]`.
///   - embeddings: f, `[B, D]`.
///   - momentum: m, the share of a row that stays.
package func move(_ memory: Tensor, rows: [Int], towards embeddings: Tensor, momentum: Double) throws {
    precondition(embeddings.shape[0] == rows.count, "\(rows.count) rows for embeddings \(embeddings.shape)")
    var counts: [Int: Int] = [:]
    var rounds: [[Int]] = []
    for (place, row) in rows.enumerated() {
        let earlier = counts[row, default: 0]
        counts[row] = earlier + 1
        if earlier == rounds.count { rounds.append([]) }
        rounds[earlier].append(place)
    }
    try withoutGradients {
        for places in rounds {
            let moved = try Tensor(places.map { rows[$0] })
            let (old, new) = (try memory.selecting(moved), try embeddings.selecting(Tensor(places)))
            try memory.replaceRows(moved, by: (momentum * old + (1 - momentum) * new).normalisedRows())
        }
    }
}

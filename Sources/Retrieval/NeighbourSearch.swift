// SPDX-License-Identifier: MIT

internal import Machine
internal import Synchronization

// Shapes: N stacked rows · K neighbours kept.

/// Told the share of the work that is done, in `[0, 1]`, from any thread and not always in order.
public typealias ProgressHandler = @Sendable (Double) -> Void

/// The search among pairs of rows, tile by tile; each pair is computed once and serves both of its rows.
struct NeighbourSearch: Sendable {
    let rows: PairwiseRows
    /// `K`.
    let width: Int
    let workers: Workers
    /// Told how much of the search is done.
    var progress: ProgressHandler?

    /// Sees every tile of distances as it passes: its left and right block, and the tile itself, `[left,
    /// right]`, in rows of as many values as the right block has rows.
    typealias Visitor = @Sendable (PairwiseRows.Block, PairwiseRows.Block, UnsafePointer<Float>) -> Void

    /// The neighbours of every stacked row among all of them, itself first.
    ///
    /// - Parameter visit: Sees every tile.
    /// - Complexity: O(N²·D/2) multiplications; memory O(N·K) and a tile a thread.
    func table(visit: Visitor = { _, _, _ in }) -> NeighbourTable {
        let reach = min(width, rows.count)
        let tiles = rows.blocks.indices.flatMap { left in (left..<rows.blocks.count).map { (left, $0) } }
        let nearest = rows.blocks.map { Guarded(NearestRows(rowCount: $0.rows.count, capacity: reach - 1)) }
        forEach(tiles) { left, right, start in
            visit(rows.blocks[left], rows.blocks[right], start)
            let tile = Tile(
                start: start, left: rows.blocks[left], right: rows.blocks[right], numbering: \.first)
            nearest[left].withLock { tile.offerRows(to: &$0) }
            if left != right { nearest[right].withLock { tile.offerColumns(to: &$0) } }
        }
        return collect(zip(rows.blocks, nearest), width: reach, withThemselves: true)
    }

    /// The neighbours of the first part's rows among the second's.
    func tableAcrossParts() -> NeighbourTable {
        let reach = min(width, rows.parts[1].count)
        let nearest = rows.blocks.map { Guarded(NearestRows(rowCount: $0.rows.count, capacity: reach)) }
        let queries = rows.blocks.indices.filter { rows.blocks[$0].part == 0 }
        let gallery = rows.blocks.indices.filter { rows.blocks[$0].part == 1 }
        forEach(queries.flatMap { left in gallery.map { (left, $0) } }) { left, right, start in
            let tile = Tile(
                start: start, left: rows.blocks[left], right: rows.blocks[right],
                numbering: \.rows.lowerBound,
                meetsItself: false
            )
            nearest[left].withLock { tile.offerRows(to: &$0) }
        }
        return collect(zip(rows.blocks, nearest).prefix(queries.count), width: reach, withThemselves: false)
    }

    private func forEach(_ tiles: [(Int, Int)], _ body: @Sendable (Int, Int, UnsafePointer<Float>) -> Void) {
        let largest = rows.blocks.map(\.rows.count).max() ?? 0
        let done = Atomic<Int>(0)
        _ = workers.map(tiles.count, scratch: { [Float](repeating: 0, count: largest * largest) }) {
            task, tile in
            let (left, right) = tiles[task]
            tile.withUnsafeMutableBufferPointer { tile in
                guard let start = tile.baseAddress else { return }
                let stride = rows.blocks[right].rows.count
                rows.fill(start, stride: stride, left: rows.blocks[left], right: rows.blocks[right])
                body(left, right, start)
                let number = done.add(1, ordering: .relaxed).newValue
                progress?(Double(number) / Double(tiles.count))
            }
        }
    }

    private func collect(
        _ blocks: some Sequence<(PairwiseRows.Block, Guarded)>, width: Int, withThemselves: Bool
    ) -> NeighbourTable {
        var indices: [Int32] = []
        var distances: [Float] = []
        var maxima: [Float] = []
        indices.reserveCapacity(rows.count * width)
        distances.reserveCapacity(rows.count * width)
        for (block, guarded) in blocks {
            guarded.withLock { nearest in
                for row in 0..<block.rows.count {
                    if withThemselves {
                        indices.append(Int32(block.first + row))
                        distances.append(0)
                    }
                    for candidate in nearest.sorted(row: row) {
                        indices.append(candidate.index)
                        distances.append(candidate.distance)
                    }
                }
                maxima.append(contentsOf: nearest.maxima)
            }
        }
        return NeighbourTable(
            rowCount: maxima.count, width: width, indices: indices, distances: distances, maxima: maxima)
    }
}

/// A block's candidates, which tiles on several threads add to.
private final class Guarded: Sendable {
    private let nearest: Mutex<NearestRows>

    init(_ nearest: NearestRows) {
        self.nearest = Mutex(nearest)
    }

    func withLock(_ body: (inout NearestRows) -> Void) {
        nearest.withLock { body(&$0) }
    }
}

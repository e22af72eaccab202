// SPDX-License-Identifier: MIT

package import Retrieval
internal import Tensor

// Shapes: N rows · B rows of a block · K neighbours · D dimensions.

/// The exact search for nearest neighbours on the process's device: products of a block of rows with all of them, of which
/// the smallest distances stay.
///
/// Products have all bits of float32, whatever networks train in. A product's last bits depend on who computes it: where two
/// distances differ by less than that, their order may be another than the processor's own search finds.
package struct DeviceSearch: ExactSearch {
    /// Distances that are held at a time; each needs some 40 bytes on the device while the smallest are found.
    var distancesHeld = 1 << 24

    package init() {}

    /// - Complexity: O(N²·D); on the device O(N·D) and ``distancesHeld``.
    package func neighbours(
        of features: Features<UnitNorm>, width: Int, progress: ProgressHandler?
    ) throws -> NeighbourTable {
        let count = features.count
        let length = max(1, min(count, distancesHeld / count))
        let reach = min(width, count)
        var (indices, distances, maxima) = ([Int32](), [Float](), [Float]())
        indices.reserveCapacity(count * reach)
        distances.reserveCapacity(count * reach)
        try withoutGradients {
            try Engine.withWholeFactors {
                let rowsND = try Tensor(features)
                let columnsDN = try rowsND.transposed()
                for start in stride(from: 0, to: count, by: length) {
                    let block = start..<min(count, start + length)
                    let distancesBN = try Self.distances(rowsND.slice(block).matmul(columnsDN), of: block)
                    let nearest = try distancesBN.smallest(reach)
                    indices += try nearest.indices.integers().map(Int32.init)
                    distances += try nearest.values.floats()
                    maxima += try distancesBN.maximum(along: 1).values.atLeast(0).floats()
                    progress?(Double(block.upperBound) / Double(count))
                }
            }
        }
        // Each row comes first by a distance to itself below all others, which is zero.
        for row in 0..<count { distances[row * reach] = 0 }
        return NeighbourTable(indices: indices, distances: distances, maxima: maxima)
    }

    /// `2 − 2·product`, zero where that is rounding, and less than all others from a row to itself, `[B, N]`.
    private static func distances(_ productsBN: Tensor, of block: Range<Int>) throws -> Tensor {
        let distancesBN = try 2 - 2 * productsBN
        let isApart = try distancesBN.absolute().isGreater(than: Double(NeighbourTable.resolution.nextDown))
        let rowsB1 = try Tensor(Array(block), shape: [block.count, 1])
        let columns1N = try Tensor(Array(0..<productsBN.shape[1]), shape: [1, productsBN.shape[1]])
        let zero = try Tensor.full(0, shape: [])
        return try rowsB1.equals(columns1N).choosing(
            Tensor.full(-.infinity, shape: []), else: isApart.choosing(distancesBN, else: zero))
    }
}

extension SearchStrategy {
    /// An exact search on the process's device. The processor has a search of its own, which computes each pair once.
    package static var onDevice: SearchStrategy { Engine.device == .cpu ? .exact : .delegated(DeviceSearch()) }
}

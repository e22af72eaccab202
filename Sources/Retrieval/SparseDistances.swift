// SPDX-License-Identifier: MIT

// Shapes: N rows · E held distances, each pair twice.

/// A symmetric table of distances in `[0, 1]` of which only the near pairs are held.
///
/// A pair that is not held is at distance 1, or beyond ``radius`` where that is smaller; a row is at distance
/// 0 from itself, and that is not held either.
public struct SparseDistances: Sendable {
    /// The number of rows, `N`.
    public let count: Int
    /// Pairs up to this distance are held.
    public let radius: Float
    private let rows: SparseRows

    /// The number of pairs that are held.
    public var pairCount: Int { rows.columns.count / 2 }

    /// The rows held for one row, ascending, without itself.
    public func neighbours(of row: Int) -> ArraySlice<Int32> {
        rows.columns(row)
    }

    /// The distances to ``neighbours(of:)``, in the same order.
    public func distances(of row: Int) -> ArraySlice<Float> {
        rows.values[rows.entries(row)]
    }

    /// The distance of a pair; 1 where it is not held.
    public subscript(row: Int, column: Int) -> Float {
        precondition(
            row >= 0 && row < count && column >= 0 && column < count, "[\(row), \(column)] of \(count) rows")
        guard row != column else { return 0 }
        return rows.entries(row).first { rows.columns[$0] == Int32(column) }.map { rows.values[$0] } ?? 1
    }

    /// The radius for DBSCAN that MMT reads off its distances: the mean of the smallest ones.
    ///
    /// - Parameter share: `ρ`, of all pairs that are not at distance zero, which is below 1e-6: what two equal rows are apart by
    ///   depends on the order of additions. 1.6e-3 in MMT.
    /// - Returns: `nil` where that is not a single pair.
    /// - Complexity: O(E·log E).
    public func radius(fromSmallest share: Double) -> Float? {
        precondition((0...1).contains(share), "ρ = \(share) is not in 0...1")
        precondition(radius >= 1, "only pairs up to \(radius) are held; all below 1 are needed")
        // Each pair is held twice, so every second one of the ascending distances is a pair.
        let held = rows.values.filter { $0 >= Self.smallest }.sorted()
        let zeros = (rows.values.count - held.count) / 2
        let wanted = Int((share * Double(count * (count - 1) / 2 - zeros)).rounded(.toNearestOrEven))
        guard wanted > 0 else { return nil }
        let near = min(wanted, held.count / 2)
        let sum = (0..<near).reduce(0.0) { $0 + Double(held[2 * $1]) } + Double(wanted - near)
        return Float(sum / Double(wanted))
    }

    /// Distances below it are zero but for roundings: a sum of weights is 1 to some 1e-7.
    private static let smallest: Float = 1e-6

    /// Takes the pairs of a smaller row with larger ones, and holds them both ways.
    init(upper: SparseRows, radius: Float) {
        count = upper.rowCount
        self.radius = radius
        var lengths = [Int](repeating: 0, count: upper.rowCount + 1)
        for row in 0..<upper.rowCount {
            lengths[row + 1] += upper.entries(row).count
            for column in upper.columns(row) { lengths[Int(column) + 1] += 1 }
        }
        for row in 0..<upper.rowCount { lengths[row + 1] += lengths[row] }
        var next = lengths
        var columns = [Int32](repeating: 0, count: 2 * upper.columns.count)
        var values = [Float](repeating: 0, count: 2 * upper.columns.count)
        // Smaller columns of a row arrive before its larger ones: rows are visited in ascending order.
        for row in 0..<upper.rowCount {
            for entry in upper.entries(row) {
                let column = Int(upper.columns[entry])
                columns[next[column]] = Int32(row)
                values[next[column]] = upper.values[entry]
                next[column] += 1
            }
            let own = upper.entries(row)
            columns.replaceSubrange(next[row]..<next[row] + own.count, with: upper.columns[own])
            values.replaceSubrange(next[row]..<next[row] + own.count, with: upper.values[own])
            next[row] += own.count
        }
        rows = SparseRows(starts: lengths, columns: columns, values: values)
    }

    /// Takes the near pairs of a full table, `[N, N]`; only the part above the diagonal is read.
    ///
    /// - Throws: ``RetrievalError/empty(what:)``,
    ///   ``RetrievalError/wrongShape(what:values:count:dimension:)``,
    ///   ``RetrievalError/notFinite(what:row:column:)``.
    public init(_ full: [Float], count: Int, within radius: Float = 1) throws(RetrievalError) {
        guard count > 0 else { throw .empty(what: "distances") }
        guard full.count == count * count else {
            throw .wrongShape(what: "distances", values: full.count, count: count, dimension: count)
        }
        if let place = firstNotFinite(full) {
            throw .notFinite(what: "distances", row: place / count, column: place % count)
        }
        var run = SparseRows.Run()
        for row in 0..<count {
            let near = (row + 1..<max(count, row + 1)).filter { full[row * count + $0] <= radius }
            run.lengths.append(near.count)
            run.columns.append(contentsOf: near.map(Int32.init))
            run.values.append(contentsOf: near.map { full[row * count + $0] })
        }
        self.init(upper: SparseRows(joining: [run]), radius: radius)
    }
}

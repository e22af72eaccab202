// SPDX-License-Identifier: MIT

// Shapes: N rows · P probes · K neighbours · D dimensions.

/// How far two embeddings of the same images rank them alike: the share of a row's nearest neighbours that both have.
public struct NeighbourOverlap: Sendable {
    /// `K`, the row itself not counted; fewer where there are fewer rows.
    public var neighbours = 10
    /// `P`: so many rows, evenly spread, are looked at; all where there are fewer.
    public var probes = 1000

    public init() {}

    /// The mean over the probes, in `[0, 1]`; 0 where there are no two rows.
    ///
    /// - Parameters:
    ///   - first, second: `[N, D]`, of the same N images; D may differ.
    /// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
    /// - Complexity: O(P·N·D).
    public func share(
        of first: Features<UnitNorm>, with second: Features<UnitNorm>
    ) throws(RetrievalError) -> Double {
        guard first.count == second.count else {
            throw .countsDiffer(what: "rows", expected: first.count, found: second.count)
        }
        let (width, count) = (min(neighbours, first.count - 1), min(probes, first.count))
        guard width > 0, count > 0 else { return 0 }
        let rows = (0..<count).map { $0 * first.count / count }
        let (one, other) = (try near(rows, width, in: first), try near(rows, width, in: second))
        return zip(one, other).reduce(0) { $0 + Double($1.0.intersection($1.1).count) } / Double(count * width)
    }

    /// The nearest rows of each probe, itself left out, `[P, K]`.
    private func near(
        _ rows: [Int], _ width: Int, in features: Features<UnitNorm>
    ) throws(RetrievalError) -> [Set<Int32>] {
        let table = try NearestNeighbours(count: width + 1).of(features.rows(at: rows), in: features)
        return rows.enumerated().map { place, row in
            Set(table.neighbours(of: place).filter { $0 != Int32(row) }.prefix(width))
        }
    }
}

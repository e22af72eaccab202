// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: Q queries · G gallery rows · R ranks kept.

/// The gallery rows nearest to every query, and what each is to it.
public struct RankLists: Sendable, Equatable {
    /// Nearest first; rows at the same distance by their index. Those that count as nothing are there too, `[Q, R]`.
    public let lists: [[RankingInspection.Neighbour]]

    /// - Parameters:
    ///   - distances: `[Q, G]`.
    ///   - query: Who is seen in the queries, `[Q]`.
    ///   - gallery: Who is seen in the gallery, `[G]`.
    ///   - depth: `R`, at least 1; a smaller gallery is listed whole.
    /// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
    /// - Complexity: O(Q·G·log R); memory O(Q·R).
    public init(
        _ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings,
        under rankingProtocol: RankingProtocol, depth: Int
    ) throws(RetrievalError) {
        guard query.sightings.count == distances.rowCount else {
            throw .countsDiffer(
                what: "sightings of the queries", expected: distances.rowCount, found: query.sightings.count)
        }
        guard gallery.sightings.count == distances.columnCount else {
            throw .countsDiffer(
                what: "sightings of the gallery", expected: distances.columnCount, found: gallery.sightings.count)
        }
        lists = distances.nearestColumns(depth).enumerated().map { row, columns in
            columns.map { column in
                RankingInspection.Neighbour(
                    row: column, distance: distances[row, column],
                    verdict: rankingProtocol.verdict(on: gallery.sightings[column], for: query.sightings[row]))
            }
        }
    }
}

extension DistanceMatrix {
    /// The nearest columns of each row, nearest first, those at the same distance by their index: `[Q, R]`.
    ///
    /// - Parameter depth: `R`, at least 1; of fewer columns all are given.
    func nearestColumns(_ depth: Int) -> [[Int]] {
        precondition(depth >= 1, "depth \(depth)")
        return Workers.all.mapRows(rowCount, runsOf: 16, scratch: {}) { rows, _ in
            rows.map { row in
                var nearest = NearestRows(rowCount: 1, capacity: min(depth, columnCount))
                for (index, distance) in self[row].enumerated() where distance <= nearest.limits[0] {
                    nearest.offer(distance, Int32(index), row: 0)
                }
                return nearest.sorted(row: 0).map { Int($0.index) }
            }
        }.flatMap { $0 }
    }
}
